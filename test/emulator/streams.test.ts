import { describe, expect, it } from 'vitest';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { openPut, putMedia } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { ask } from '../support/tour.ts';

const START = '2030-01-01T00:00:00.000Z';
const SECONDS = String(Date.parse(START) / 1000);

async function start(retention = 24): Promise<TestEmulator> {
  const emulator = await startEmulator({ clock: 'frozen', startTime: START });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: retention });
  return emulator;
}
const put = (emulator: TestEmulator, count: number, at = 0) =>
  putMedia(
    { url: emulator.url, producerStart: String(Number(SECONDS) + at) },
    recording(count, { metadata: { event: 'ring' } }),
  );
const get = async ({ url }: TestEmulator, path: string) => {
  const response = await fetch(`${url}/_kvs${path}`);
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the answer it asks for
  return { status: response.status, body: (await response.json()) as any };
};

describe('a stream from within', () => {
  it('tells what it holds and who is connected, the same on both faces', async () => {
    const emulator = await start();
    await put(emulator, 3);
    const producer = openPut({ url: emulator.url, producerStart: String(Number(SECONDS) + 10) });
    await producer.send(recording(1));
    expect((await producer.next())?.EventType).toBe('BUFFERING');
    // To tell metadata takes a key.
    const { fragments } = await emulator.streams.fragments('cam');
    const seen = emulator.streams.get('cam');
    expect(seen).toMatchObject({
      ...{ name: 'cam', account: '000000000000', region: 'us-east-1', status: 'ACTIVE', fragments: 4 },
      ...{ oldest: START, newest: '2030-01-01T00:00:00.003Z', producers: 1, readers: 0 },
      keyArn: 'arn:aws:kms:us-east-1:000000000000:alias/aws/kinesisvideo',
      lastAck: { EventType: 'BUFFERING', FragmentTimecode: 0 },
      connections: [{ side: 'producer', operation: 'PutMedia', since: START }],
      sessions: [],
    });
    expect(seen.bytesHeld).toBe(fragments.reduce((sum, { bytes }) => sum + bytes, 0));
    expect((await get(emulator, '/streams/cam')).body).toEqual(seen);
    const { connections: _, sessions: __, dataKeys: ___, gauges: ____, ...overview } = seen;
    expect((await get(emulator, '/streams')).body).toEqual({ streams: [overview], next: null });
    producer.request.destroy();
  });

  it('tells who is being sent it, and its sessions', async () => {
    const emulator = await start();
    await putMedia({ url: emulator.url, producerStart: SECONDS }, fixture('h264-gop2s.mkv'));
    const input = { StreamName: 'cam', StartSelector: { StartSelectorType: 'NOW' } };
    const reader = await fetch(`${emulator.url}/getMedia`, { method: 'POST', body: JSON.stringify(input) });
    const requestId = reader.headers.get('x-amzn-requestid');
    await ask(emulator, '/getHLSStreamingSessionURL', { StreamName: 'cam', Expires: 300 });
    await ask(emulator, '/getDASHStreamingSessionURL', { StreamName: 'cam', PlaybackMode: 'LIVE', Expires: 600 });
    const seen = emulator.streams.get('cam');
    const principal = 'arn:aws:iam::000000000000:root';
    expect(seen).toMatchObject({
      ...{ producers: 0, readers: 1, lastAck: { EventType: 'PERSISTED' } },
      connections: [{ side: 'reader', operation: 'GetMedia', requestId, principal, since: START }],
      sessions: [
        { protocol: 'HLS', mode: 'LIVE', expires: '2030-01-01T00:05:00.000Z' },
        { protocol: 'DASH', mode: 'LIVE', expires: '2030-01-01T00:10:00.000Z' },
      ],
    });
    expect((await get(emulator, '/streams/cam')).body).toEqual(seen);
    await reader.body?.cancel();
    await emulator.clock.advance('6m');
    expect(emulator.streams.get('cam').sessions.map(({ protocol }) => protocol)).toEqual(['DASH']);
  });

  it('tells its shards, what is left of its limits, and which data keys are in the clear', async () => {
    const emulator = await start();
    expect(emulator.streams.get('cam')).toMatchObject({ shards: 1, gauges: [], dataKeys: [] });
    emulator.limits.set({ profile: 'shards' });
    emulator.limits.setStream('cam', { shards: 2 });
    await put(emulator, 3);
    const seen = emulator.streams.get('cam');
    const keyArn = emulator.keys.list().keys[0]?.arn;
    expect(emulator.streams.list().streams[0]?.shards).toBe(2);
    expect(seen.shards).toBe(2);
    expect(seen.dataKeys).toEqual([{ keyArn, principal: 'arn:aws:iam::000000000000:root', use: 'seal' }]);
    expect(seen.gauges).toEqual(emulator.limits.stream('cam').gauges);
    expect(seen.gauges.map(({ name }) => name)).toContain('shard.writeBytes');
    expect((await get(emulator, '/streams/cam')).body).toEqual(seen);
    await emulator.clock.advance('45m');
    expect(emulator.streams.get('cam').dataKeys).toEqual([]);
  });

  it('holds nothing any more when its retention is over', async () => {
    const emulator = await start();
    await put(emulator, 3);
    await emulator.clock.advance('25h');
    expect(emulator.streams.get('cam')).toMatchObject({ fragments: 0, bytesHeld: 0, oldest: null, newest: null });
  });

  it('is one of a list that is given by pages, of all accounts unless it is told otherwise', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam' }, { account: '111111111111' });
    const first = emulator.streams.list({ limit: 1 });
    expect([first.streams.length, emulator.streams.list({ after: first.next ?? '' }).streams.length]).toEqual([1, 1]);
    expect(emulator.streams.list({ account: '111111111111' }).streams.map(({ account }) => account)).toEqual([
      '111111111111',
    ]);
    expect((await get(emulator, '/streams/none')).status).toBe(404);
  });
});

