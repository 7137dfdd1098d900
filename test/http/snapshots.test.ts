// Snapshots over HTTP and on the command line: one face, three ways to it.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CommandError, UsageError } from '../../src/commands/command.ts';
import { command as snapshot } from '../../src/commands/snapshot.ts';
import { createEmulator } from '../../src/index.ts';
import { run } from '../commands/world.ts';
import { startEmulator } from '../support/emulator.ts';
import { ask } from '../support/tour.ts';

const CONTENT = { streams: 1, fragments: 0, bytes: 0, bytesAlone: 0, journal: false, secrets: true };
const TIME = '2030-01-01T00:00:00.000Z';

async function start() {
  const emulator = await startEmulator({ clock: 'frozen', startTime: TIME });
  const folder = mkdtempSync(join(tmpdir(), 'kvs-snapshot-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const create = (StreamName: string) => ask(emulator, '/createStream', { StreamName });
  await create('one');
  return {
    emulator,
    create,
    folder,
    file: join(folder, 'state.tar'),
    names: () => emulator.streams.list().streams.map(({ name }) => name),
    kvs: (path: string, init: RequestInit = {}) => fetch(`${emulator.url}/_kvs${path}`, init),
    run: (...args: string[]) => run(snapshot, args, emulator.url),
  };
}

describe('/_kvs/snapshots', () => {
  it('takes, lists, restores and forgets by name', async () => {
    const { kvs, create, names } = await start();
    const ready = { name: 'ready', time: TIME, ...CONTENT };
    const taken = await kvs('/snapshots/ready', { method: 'POST' });
    expect([taken.status, await taken.json()]).toEqual([200, ready]);
    await kvs('/snapshots/with.journal-1?journal=true&secrets=false', { method: 'POST' });
    expect(await (await kvs('/snapshots')).json()).toEqual({
      snapshots: [ready, { ...ready, name: 'with.journal-1', journal: true, secrets: false }],
    });
    await create('two');
    const restored = await kvs('/snapshots/ready/restore', { method: 'POST' });
    expect([restored.status, await restored.json(), names()]).toEqual([200, ready, ['one']]);
    expect(await (await kvs('/snapshots/ready', { method: 'DELETE' })).json()).toEqual(ready);
    expect((await kvs('/snapshots/ready', { method: 'DELETE' })).status).toBe(404);
  });

  it.each([
    ['POST', '/snapshots/ready', 409, 'There is a snapshot ready already.'],
    ['POST', '/snapshots/other/restore', 404, 'There is no snapshot other.'],
    ['POST', '/snapshots/a%2Fb', 400, 'A name has up to 64 characters'],
    ['POST', '/snapshots/x?journal=perhaps', 400, '"perhaps" cannot be "journal".'],
    ['POST', '/snapshots/x?colour=red', 400, 'A snapshot knows no "colour".'],
    ['PUT', '/snapshots/x', 405, 'takes no PUT'],
  ])('%s %s is refused with %i', async (method, path, status, message) => {
    const { kvs } = await start();
    await kvs('/snapshots/ready', { method: 'POST' });
    const answer = await kvs(path, { method });
    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { error: string }).error).toContain(message);
  });

  it('are a hundred at most, and survive a reset', async () => {
    const { emulator } = await start();
    for (let i = 0; i < 100; i++) await emulator.snapshots.take(`s${i}`);
    await expect(emulator.snapshots.take('more')).rejects.toMatchObject({ kind: 'taken' });
    await emulator.reset();
    expect(emulator.snapshots.list()).toHaveLength(100);
    await emulator.snapshots.restore('s99');
    expect(emulator.streams.list().streams).toHaveLength(1);
  });
});

