// What the JavaScript clients and the client for PutMedia make of what fails on purpose.
import { CreateStreamCommand, DescribeStreamCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import {
  GetHLSStreamingSessionURLCommand,
  KinesisVideoArchivedMediaClient,
  ListFragmentsCommand,
} from '@aws-sdk/client-kinesis-video-archived-media';
import { describe, expect, it } from 'vitest';
import { PutMediaError, PutMediaInterruptedError, putMedia } from '../../src/client/putMedia.ts';
import { startWithCam } from '../support/cam.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { archivedClient, controlClient } from '../support/sdk.ts';

const body = fixture('h264-aac-gop1s.mkv');
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const all = {
  FragmentSelectorType: 'SERVER_TIMESTAMP',
  TimestampRange: { StartTimestamp: new Date(0), EndTimestamp: new Date(4e12) },
} as const;

/** A client that tries so often. */
const settings = (endpoint: string, maxAttempts: number) => ({
  endpoint,
  region: 'us-east-1',
  credentials,
  maxAttempts,
});

async function upload(endpoint: string): Promise<string[]> {
  const acks: string[] = [];
  const session = putMedia({
    endpoint,
    region: 'us-east-1',
    credentials,
    streamName: 'cam',
    body,
    fragmentTimecodeType: 'RELATIVE',
  });
  for await (const { EventType } of session) acks.push(EventType);
  return acks;
}

describe('the client for JavaScript', () => {
  it('tries again while the data plane is out, and gets through when that is over', async () => {
    const { url, faults } = await startWithCam(body);
    faults.addSet('outage', { times: 2 });
    const client = new KinesisVideoArchivedMediaClient(settings(url, 3));
    const answer = await client.send(new ListFragmentsCommand({ StreamName: 'cam', FragmentSelector: all }));
    expect(answer.$metadata.attempts).toBe(3);
    expect(answer.Fragments?.length).toBeGreaterThan(1);
    expect(faults.list().map(({ fired }) => fired)).toEqual([0, 2]);
    faults.replace([{ effect: { status: 503 } }]);
    const told = await archivedClient({ endpoint: url })
      .send(new ListFragmentsCommand({ StreamName: 'cam', FragmentSelector: all }))
      .catch((error) => error);
    expect([told.name, told.$metadata.httpStatusCode]).toEqual(['ServiceUnavailable', 503]);
  });

  it('tries again after a reset, and not after expired credentials', async () => {
    const { url, faults } = await startWithCam();
    faults.add({ match: { operation: 'DescribeStream', nth: 1 }, effect: { reset: true } });
    const client = new KinesisVideoClient(settings(url, 3));
    const describeStream = () => client.send(new DescribeStreamCommand({ StreamName: 'cam' }));
    expect((await describeStream()).$metadata.attempts).toBe(2);
    faults.addSet('expired-credentials');
    const told = await describeStream().catch((error) => error);
    expect([told.name, told.$metadata.attempts]).toEqual(['ExpiredTokenException', 1]);
  });
});

describe('the client for PutMedia', () => {
  it('is told which fragment broke, and how far it had come', async () => {
    const { url, faults } = await startWithCam();
    faults.add({ match: { operation: 'PutMedia', fragment: 3, times: 1 }, effect: { ack: 'ARCHIVAL_ERROR' } });
    const error = await upload(url).catch((failure) => failure);
    expect(error).toBeInstanceOf(PutMediaError);
    expect(error.ack).toMatchObject({ ErrorId: 5001, ErrorCode: 'ARCHIVAL_ERROR' });
    expect(error.progress).toMatchObject({ received: 2, persisted: 2 });
    expect(await upload(url)).toContain('PERSISTED');
  });

  it.each([{ reset: true }, { close: true }])(
    'is told of a lost connection, and of what was kept: %o',
    async (effect) => {
      const { url, faults } = await startWithCam();
      faults.add({ match: { operation: 'PutMedia', fragment: 3, afterBytes: 500, times: 1 }, effect });
      const error = await upload(url).catch((failure) => failure);
      expect(error).toBeInstanceOf(PutMediaInterruptedError);
      expect(error.progress).toMatchObject({ received: 2, persisted: 2 });
      const { Fragments } = await archivedClient({ endpoint: url }).send(
        new ListFragmentsCommand({ StreamName: 'cam', FragmentSelector: all }),
      );
      expect(Fragments).toHaveLength(2);
      expect(await upload(url)).toContain('PERSISTED');
    },
  );
});

it('a session’s URLs are of the account whose stream it is', async () => {
  const { url, faults } = await startEmulator();
  const accessKeyId = '111111111111';
  await controlClient({ endpoint: url, accessKeyId }).send(
    new CreateStreamCommand({ StreamName: 'cam', DataRetentionInHours: 1 }),
  );
  const theirs = { accessKeyId, secretAccessKey: 'test' };
  const session = { endpoint: url, region: 'us-east-1', credentials: theirs, streamName: 'cam', body } as const;
  for await (const _ of putMedia({ ...session, fragmentTimecodeType: 'RELATIVE' }));
  const { HLSStreamingSessionURL: master = '' } = await archivedClient({ endpoint: url, accessKeyId }).send(
    new GetHLSStreamingSessionURLCommand({ StreamName: 'cam', PlaybackMode: 'LIVE' }),
  );
  faults.add([
    { match: { operation: 'playback', account: '000000000000' }, effect: { status: 502 } },
    { match: { operation: 'playback', account: accessKeyId, times: 1 }, effect: { status: 500 } },
  ]);
  expect([(await fetch(master)).status, (await fetch(master)).status]).toEqual([500, 200]);
});

it('a playlist fails twice, and then plays; a segment fails once', async () => {
  const { url, faults } = await startWithCam(body);
  const client = archivedClient({ endpoint: url });
  const input = { StreamName: 'cam', PlaybackMode: 'LIVE' } as const;
  const { HLSStreamingSessionURL: master = '' } = await client.send(new GetHLSStreamingSessionURLCommand(input));
  const linesOf = async (from: string) => (await (await fetch(from)).text()).split('\n');
  const media = new URL((await linesOf(master)).find((line) => line.startsWith('getHLSMedia')) ?? '', master).href;
  faults.add([
    { match: { operation: 'GetHLSMediaPlaylist', stream: 'cam', nth: [1, 2] }, effect: { status: 500 } },
    { match: { operation: 'GetMP4MediaFragment', nth: 1 }, effect: { error: 'ResourceNotFoundException' } },
  ]);
  const statuses = [(await fetch(media)).status, (await fetch(media)).status, (await fetch(media)).status];
  expect(statuses).toEqual([500, 500, 200]);
  const segment = (await linesOf(media)).find((line) => line.startsWith('getMP4MediaFragment')) ?? '';
  expect((await fetch(new URL(segment, media))).status).toBe(404);
  expect((await fetch(new URL(segment, media))).status).toBe(200);
});