describe('fragments of a stream', () => {
  it('are told with tracks, frames, state and metadata, by pages and by ranges of either time', async () => {
    const emulator = await start();
    await put(emulator, 3);
    const { body } = await get(emulator, '/streams/cam/fragments?axis=producer&limit=2');
    expect(body.fragments).toEqual([
      {
        ...{ number: expect.stringMatching(/^\d{47}$/), serverTime: START, producerTime: START, lengthMs: 500 },
        ...{ bytes: expect.any(Number), state: 'persisted', frames: 2, tags: { event: 'ring' } },
        tracks: [{ number: 1, codec: 'V_MPEG4/ISO/AVC' }],
      },
      expect.objectContaining({ producerTime: '2030-01-01T00:00:01.000Z', tags: {} }),
    ]);
    expect(body.next).toBe(body.fragments[1].number);
    const rest = await emulator.streams.fragments('cam', { axis: 'producer', after: body.next });
    expect(rest).toMatchObject({ fragments: [{ producerTime: '2030-01-01T00:00:02.000Z' }], next: null });
    const middle = { axis: 'producer', from: '2030-01-01T00:00:00.500Z', to: '2030-01-01T00:00:01.500Z' } as const;
    expect((await emulator.streams.fragments('cam', middle)).fragments).toHaveLength(1);
  });

  it('are Matroska one by one, as GetMediaForFragmentList gives them', async () => {
    const emulator = await start();
    await put(emulator, 2);
    const { fragments } = await emulator.streams.fragments('cam');
    const [{ number } = { number: '' }] = fragments;
    const response = await fetch(`${emulator.url}/_kvs/streams/cam/fragments/${number}`);
    expect(response.headers.get('content-type')).toBe('video/x-matroska');
    const bytes = new Uint8Array(await response.arrayBuffer());
    const listed = await fetch(`${emulator.url}/getMediaForFragmentList`, {
      method: 'POST',
      body: JSON.stringify({ StreamName: 'cam', Fragments: [number] }),
    });
    expect(Buffer.from(bytes).equals(Buffer.from(await listed.arrayBuffer()))).toBe(true);
    expect(Buffer.from(await emulator.streams.fragment('cam', number)).equals(Buffer.from(bytes))).toBe(true);
    expect((await get(emulator, '/streams/cam/fragments/7')).status).toBe(404);
  });

  it('can be gone on behind one that has expired, by server time alone', async () => {
    const emulator = await start(1);
    await put(emulator, 2);
    const [first] = (await emulator.streams.fragments('cam')).fragments;
    await emulator.clock.advance('1h');
    const after = first?.number ?? '';
    expect((await emulator.streams.fragments('cam', { after })).fragments).toHaveLength(1);
    await expect(emulator.streams.fragments('cam', { after, axis: 'producer' })).rejects.toThrow('has gone');
  });
});

describe('waiting for fragments', () => {
  it('resolves when so many are there for good, though the stream is not there yet', async () => {
    const emulator = await startEmulator({ clock: 'frozen', startTime: START });
    const waits = emulator.streams.waitForFragments('cam', 3);
    const overHttp = get(emulator, '/streams/cam/fragments?wait=10s&count=2');
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    await put(emulator, 1);
    await put(emulator, 2, 10);
    expect((await waits).map(({ state }) => state)).toEqual(['persisted', 'persisted', 'persisted']);
    expect((await overHttp).body.fragments.length).toBeGreaterThanOrEqual(2);
    // Those that are there already count.
    expect(await emulator.streams.waitForFragments('cam', 3, { timeout: 0 })).toHaveLength(3);
  });

  it('takes whole fragments for what will not change where nothing is retained', async () => {
    const emulator = await start(0);
    const waits = emulator.streams.waitForFragments('cam');
    await put(emulator, 1);
    expect(await waits).toMatchObject([{ state: 'complete' }]);
  });

  it('is over when the time is, and says how many there were', async () => {
    const emulator = await start();
    await put(emulator, 1);
    const late = {
      name: 'ControlError',
      kind: 'late',
      message: expect.stringContaining('There were 1 of 2 fragments'),
    };
    await expect(emulator.streams.waitForFragments('cam', 2, { timeout: '5ms' })).rejects.toMatchObject(late);
    expect((await get(emulator, '/streams/cam/fragments?wait=5ms&count=2')).body.fragments).toHaveLength(1);
    expect((await get(emulator, '/streams/none/fragments?wait=5ms')).status).toBe(404);
    expect((await get(emulator, '/streams/cam/fragments?count=2')).body.error).toContain('goes with "wait"');
  });
});

