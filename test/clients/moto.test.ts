// What the service tells the world, at endpoints of SNS and S3 as moto has them.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { concat, tags } from '../support/mkv.ts';
import { describeWith } from '../support/programs.ts';
import { putMedia } from '../support/putMedia.ts';
import { ask } from '../support/tour.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const region = 'us-east-1';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves to its address once it says that it runs. */
async function moto(): Promise<string> {
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill());
  await new Promise<void>((resolve, reject) => {
    let said = '';
    const hear = (text: Buffer): void => {
      said += text;
      if (said.includes('Running on')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(said)));
  });
  return `http://127.0.0.1:${port}`;
}

/** An HTTP subscriber of SNS. */
async function subscriber() {
  const { createServer: createHttp } = await import('node:http');
  let heard: (message: Record<string, string>) => void = () => undefined;
  const message = new Promise<Record<string, string>>((resolve) => {
    heard = resolve;
  });
  const server = createHttp(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = JSON.parse(Buffer.concat(parts).toString());
    if (body.Type === 'Notification') heard(body);
    response.end();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${port}/`, message };
}

describeWith(['moto', 'ffmpeg'], 'moto', () => {
  it('publishes the notification of a fragment, and keeps its picture as an object with its metadata', async () => {
    const endpoint = await moto();
    const sns = new SNSClient({ endpoint, region, credentials });
    const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    onTestFinished(() => {
      sns.destroy();
      s3.destroy();
    });
    const { TopicArn: topic } = await sns.send(new CreateTopicCommand({ Name: 'rings' }));
    const { url, message } = await subscriber();
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'http', Endpoint: url }));
    await s3.send(new CreateBucketCommand({ Bucket: 'shots' }));

    const emulator = await startEmulator({ sns: endpoint, s3: endpoint });
    await ask(emulator, '/createStream', { StreamName: 'door', DataRetentionInHours: 1 });
    await ask(emulator, '/updateNotificationConfiguration', {
      StreamName: 'door',
      NotificationConfiguration: { Status: 'ENABLED', DestinationConfig: { Uri: topic } },
    });
    await ask(emulator, '/updateImageGenerationConfiguration', {
      StreamName: 'door',
      ImageGenerationConfiguration: {
        ...{ Status: 'ENABLED', ImageSelectorType: 'SERVER_TIMESTAMP', SamplingInterval: 1000, Format: 'PNG' },
        DestinationConfig: { Uri: 's3://shots/front', DestinationRegion: region },
      },
    });
    const words = { AWS_KINESISVIDEO_NOTIFICATION: '', AWS_KINESISVIDEO_IMAGE_GENERATION: '', who: 'me' };
    await putMedia(
      { url: emulator.url, producerStart: String(Date.now() / 1000) },
      concat(fixture('h264-gop2s.mkv'), tags(words)),
    );

    const told = await message;
    expect(told).toMatchObject({ TopicArn: topic, Subject: 'Kinesis Video Streams Notification' });
    expect(JSON.parse(told.Message ?? '')).toMatchObject({
      NotificationType: 'PERSISTED',
      NotificationPayload: { who: 'me' },
    });
    let keys: string[] = [];
    while (keys.length === 0) {
      const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'shots' }));
      keys = Contents.map(({ Key = '' }) => Key);
    }
    expect(keys[0]).toMatch(/^front\/000000000000_door_\d{13}_[0-9a-f-]{36}\.png$/);
    const object = await s3.send(new GetObjectCommand({ Bucket: 'shots', Key: keys[0] }));
    expect(object).toMatchObject({
      ContentType: 'image/png',
      Metadata: { aws_kinesisvideo_fragment_number: JSON.parse(told.Message ?? '').FragmentNumber, who: 'me' },
    });
    expect(
      Buffer.from((await object.Body?.transformToByteArray()) ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });
});
