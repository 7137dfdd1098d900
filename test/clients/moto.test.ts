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

/** A queue of moto's that is subscribed to the topic, asked in the query protocol of SQS. */
function queueOf(endpoint: string) {
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0';
  const sqs = async (parameters: Record<string, string>, path = '/'): Promise<string> => {
    const body = new URLSearchParams({ ...parameters, Version: '2012-11-05' });
    const response = await fetch(endpoint + path, { method: 'POST', body, headers: { authorization } });
    return response.text();
  };
  return {
    arn: 'arn:aws:sqs:us-east-1:123456789012:rings',
    make: () => sqs({ Action: 'CreateQueue', QueueName: 'rings' }),
    /** The envelope of the first message, once there is one. */
    async next(): Promise<Record<string, string>> {
      for (;;) {
        const answer = await sqs({ Action: 'ReceiveMessage' }, '/123456789012/rings');
        const [, text] = /<Body>([\s\S]*?)<\/Body>/.exec(answer) ?? [];
        if (text !== undefined) return JSON.parse(text.replaceAll('&quot;', '"').replaceAll('&amp;', '&'));
      }
    },
  };
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
    const queue = queueOf(endpoint);
    await queue.make();
    await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: queue.arn }));
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
      { url: emulator.url, streamName: 'door', producerStart: String(Date.now() / 1000) },
      concat(fixture('h264-gop2s.mkv'), tags(words)),
    );

    const told = await queue.next();
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
    // Of names with an underscore moto's server hears nothing: it takes them for headers that may be forged.
    expect(object).toMatchObject({ ContentType: 'image/png', Metadata: { who: 'me' } });
    expect(
      Buffer.from((await object.Body?.transformToByteArray()) ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG');
  });
});