describe('disconnecting', () => {
  const disconnect = async ({ url }: TestEmulator, body: object) => {
    const response = await fetch(`${url}/_kvs/streams/cam/disconnect`, { method: 'POST', body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };

  it('ends producers, readers or both', async () => {
    const emulator = await start();
    const producer = openPut({ url: emulator.url, producerStart: SECONDS });
    await producer.send(recording(1));
    await producer.next();
    const reader = await fetch(`${emulator.url}/getMedia`, {
      method: 'POST',
      body: JSON.stringify({ StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } }),
    });
    expect(emulator.streams.get('cam')).toMatchObject({ producers: 1, readers: 1 });
    expect(await disconnect(emulator, { which: 'readers' })).toEqual({ status: 200, body: { connections: 1 } });
    await reader.arrayBuffer();
    expect(emulator.streams.get('cam')).toMatchObject({ producers: 1, readers: 0, fragments: 1 });
    expect(emulator.streams.disconnect('cam')).toEqual({ connections: 1 });
    // The fragment that it had begun is gone, and no word was said of it.
    expect(await producer.rest()).toEqual([]);
    expect(emulator.streams.get('cam')).toMatchObject({ producers: 0, fragments: 0 });
  });

  it('refuses what makes no sense', async () => {
    const emulator = await start();
    expect(await disconnect(emulator, { which: 'all' })).toMatchObject({ status: 400, body: { path: '/which' } });
    expect(() => emulator.streams.disconnect('none')).toThrow('There is no stream "none"');
  });
});

describe('metrics', () => {
  const value = (text: string, name: string): number | undefined => {
    const found = new RegExp(`^${name}\\{stream="cam",account="000000000000",region="us-east-1"\\} (.*)$`, 'm').exec(
      text,
    );
    return found === null ? undefined : Number(found[1]);
  };

  it('count by stream what CloudWatch would, and go with the stream', async () => {
    const emulator = await start();
    const body = recording(3);
    const { acks } = await putMedia({ url: emulator.url, producerStart: SECONDS }, body);
    expect(acks.at(-1)?.EventType).toBe('PERSISTED');
    await ask(emulator, '/listFragments', {
      StreamName: 'cam',
      FragmentSelector: {
        FragmentSelectorType: 'SERVER_TIMESTAMP',
        TimestampRange: { StartTimestamp: 0, EndTimestamp: Number(SECONDS) + 60 },
      },
    });
    await ask(emulator, '/getClip', { StreamName: 'cam' });
    const response = await fetch(`${emulator.url}/_kvs/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const expected = {
      kvs_put_media_requests_total: 1,
      kvs_put_media_incoming_bytes_total: body.length,
      kvs_put_media_incoming_fragments_total: 3,
      kvs_put_media_incoming_frames_total: 6,
      kvs_put_media_active_connections: 0,
      kvs_put_media_fragment_persist_latency_milliseconds_count: 3,
      kvs_put_media_success_sum: 3,
      kvs_put_media_success_count: 3,
      kvs_put_media_error_ack_count_total: 0,
      kvs_list_fragments_requests_total: 1,
      kvs_list_fragments_latency_milliseconds_count: 1,
      kvs_archived_fragments_consumed_metadata_total: 3,
      kvs_fragments: 3,
    };
    for (const [name, wanted] of Object.entries(expected)) expect([name, value(text, name)]).toEqual([name, wanted]);
    // Each has a HELP and a TYPE, and nothing stands twice.
    const types = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(types).size).toBe(types.length);
    expect(types).toContain('process_cpu_user_seconds_total');
    await ask(emulator, '/deleteStream', { StreamARN: emulator.streams.get('cam').arn });
    expect(await emulator.metrics()).not.toContain('stream="cam"');
  });

  it('count what GetMedia sends while it sends it, and what is refused', async () => {
    const emulator = await start();
    await put(emulator, 2);
    const reader = await fetch(`${emulator.url}/getMedia`, {
      method: 'POST',
      body: JSON.stringify({ StreamName: 'cam', StartSelector: { StartSelectorType: 'EARLIEST' } }),
    });
    const stream = reader.body?.getReader();
    while (value(await emulator.metrics(), 'kvs_get_media_outgoing_fragments_total') !== 2) await stream?.read();
    expect(value(await emulator.metrics(), 'kvs_get_media_outgoing_frames_total')).toBe(4);
    await ask(emulator, '/getMedia', { StreamName: 'cam', StartSelector: { StartSelectorType: 'FRAGMENT_NUMBER' } });
    const text = await emulator.metrics();
    expect(value(text, 'kvs_get_media_connection_errors_total')).toBe(1);
    expect([value(text, 'kvs_get_media_success_sum'), value(text, 'kvs_get_media_success_count')]).toEqual([1, 2]);
    emulator.streams.disconnect('cam');
    await stream?.cancel();
  });
});
