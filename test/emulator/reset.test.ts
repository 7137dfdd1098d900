import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resetControl } from '../../src/emulator/resetControl.ts';
import { createEmulator } from '../../src/index.ts';
import { ControllableClock } from '../../src/runtime/clock.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { ask, tour } from '../support/tour.ts';

const START = '2030-01-01T00:00:00.000Z';
const OTHER = '111122223333';

/** What was set, on all of the controls that set anything, but for secrets. */
const settings = ({ faults, limits, keys, credentials, clock }: TestEmulator) => ({
  faults: faults.list(),
  limits: limits.get(),
  keys: keys.list(),
  credentials: credentials.get(),
  clock: { ...clock.state(), offsetMs: 0 },
});

function file(content: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-reset-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'said.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}

const fault = (id: string, match: object = {}) => ({ id, match, effect: { status: 503 } });
const key = (accessKeyId: string) => ({ accessKeys: [{ accessKeyId, secretAccessKey: 'a secret' }] });

describe('a reset of everything', () => {
  it('leads back to what options and files said, and to the same answers', async () => {
    const emulator = await startEmulator({
      ...{ clock: 'frozen', startTime: START, randomSeed: 3 },
      faults: file([fault('from-the-start', { stream: 'nobody' })]),
      limits: file({ profile: 'off', overrides: { 'GetMedia.rate': 3 } }),
      credentials: file(key('AKIDSTART')),
    });
    const before = settings(emulator);
    const first = await tour(emulator, () => emulator.clock.advance('1s'));
    emulator.faults.add(fault('later', { stream: 'cam' }));
    emulator.limits.set({ profile: 'aws', overrides: { 'PutMedia.connections': 1 } });
    emulator.limits.set({ overrides: { 'GetMedia.rate': 1 } }, { account: OTHER });
    emulator.keys.create({ id: 'door' });
    emulator.credentials.set(key('AKIDLATER'));
    await emulator.clock.run(10);
    expect(settings(emulator)).not.toEqual(before);
    await emulator.reset();
    expect(settings(emulator)).toEqual(before);
    expect(await tour(emulator, () => emulator.clock.advance('1s'))).toEqual(first);
  });

  it('of one that has no seed gives ids that have not been there', async () => {
    const emulator = await createEmulator({ clock: 'frozen', startTime: START, logLevel: 'silent' });
    onTestFinished(() => emulator.stop());
    const id = async () => (await ask(emulator as TestEmulator, '/listStreams', {})).id;
    const first = await id();
    await emulator.reset();
    expect(await id()).not.toBe(first);
  });
});

const EUROPE = 'eu-west-1';

/** In each account and region the same: a stream, a channel, a key, and a fault that names it. */
async function furnished() {
  const emulator = await startEmulator({ clock: 'frozen', startTime: START });
  for (const account of [OTHER, '000000000000']) {
    for (const region of [EUROPE, 'us-east-1']) {
      const id = `${account}-${region}`;
      await ask(emulator, '/createStream', { StreamName: 'cam' }, { account, region });
      await ask(emulator, '/createSignalingChannel', { ChannelName: 'door' }, { account, region });
      emulator.keys.create({ id, account, region });
      emulator.faults.add(fault(id, { account, region, stream: 'y' }));
    }
    emulator.faults.add(fault(account, { account, stream: 'y' }));
  }
  emulator.faults.add([fault(EUROPE, { region: EUROPE, stream: 'y' }), fault('all', { stream: 'y' })]);
  await emulator.clock.advance('1h');
  return emulator;
}
const placeOf = ({ account, region }: { account?: string | null; region?: string | null }) => `${account}-${region}`;
const placesIn = ({ streams, channels, keys, requests }: TestEmulator) => ({
  streams: streams.list().streams.map(placeOf).sort(),
  channels: channels.list().channels.map(placeOf).sort(),
  keys: keys
    .list()
    .keys.filter(({ manager }) => manager === 'CUSTOMER')
    .map(({ id }) => id)
    .sort(),
  requests: [...new Set(requests.list().map(placeOf))].sort(),
});

it.each([
  [{ account: OTHER }, 2, (id: string) => id.startsWith(OTHER)],
  [{ region: EUROPE }, 2, (id: string) => id.endsWith(EUROPE)],
  [{ account: OTHER, region: EUROPE }, 1, (id: string) => id === `${OTHER}-${EUROPE}`],
])(
  'a reset of %j takes its streams, channels, keys, requests, the faults that name it, and nothing else',
  async (which, count, isTheirs) => {
    const emulator = await furnished();
    const all = [OTHER, '000000000000'].flatMap((account) => [`${account}-${EUROPE}`, `${account}-us-east-1`]).sort();
    expect(placesIn(emulator)).toEqual({ streams: all, channels: all, keys: all, requests: all });
    const faults = emulator.faults.list().map(({ id }) => id);
    const { now } = emulator.clock.state();
    expect(await emulator.reset(which)).toEqual({ streams: count });
    const left = all.filter((place) => !isTheirs(place));
    expect(left).toHaveLength(4 - count);
    expect(placesIn(emulator)).toEqual({ streams: left, channels: left, keys: left, requests: left });
    expect(emulator.faults.list().map(({ id }) => id)).toEqual(faults.filter((id) => !isTheirs(id)));
    expect(emulator.clock.state().now).toBe(now);
  },
);

describe('a reset of what outlasts the process', () => {
  const start = () => {
    const clock = new ControllableClock({ frozen: true, startTime: 5 });
    const done: string[] = [];
    const part = { reset: () => void done.push('reset') };
    const reset = resetControl({
      ...{ clock, streams: { all: function* () {} }, lasts: true },
      parts: [{ name: 'one', holds: 'something', snapshot: 'ends', part }],
      begin: ({ time }) => void done.push(`begun at ${clock.now()}, time stays: ${time}`),
    });
    return { reset, done };
  };

  it('is refused unless it is said that data may go', async () => {
    const { reset, done } = start();
    await expect(reset()).rejects.toMatchObject({ kind: 'taken', hint: expect.stringContaining('data=delete') });
    await expect(reset({ account: OTHER })).rejects.toMatchObject({ kind: 'taken' });
    expect(done).toEqual([]);
  });

  it('is done if it is, and what was there from the start is made again', async () => {
    const { reset, done } = start();
    await reset({ data: 'delete' });
    expect(done).toEqual(['reset', 'begun at 5, time stays: false']);
  });
});
