import { describe, expect, test } from 'vitest';
import { call, media } from '../../src/client/call.ts';
import {
  type FragmentAck,
  KinesisVideoError,
  PutMediaError,
  PutMediaInterruptedError,
  putMedia,
} from '../../src/client/putMedia.ts';
import type { ClientOptions } from '../../src/client/request.ts';
import { Scanner } from '../../src/client/scanner.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { gate } from './session.ts';

async function withStream(
  scheme: 'http' | 'https',
  hours = 24,
): Promise<{ emulator: TestEmulator; options: ClientOptions }> {
  const emulator = await startEmulator();
  const options: ClientOptions =
    scheme === 'http'
      ? { endpoint: emulator.url, region: 'eu-west-1' }
      : { endpoint: emulator.httpsUrl, region: 'eu-west-1', ca: await emulator.ca() };
  await call(options, '/createStream', { StreamName: 'cam', DataRetentionInHours: hours });
  return { emulator, options };
}

const put = (options: ClientOptions, body: Uint8Array | AsyncIterable<Uint8Array>) =>
  putMedia({ ...options, streamName: 'cam', fragmentTimecodeType: 'RELATIVE', body });

const brief = ({ EventType, FragmentTimecode }: FragmentAck): string => `${EventType} ${FragmentTimecode}`;

describe.each(['http', 'https'] as const)('an emulator over %s', (scheme) => {
  test('acknowledges what putMedia sends, and gives it back', async () => {
    const { options } = await withStream(scheme);
    const { DataEndpoint } = await call<{ DataEndpoint: string }>(options, '/getDataEndpoint', {
      StreamName: 'cam',
      APIName: 'PUT_MEDIA',
    });
    const acks: FragmentAck[] = [];
    for await (const ack of put({ ...options, endpoint: DataEndpoint }, fixture('h264-aac-gop1s.mkv'))) acks.push(ack);
    for (const stage of ['BUFFERING', 'RECEIVED', 'PERSISTED'])
      expect(acks.map(brief).filter((line) => line.startsWith(stage))).toEqual(
        [0, 1002, 2005, 3008].map((timecode) => `${stage} ${timecode}`),
      );
    const numbers = acks.filter(({ EventType }) => EventType === 'PERSISTED').map((ack) => ack.FragmentNumber);
    const scanner = new Scanner();
    const got: (string | undefined)[] = [];
    const input = { StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } };
    read: for await (const chunk of media(options, '/getMedia', input)) {
      for (const mark of scanner.push(chunk)) {
        if (mark.kind === 'tags') got.push(mark.tags.get('AWS_KINESISVIDEO_CONTINUATION_TOKEN'));
        if (got.filter(Boolean).length === 4) break read;
      }
    }
    expect(got.filter(Boolean)).toEqual(numbers);
  });

  test('acknowledges a fragment while its producer is still sending', async () => {
    const { options } = await withStream(scheme);
    const acked = gate();
    const file = fixture('h264-gop2s.mkv');
    const [, second] = [...new Scanner().push(file)].filter(({ kind }) => kind === 'cluster') as { offset: number }[];
    async function* body(): AsyncGenerator<Uint8Array> {
      yield file.subarray(0, (second?.offset ?? 0) + 12);
      await acked.opened;
      yield file.subarray((second?.offset ?? 0) + 12);
    }
    const seen: string[] = [];
    for await (const ack of put(options, body())) {
      seen.push(brief(ack));
      if (ack.EventType === 'PERSISTED') acked.open();
    }
    expect(seen.filter((line) => line.startsWith('PERSISTED'))).toEqual(['PERSISTED 0', 'PERSISTED 2000']);
  });

  test('that refuses media in the middle of a flood is heard', async () => {
    const { options } = await withStream(scheme);
    async function* body(): AsyncGenerator<Uint8Array> {
      yield fixture('h264-gop2s.mkv');
      for (;;) yield Buffer.alloc(65_536);
    }
    const error = await (async () => {
      for await (const _ack of put(options, body()));
    })().catch((reason) => reason);
    expect(error).toBeInstanceOf(PutMediaError);
    expect(error.ack).toMatchObject({ ErrorCode: 'INVALID_MKV_DATA', ErrorId: 4006 });
    // Whether the last Cluster ended before the flood is the service's to say.
    expect(error.progress.persisted).toBeGreaterThanOrEqual(1);
  });
});

test('a refusal by name, in the region that was signed for', async () => {
  const { options } = await withStream('http');
  const elsewhere = { ...options, region: 'us-west-2' };
  const error = await put(elsewhere, fixture('aac.mkv'))
    .next()
    .catch((reason) => reason);
  expect(error).toBeInstanceOf(KinesisVideoError);
  expect(error).toMatchObject({ name: 'ResourceNotFoundException', status: 404 });
  expect(error.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

test('a producer that pauses for half a minute of emulated time loses its session, and hears how far it came', async () => {
  const { emulator, options } = await withStream('http');
  const file = fixture('h264-gop2s.mkv');
  const persisted = gate();
  async function* body(): AsyncGenerator<Uint8Array> {
    yield file.subarray(0, file.length - 10);
    await persisted.opened;
    await emulator.clock.advance('31s');
    await new Promise(() => undefined);
  }
  const error = await (async () => {
    for await (const ack of put(options, body())) if (ack.EventType === 'PERSISTED') persisted.open();
  })().catch((reason) => reason);
  expect(error).toBeInstanceOf(PutMediaInterruptedError);
  expect(error.progress).toMatchObject({ persisted: 1, lastPersisted: { FragmentTimecode: 0 } });
});