describe('/_kvs/snapshot', () => {
  it('is an archive, which the same path takes back', async () => {
    const { kvs, create, names } = await start();
    const archive = await kvs('/snapshot');
    expect(archive.headers.get('content-type')).toBe('application/x-tar');
    const body = Buffer.from(await archive.arrayBuffer());
    // Nothing has changed but that somebody has asked for it.
    expect(Buffer.from(await (await kvs('/snapshot')).arrayBuffer()).equals(body)).toBe(true);
    await create('two');
    const loaded = await kvs('/snapshot', { method: 'PUT', body });
    expect([loaded.status, await loaded.json(), names()]).toEqual([200, { time: TIME, ...CONTENT }, ['one']]);
  });

  it('of which there is less than announced is refused, and nothing has changed', async () => {
    const { kvs, names } = await start();
    const body = Buffer.from(await (await kvs('/snapshot')).arrayBuffer()).subarray(0, 3000);
    const refused = await kvs('/snapshot', { method: 'PUT', body });
    expect([refused.status, names()]).toEqual([400, ['one']]);
    expect(await refused.json()).toMatchObject({ error: expect.stringContaining('ends at byte 3000') });
    expect((await kvs('/snapshot', { method: 'PUT', body: 'hello' })).status).toBe(400);
  });
});

describe('kvs-emulator snapshot', () => {
  it('saves to a file and loads it', async () => {
    const { run, file, create, names, folder } = await start();
    const saved = await run('save', file);
    expect([saved.code, saved.stdout.toString()]).toEqual([0, expect.stringMatching(/^Saved .* to .*state\.tar\.\n$/)]);
    await create('two');
    const loaded = await run('load', file, '--json');
    expect(JSON.parse(loaded.stdout.toString())).toEqual({ time: TIME, ...CONTENT });
    expect([names(), readdirSync(folder)]).toEqual([['one'], ['state.tar']]);
  });

  it('takes, lists, restores and removes by name', async () => {
    const { run, create, names } = await start();
    expect((await run()).stdout.toString()).toBe('There are no snapshots in memory.\n');
    expect((await run('take', 'ready', '--journal')).stdout.toString()).toContain('Took ready: 1 stream, 0 fragments');
    await create('two');
    expect((await run('restore', 'ready')).code).toBe(0);
    expect(names()).toEqual(['one']);
    expect((await run('list')).stdout.toString()).toMatch(/NAME.*\nready +2030/);
    expect(JSON.parse((await run('list', '--json')).stdout.toString()).snapshots).toMatchObject([{ journal: true }]);
    expect((await run('remove', 'ready')).code).toBe(0);
  });

  it('leaves a file as it was if the emulator cannot be reached, and names one that cannot be read', async () => {
    const { run: here, file } = await start();
    writeFileSync(file, 'before'.repeat(100));
    const { error } = await run(snapshot, ['save', file], 'http://127.0.0.1:1');
    expect(error).toBeInstanceOf(CommandError);
    expect([readFileSync(file, 'utf8'), existsSync(`${file}.part`)]).toEqual(['before'.repeat(100), false]);
    expect((await here('load', `${file}.not`)).error).toEqual(new CommandError(`${file}.not cannot be read (ENOENT).`));
    expect(String((await here('load', file)).error)).toContain('no head of a file');
  });

  it.each([
    [['keep', 'x'], 'no `snapshot keep`'],
    [['save'], 'FILE is missing'],
    [['restore'], 'NAME is missing'],
    [['list', 'x'], 'one argument too many'],
    [['restore', 'x', '--journal'], '--journal does not belong'],
  ])('refuses %j', async (args, message) => {
    const { error } = await run(snapshot, args, 'http://127.0.0.1:1');
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(message);
  });
});

describe('createEmulator({ snapshot })', () => {
  it('begins with a file, or with the snapshot of another emulator', async () => {
    const { emulator, run, file } = await start();
    await run('save', file);
    for (const source of [file, await emulator.snapshot()]) {
      const other = await createEmulator({ snapshot: source, logLevel: 'silent' });
      onTestFinished(() => other.stop());
      expect(other.streams.list().streams.map(({ name }) => name)).toEqual(['one']);
      expect(other.clock.state()).toMatchObject({ now: TIME, mode: 'frozen' });
    }
  });

  it('that cannot be loaded is refused with the name of the file', async () => {
    const { file } = await start();
    await expect(createEmulator({ snapshot: file })).rejects.toThrow(/state\.tar cannot be loaded: .*ENOENT/);
    writeFileSync(file, Buffer.alloc(2000, 'x'));
    await expect(createEmulator({ snapshot: file })).rejects.toThrow(
      /state\.tar cannot be loaded: .*no head of a file/,
    );
  });
});
