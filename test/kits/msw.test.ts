// Application code that knows nothing of an emulator: clients have a region and credentials, and no endpoint.

import type { IncomingMessage } from 'node:http';
import { CreateStreamCommand, GetDataEndpointCommand, KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import {
  GetHLSStreamingSessionURLCommand,
  KinesisVideoArchivedMediaClient,
  ListFragmentsCommand,
} from '@aws-sdk/client-kinesis-video-archived-media';
import { GetMediaCommand, KinesisVideoMediaClient } from '@aws-sdk/client-kinesis-video-media';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FragmentAck, KinesisVideoError, putMedia } from '../../src/client/putMedia.ts';
import { createEmulator } from '../../src/index.ts';
import { RequestBody } from '../../src/kits/msw/requestBody.ts';
import { createOfflineEmulator, kinesisVideoHandlers } from '../../src/kits/msw.ts';
import { fixture } from '../support/fixtures.ts';
import { haveGlobalWebSocket } from '../support/globalWebSocket.ts';
import * as mkv from '../support/mkv.ts';

haveGlobalWebSocket();
const emulator = createOfflineEmulator({ clock: 'frozen', randomSeed: 1, logLevel: 'silent' });
const server = setupServer(...kinesisVideoHandlers(emulator));
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => emulator.reset());
afterAll(() => {
  server.close();
  emulator.stop();
});

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
const settings = { region: 'eu-west-1', credentials, maxAttempts: 1 };
const control = new KinesisVideoClient(settings);
const StreamName = 'door';

async function endpoint(APIName: 'PUT_MEDIA' | 'GET_MEDIA' | 'LIST_FRAGMENTS'): Promise<string> {
  const { DataEndpoint } = await control.send(new GetDataEndpointCommand({ StreamName, APIName }));
  return DataEndpoint!;
}

const everything = {
  FragmentSelectorType: 'SERVER_TIMESTAMP' as const,
  TimestampRange: { StartTimestamp: new Date(0), EndTimestamp: new Date('2100-01-01') },
};

const HOUR = 3_600_000;
const today = () => ({
  FragmentSelectorType: 'SERVER_TIMESTAMP' as const,
  TimestampRange: {
    StartTimestamp: new Date(emulator.clock.now() - HOUR),
    EndTimestamp: new Date(emulator.clock.now() + HOUR),
  },
});

const createStream = () => control.send(new CreateStreamCommand({ StreamName, DataRetentionInHours: 24 }));

async function upload(body: Uint8Array | AsyncIterable<Uint8Array>, more: object = {}): Promise<FragmentAck[]> {
  const acks: FragmentAck[] = [];
  const options = { ...settings, endpoint: await endpoint('PUT_MEDIA'), streamName: StreamName, body, ...more };
  for await (const ack of putMedia({
    ...options,
    fragmentTimecodeType: 'RELATIVE',
    producerStartTimestamp: emulator.clock.now(),
  })) {
    acks.push(ack);
  }
  return acks;
}

