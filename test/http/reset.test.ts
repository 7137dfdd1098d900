// A reset takes everything back to how it started; what is seen afterwards is what was seen the first time.
import { describe, expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/index.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { brief, openPut, putMedia } from '../support/putMedia.ts';
import { postJson, rawSocket } from '../support/rawSocket.ts';
import { startSignaling } from '../support/signalingClient.ts';
import { ask, tour } from '../support/tour.ts';

const START = '2030-01-01T00:00:00.000Z';
const start = (options: EmulatorOptions = {}) => startEmulator({ clock: 'frozen', startTime: START, ...options });
const names = async (emulator: TestEmulator, who = {}) =>
  (await ask(emulator, '/listStreams', {}, who)).text.match(/"StreamName":"[^"]+"/g) ?? [];

/** The same by each of the ways there are. */
const faces: [string, (emulator: TestEmulator, query?: string) => Promise<unknown>][] = [
  ['the library', async ({ reset }, query = '') => reset(Object.fromEntries(new URLSearchParams(query)))],
  [
    'HTTP',
    async ({ url }, query = '') => {
      const response = await fetch(`${url}/_kvs/reset${query}`, { method: 'POST' });
      return response.status === 200 ? response.json() : undefined;
    },
  ],
];

describe.each(faces)('reset by %s', (_face, reset) => {
  it('gives the same bytes and request ids again from the seed, at the same times', async () => {
    const emulator = await start({ randomSeed: 7 });
    const first = await tour(emulator, () => emulator.clock.advance('1s'));
    expect(await reset(emulator)).toEqual({ streams: 1 });
    expect(await tour(emulator, () => emulator.clock.advance('1s'))).toEqual(first);
  });

  it('forgets the journal, the channels and what has been warned of', async () => {
    const warnings: string[] = [];
    const emulator = await start({ logLevel: 'warn', log: (line) => warnings.push(line) });
    const round = async () => {
      await fetch(`${emulator.url}/nothing`);
      await ask(emulator, '/createSignalingChannel', { ChannelName: 'door' });
      return emulator.requests.list().length;
    };
    expect([await round(), warnings.length]).toEqual([2, 1]);
    await reset(emulator);
    expect(emulator.requests.list()).toEqual([]);
    expect((await ask(emulator, '/listSignalingChannels', {})).text).toBe('{"ChannelInfoList":[],"NextToken":null}');
    emulator.requests.clear();
    expect([await round(), warnings.length]).toEqual([2, 2]);
  });

  it.each([
    [{}, 'frozen', 1],
    [{ clock: 'running' }, 'running', 1],
  ] as const)('takes the clock back to its start, with %j', async (options, mode, rate) => {
    const emulator = await start(options);
    await emulator.clock.set('2040-01-01T00:00:00Z');
    await emulator.clock.run(60);
    if (mode === 'running') await emulator.clock.freeze();
    await reset(emulator);
    const state = emulator.clock.state();
    expect(state).toMatchObject({ mode, rate });
    expect(Date.parse(state.now)).toBeGreaterThanOrEqual(Date.parse(START));
    expect(Date.parse(state.now)).toBeLessThan(Date.parse('2031-01-01T00:00:00Z'));
  });

  it('takes a clock that began at the real time back to the real time', async () => {
    const emulator = await startEmulator();
    await emulator.clock.advance('1000d');
    expect(emulator.clock.state().offsetMs).toBeGreaterThan(1e9);
    await reset(emulator);
    expect(Math.abs(emulator.clock.state().offsetMs)).toBeLessThanOrEqual(1);
  });

  it('lets time go on if it is told to keep the clock', async () => {
    const emulator = await start({ randomSeed: 7 });
    await emulator.clock.advance('1h');
    await emulator.clock.run(1e-3);
    expect(await reset(emulator, '?clock=keep')).toEqual({ streams: 0 });
    expect(emulator.clock.state()).toMatchObject({ mode: 'running', rate: 1e-3 });
    expect(Math.abs(emulator.clock.now() - Date.parse(START) - 3_600_000)).toBeLessThan(60_000);
  });

  it('of an account or a region forgets what is theirs alone, while clock and ids go on', async () => {
    const emulator = await start({ randomSeed: 7 });
    const [mine, other] = [{ account: '111122223333' }, { account: '111122223333', region: 'eu-west-1' }];
    const version = async (who: object) => {
      await ask(emulator, '/createStream', { StreamName: 'door', DataRetentionInHours: 1 }, who);
      const { text } = await ask(emulator, '/describeStream', { StreamName: 'door' }, who);
      return /"Version":"(\w+)"/.exec(text)?.[1];
    };
    await emulator.clock.advance('1h');
    const before = [await version(mine), await version(other), await version({})];
    const ids = [
      (await ask(emulator, '/listStreams', {}, mine)).id,
      ...emulator.requests.list().map((one) => one.requestId),
    ];
    expect(await reset(emulator, '?account=111122223333&region=us-east-1')).toEqual({ streams: 1 });
    expect(emulator.clock.now()).toBe(Date.parse(START) + 3_600_000);
    expect(emulator.requests.list().map(({ account, region }) => `${account} ${region}`)).toEqual([
      ...Array(2).fill('111122223333 eu-west-1'),
      ...Array(2).fill('000000000000 us-east-1'),
    ]);
    expect([await names(emulator, mine), await names(emulator, other), await names(emulator)]).toEqual([
      [],
      ['"StreamName":"door"'],
      ['"StreamName":"door"'],
    ]);
    const after = await version(mine);
    expect(before).not.toContain(after);
    expect(ids).not.toContain((await ask(emulator, '/listStreams', {}, mine)).id);
    for (const { requestId } of emulator.requests.list({ account: mine.account, region: 'us-east-1' }))
      expect(ids).not.toContain(requestId);
    // Everything is as at the start only after a whole reset.
    await reset(emulator);
    await emulator.clock.advance('1h');
    expect(await version(mine)).toBe(before[0]);
  });
});

/** An emulator into whose stream somebody has begun to send. */
async function producing() {
  const { emulator, connect } = await startSignaling({ clock: 'frozen', startTime: START });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
  const body = fixture('h264-gop2s.mkv');
  const producer = openPut({ url: emulator.url });
  await producer.send(body.subarray(0, 20_000));
  expect((await producer.next())?.EventType).toBe('BUFFERING');
  return { emulator, connect, producer, rest: body.subarray(20_000) };
}

describe('connections that are open at a reset', () => {
  it.each([
    ['everything', {}, 1],
    ['their account', { account: '000000000000' }, 1],
    ['their region', { region: 'us-east-1' }, 1],
  ] as const)(
    'end as they do when their stream or channel is deleted, at a reset of %s',
    async (_what, which, streams) => {
      const { emulator, connect, producer } = await producing();
      const reader = await rawSocket(emulator.port);
      reader.send(postJson('/getMedia', '{"StreamName":"cam","StartSelector":{"StartSelectorType":"NOW"}}'));
      await reader.until(/200 OK/);
      const [master, viewer] = [await connect(), await connect('viewer-1')];
      expect(await emulator.reset(which)).toEqual({ streams });
      expect(brief(await producer.rest())).toEqual(['ERROR 4008']);
      // Whole, as far as HTTP can tell.
      await reader.until(/\r\n0\r\n\r\n$/);
      expect(await Promise.all([master.closed, viewer.closed])).toEqual(['1001 Going away', '1001 Going away']);
    },
  );

  it('go on when what is reset is not theirs', async () => {
    const { emulator, connect, producer, rest } = await producing();
    const master = await connect();
    expect(await emulator.reset({ account: '111122223333' })).toEqual({ streams: 0 });
    expect(await emulator.reset({ region: 'eu-west-1' })).toEqual({ streams: 0 });
    await producer.send(rest);
    producer.end();
    const acks = brief(await producer.rest()).join();
    expect(acks).toContain('PERSISTED');
    expect(acks).not.toContain('ERROR');
    await master.settled();
    expect(await master.close()).not.toContain('1001');
  });

  it('and sessions are forgotten, with what they were about to be given', async () => {
    const emulator = await start({ randomSeed: 7 });
    const session = async (file: 'h264-gop2s.mkv' | 'h264-aac-gop1s.mkv') => {
      await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
      await putMedia({ url: emulator.url, producerStart: String(Date.parse(START) / 1000) }, fixture(file));
      const { text } = await ask(emulator, '/getHLSStreamingSessionURL', { StreamName: 'cam' });
      return JSON.parse(text).HLSStreamingSessionURL as string;
    };
    const segment = async (url: string) => {
      const list = await (await fetch(url.replace('Master', 'Media'))).text();
      const [, name] = /\n(getMP4MediaFragment[^\n]+)/.exec(list) ?? [];
      return Buffer.from(await (await fetch(new URL(name as string, url))).arrayBuffer()).toString('base64');
    };
    const url = await session('h264-gop2s.mkv');
    const bytes = await segment(url);
    await emulator.reset();
    expect((await fetch(url)).status).toBe(403);
    // The same token and fragment numbers as before, and other media.
    expect(await session('h264-aac-gop1s.mkv')).toBe(url);
    expect(await segment(url)).not.toBe(bytes);
    await emulator.reset({ account: '000000000000' });
    expect((await fetch(url)).status).toBe(403);
  });

  it('leave nothing behind that is due later: a session is not ended by the end of one before', async () => {
    const emulator = await start({ randomSeed: 7 });
    const session = async (after: string) => {
      await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
      await emulator.clock.advance(after);
      const producerStart = String(emulator.clock.now() / 1000);
      await putMedia({ url: emulator.url, producerStart }, fixture('h264-gop2s.mkv'));
      const { text } = await ask(emulator, '/getHLSStreamingSessionURL', { StreamName: 'cam' });
      return JSON.parse(text).HLSStreamingSessionURL as string;
    };
    const url = await session('0s');
    await emulator.reset();
    expect(await session('200s')).toBe(url);
    await emulator.clock.advance('150s');
    expect((await fetch(url)).status).toBe(200);
    await emulator.clock.advance('150s');
    expect((await fetch(url)).status).toBe(403);
  });
});

describe('a reset while the clock is being moved', () => {
  it('comes after the move, whose end the clock does not jump to later', async () => {
    const emulator = await start();
    const moved = emulator.clock.advance('1000d');
    const reset = emulator.reset();
    expect(Date.parse((await moved).now)).toBe(Date.parse(START) + 1000 * 86_400_000);
    await reset;
    expect(emulator.clock.now()).toBe(Date.parse(START));
  });
});

describe('reset({…}) of the library', () => {
  it.each([
    [{ acount: '1' }, 'Reset knows no "acount".'],
    [{ account: '12' }, '"12" is no account: accounts are 12 digits.'],
    [{ clock: 'stop' }, '"stop" cannot be "clock": it is kept or not said.'],
  ])('refuses %j and forgets nothing', async (which, message) => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'door' });
    await expect(emulator.reset(which as never)).rejects.toThrow(message);
    expect(await names(emulator)).toHaveLength(1);
  });
});
