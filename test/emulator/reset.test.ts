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

it('a reset of an account takes its keys, the faults that name it, and nothing else', async () => {
  const emulator = await startEmulator();
  emulator.faults.add([fault('theirs', { account: OTHER, stream: 'y' }), fault('all', { stream: 'y' })]);
  emulator.keys.create({ id: 'theirs', account: OTHER });
  emulator.keys.create({ id: 'ours' });
  await ask(emulator, '/createStream', { StreamName: 'x' }, { account: OTHER });
  expect(await emulator.reset({ account: OTHER })).toEqual({ streams: 1 });
  expect(emulator.faults.list().map(({ id }) => id)).toEqual(['all']);
  const made = emulator.keys.list().keys.filter(({ manager }) => manager === 'CUSTOMER');
  expect(made.map(({ id }) => id)).toEqual(['ours']);
});

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