describe('handlers for msw', () => {
  it('serve control plane, PutMedia, GetMedia, the archive and HLS at the names of AWS', async () => {
    await createStream();
    expect(await endpoint('PUT_MEDIA')).toMatch(/^https:\/\/s-[0-9a-f]{8}\.kinesisvideo\.eu-west-1\.amazonaws\.com$/);
    const acks = await upload(fixture('h264-aac-gop1s.mkv'));
    expect(acks.filter(({ EventType }) => EventType === 'PERSISTED')).toHaveLength(4);

    const archived = new KinesisVideoArchivedMediaClient({ ...settings, endpoint: await endpoint('LIST_FRAGMENTS') });
    const { Fragments } = await archived.send(new ListFragmentsCommand({ StreamName, FragmentSelector: everything }));
    expect(Fragments).toHaveLength(4);

    const { HLSStreamingSessionURL } = await archived.send(
      new GetHLSStreamingSessionURLCommand({ StreamName, PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: today() }),
    );
    expect(HLSStreamingSessionURL).toMatch(/^https:\/\/b-[0-9a-f]{8}\.kinesisvideo\.eu-west-1\.amazonaws\.com\/hls\//);
    const master = await text(HLSStreamingSessionURL!);
    const mediaUrl = new URL(lastLine(master), HLSStreamingSessionURL!);
    const playlist = await text(mediaUrl);
    const segment = await fetch(new URL(lastLine(playlist.replace('#EXT-X-ENDLIST', '').trimEnd()), mediaUrl));
    expect(segment.headers.get('content-type')).toBe('video/mp4');
    expect(new TextDecoder('latin1').decode(await segment.arrayBuffer())).toContain('moof');
  });

  it('take the clients without an endpoint at the common name too, and dual-stack and FIPS names', async () => {
    await createStream();
    for (const more of [{ useDualstackEndpoint: true }, { useFipsEndpoint: true }]) {
      const client = new KinesisVideoClient({ ...settings, ...more });
      const { DataEndpoint } = await client.send(new GetDataEndpointCommand({ StreamName, APIName: 'GET_MEDIA' }));
      expect(DataEndpoint).toMatch(
        /^https:\/\/s-[0-9a-f]{8}\.kinesisvideo(-fips)?\.eu-west-1\.(amazonaws\.com|api\.aws)$/,
      );
    }
    const archived = new KinesisVideoArchivedMediaClient(settings);
    expect(
      (await archived.send(new ListFragmentsCommand({ StreamName, FragmentSelector: everything }))).Fragments,
    ).toEqual([]);
  });

  it('acknowledge while the body still comes', async () => {
    await createStream();
    const seen: string[] = [];
    let heard = (): void => undefined;
    const received = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const file = fixture('h264-aac-gop1s.mkv');
    const body = async function* (): AsyncGenerator<Uint8Array> {
      yield file.subarray(0, file.length / 2);
      await received;
      seen.push('rest');
      yield file.subarray(file.length / 2);
    };
    const options = { ...settings, endpoint: await endpoint('PUT_MEDIA'), streamName: StreamName, body: body() };
    const start = emulator.clock.now();
    for await (const { EventType } of putMedia({
      ...options,
      fragmentTimecodeType: 'RELATIVE',
      producerStartTimestamp: start,
    })) {
      seen.push(EventType);
      if (EventType === 'RECEIVED') heard();
    }
    expect(seen.indexOf('RECEIVED')).toBeLessThan(seen.indexOf('rest'));
  });

  it('refuse with the errors of the service', async () => {
    await expect(control.send(new GetDataEndpointCommand({ StreamName, APIName: 'GET_MEDIA' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
    const endpointOf = 'https://s-12345678.kinesisvideo.eu-west-1.amazonaws.com';
    const refused = putMedia({
      ...{ ...settings, endpoint: endpointOf, streamName: StreamName, body: new Uint8Array(10) },
      fragmentTimecodeType: 'RELATIVE',
    });
    await expect(refused.next()).rejects.toThrow(KinesisVideoError);
  });

  it('note requests in the journal', async () => {
    await createStream();
    await upload(fixture('h264-aac-gop1s.mkv'));
    const [request] = await emulator.requests.waitFor({ operation: 'PutMedia' });
    expect(request).toMatchObject({ status: 200, stream: StreamName, region: 'eu-west-1', warnings: [] });
    expect(request?.bytesIn).toBe(fixture('h264-aac-gop1s.mkv').length);
    expect(request?.acks.length).toBeGreaterThan(8);
  });

  it('follow a live stream, and let go of it when the reader does', async () => {
    await createStream();
    await upload(fixture('h264-aac-gop1s.mkv'));
    const media = new KinesisVideoMediaClient({ ...settings, endpoint: await endpoint('GET_MEDIA') });
    const { Payload } = await media.send(
      new GetMediaCommand({ StreamName, StartSelector: { StartSelectorType: 'EARLIEST' } }),
    );
    const stream = Payload as unknown as AsyncIterable<Uint8Array> & { destroy(): void };
    let length = 0;
    for await (const piece of stream) {
      length += piece.length;
      if (length > 50_000) break;
    }
    stream.destroy();
    await expect.poll(() => emulator.requests.list({ operation: 'GetMedia' })[0]?.ms ?? null).not.toBeNull();
  });

  it('hold back GetMedia while node:http does not read it, and make no copy of it', async () => {
    await createStream();
    await upload(large(8, 1_000_000));
    const reader = new KinesisVideoMediaClient({ ...settings, endpoint: await endpoint('GET_MEDIA') });
    const get = async (): Promise<IncomingMessage> =>
      (await reader.send(new GetMediaCommand({ StreamName, StartSelector: { StartSelectorType: 'EARLIEST' } })))
        .Payload as IncomingMessage;
    const unread = await get();
    // One that is read, in whose time the other could have been sent many times over.
    let length = 0;
    const read = await get();
    for await (const piece of read) {
      length += piece.length;
      if (length > 7_000_000) break;
    }
    read.destroy();
    unread.destroy();
    const sent = () => emulator.requests.list({ operation: 'GetMedia' }).map(({ bytesOut }) => bytesOut);
    await expect.poll(sent).not.toContain(null);
    const [first, second] = sent();
    expect(second).toBeGreaterThan(7_000_000);
    expect(first).toBeLessThan(3_000_000);
  });

  it('hear of it when fetch is aborted in the middle of an answer', async () => {
    await createStream();
    const leaving = new AbortController();
    const answer = await fetch(`${await endpoint('GET_MEDIA')}/getMedia`, {
      method: 'POST',
      body: JSON.stringify({ StreamName, StartSelector: { StartSelectorType: 'NOW' } }),
      signal: leaving.signal,
    });
    expect(answer.status).toBe(200);
    expect(emulator.requests.list({ operation: 'GetMedia' })[0]?.ms).toBeNull();
    leaving.abort();
    await expect.poll(() => emulator.requests.list({ operation: 'GetMedia' })[0]?.ms ?? null).not.toBeNull();
  });

  it('end live streams when the emulator stops', async () => {
    const short = createOfflineEmulator({ logLevel: 'silent' });
    server.use(...kinesisVideoHandlers(short));
    await createStream();
    const answer = await fetch(`${await endpoint('GET_MEDIA')}/getMedia`, {
      method: 'POST',
      body: JSON.stringify({ StreamName, StartSelector: { StartSelectorType: 'NOW' } }),
    });
    short.stop();
    await expect(answer.arrayBuffer()).rejects.toThrow('The connection was closed.');
    expect(short.requests.list({ operation: 'GetMedia' })[0]?.ms).not.toBeNull();
    server.resetHandlers();
  });

  it('hear of it when the body of an answer is cancelled', async () => {
    await createStream();
    const answer = await fetch(`${await endpoint('GET_MEDIA')}/getMedia`, {
      method: 'POST',
      body: JSON.stringify({ StreamName, StartSelector: { StartSelectorType: 'NOW' } }),
    });
    await answer.body?.cancel();
    await expect.poll(() => emulator.requests.list({ operation: 'GetMedia' })[0]?.ms ?? null).not.toBeNull();
  });

  it('serve an emulator that listens as well', async () => {
    const listening = await createEmulator({ logLevel: 'silent' });
    server.use(...kinesisVideoHandlers(listening));
    await createStream();
    server.resetHandlers();
    expect(listening.requests.list({ operation: 'CreateStream' })).toHaveLength(1);
    await listening.stop();
  });

  it('hold signatures against known keys where that is asked for', async () => {
    const wary = createOfflineEmulator({ auth: 'sigv4', clock: 'frozen', logLevel: 'silent' });
    server.use(...kinesisVideoHandlers(wary));
    await createStream();
    const acks = await upload(fixture('h264-aac-gop1s.mkv'));
    expect(acks.filter(({ EventType }) => EventType === 'PERSISTED')).toHaveLength(4);
    const stranger = new KinesisVideoClient({ ...settings, credentials: { ...credentials, secretAccessKey: 'other' } });
    await expect(stranger.send(new GetDataEndpointCommand({ StreamName, APIName: 'GET_MEDIA' }))).rejects.toMatchObject(
      {
        $metadata: { httpStatusCode: 403 },
      },
    );
    server.resetHandlers();
    wary.stop();
  });

  it('fail as if nobody were there once the emulator has stopped', async () => {
    const short = createOfflineEmulator({ logLevel: 'silent' });
    server.use(...kinesisVideoHandlers(short));
    short.stop();
    await expect(createStream()).rejects.toThrow();
    server.resetHandlers();
  });

  it('say what they want if they are given something else', () => {
    expect(() => kinesisVideoHandlers({} as never)).toThrow(
      'Give kinesisVideoHandlers what createOfflineEmulator() returned.',
    );
  });
});

/** So many fragments of one frame of so many bytes. */
const large = (fragments: number, bytes: number): Uint8Array =>
  mkv.concat(
    mkv.ebmlHeader(),
    mkv.segment([
      mkv.info(),
      mkv.tracks(),
      ...Array.from({ length: fragments }, (_, index) =>
        mkv.cluster({ timecode: index * 1000 }, [mkv.simpleBlock({ key: true, data: new Uint8Array(bytes) })]),
      ),
    ]),
  );

const text = async (url: string | URL): Promise<string> => (await fetch(url)).text();
const lastLine = (playlist: string): string => playlist.trimEnd().split('\n').at(-1) ?? '';

describe('the body of a request', () => {
  const posted = (pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void): RequestBody => {
    const body = new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 });
    return new RequestBody(
      new Request('https://kinesisvideo.eu-west-1.amazonaws.com', { method: 'POST', body, duplex: 'half' }),
    );
  };

  it('is asked for no more than is taken of it', async () => {
    let asked = 0;
    const body = posted((controller) => {
      asked += 1;
      controller.enqueue(new Uint8Array(1000));
    });
    await body.next();
    await body.next();
    expect(asked).toBe(2);
    expect(body.received).toBe(2000);
  });

  it('is not the memory of whoever sent it', async () => {
    const memory = new Uint8Array([1, 2, 3]);
    const { value } = await posted((controller) => controller.enqueue(memory)).next();
    memory.fill(9);
    expect(value).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('tells who waits for it that it breaks', async () => {
    const body = posted((controller) => controller.error(new Error('no more of it')));
    await expect(body.next()).rejects.toThrow('no more of it');
    const waiting = posted(() => undefined);
    const next = waiting.next();
    waiting.fail('the client went away');
    await expect(next).rejects.toThrow('the client went away');
  });
});

it('an emulator that begins with a seed has it for the first request, and says if it cannot be had', async () => {
  const data = Buffer.from(fixture('h264-aac-gop1s.mkv')).toString('base64');
  const media = [{ data, ago: '1h', loop: 2 }];
  const seed = {
    accounts: { '000000000000': { 'eu-west-1': { streams: [{ name: 'porch', retention: '24h', media }] } } },
  };
  const seeded = createOfflineEmulator({ seed, logLevel: 'silent' });
  server.use(...kinesisVideoHandlers(seeded));
  const asked = new GetDataEndpointCommand({ StreamName: 'porch', APIName: 'LIST_FRAGMENTS' });
  const { DataEndpoint } = await control.send(asked);
  const archive = new KinesisVideoArchivedMediaClient({ ...settings, endpoint: DataEndpoint! });
  const { Fragments } = await archive.send(
    new ListFragmentsCommand({ StreamName: 'porch', FragmentSelector: everything }),
  );
  expect(Fragments?.length).toBeGreaterThan(2);
  await seeded.ready;
  seeded.stop();
  const broken = createOfflineEmulator({ seed: { streams: [{ name: 'a b' }] }, logLevel: 'silent' });
  await expect(broken.ready).rejects.toThrow('at /streams/0/name');
  broken.stop();
  server.resetHandlers();
});
