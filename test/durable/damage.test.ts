// A whole emulator on a folder of which one file is not as it was. What test/store/disk/damage.test.ts tries byte by byte
// of the store alone is tried here of all that there is in a folder: also the CA, the numbers' secret, a recording, the lock.
import { createHash, X509Certificate } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createEmulator, type EmulatorOptions } from '../../src/index.ts';
import { fixture } from '../support/fixtures.ts';
import { putMedia } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { call, dataFolder, listFragments, mediaOf } from './service.ts';

const START = '2030-01-01T00:00:00.000Z';
const data = Buffer.from(fixture('h264-gop2s.mkv')).toString('base64');
const seed = { streams: [{ name: 'seeded', retention: '24h', media: [{ data, ago: '6s', until: 'now' }] }] };
const STREAMS = ['cam', 'seeded'];

async function start(dataDir: string, options: EmulatorOptions = {}) {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const emulator = await createEmulator({
    dataDir,
    clock: 'frozen',
    startTime: START,
    logLevel: 'warn',
    log,
    ...options,
  });
  onTestFinished(() => emulator.stop());
  return { emulator, lines };
}

type Started = Awaited<ReturnType<typeof start>>;

/** All that a client can know of it: what each fragment is, in a word. */
async function look({ emulator: { url, ca } }: Started): Promise<Map<string, string>> {
  // It is renewed on the same key now and then: clients that trust that go on to.
  const key = new X509Certificate(await ca()).publicKey.export({ type: 'spki', format: 'pem' });
  const found = new Map([['ca', String(key)]]);
  const { StreamInfoList: streams } = await call<{ StreamInfoList: { StreamName: string }[] }>(url, 'listStreams', {});
  for (const { StreamName: stream } of streams) {
    found.set(stream, 'there');
    for (const { FragmentNumber: number } of await listFragments(url, stream)) {
      const bytes = await mediaOf(url, stream, [number]).catch(() => undefined);
      if (bytes !== undefined && !bytes.includes('FRAGMENT_NOT_FOUND')) {
        found.set(`${stream}/${number}`, createHash('sha256').update(bytes).digest('hex'));
      }
    }
  }
  return found;
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));

const DAMAGES = {
  flipped: (path: string) => {
    const bytes = readFileSync(path);
    const at = Math.floor(bytes.length * 0.4);
    bytes[at] = (bytes[at] as number) ^ 4;
    writeFileSync(path, bytes);
  },
  cut: (path: string) => writeFileSync(path, readFileSync(path).subarray(0, -7)),
  deleted: (path: string) => rmSync(path),
};

it('is named in the log when anything of it is lost, and the rest is served as it was', async () => {
  const folder = dataFolder();
  const first = await start(folder, { seed });
  await call(first.emulator.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
  await putMedia({ url: first.emulator.url }, recording(3));
  await first.emulator.ca();
  await first.emulator.stop();
  const second = await start(folder);
  await putMedia({ url: second.emulator.url }, recording(2));
  const before = await look(second);
  expect(before.size).toBeGreaterThan(1 + STREAMS.length + 5 + 2);
  await second.emulator.stop();
  writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 2 ** 22 + 7, started: '1', where: 'here' }));
  utimesSync(join(folder, 'lock'), 1000, 1000);
  const names = filesIn(folder);
  const kinds = new Set(names.map((name) => basename(name).replace(/^.*\.(\d+\.)?/, '')));
  expect([...kinds].sort()).toEqual(['gone', 'idx', 'json', 'lock', 'log', 'seg', 'sizes']);

  for (const [index, name] of names.entries()) {
    const what = (['flipped', 'cut', 'deleted'] as const)[index % 3] as keyof typeof DAMAGES;
    const own = dataFolder();
    cpSync(folder, own, { recursive: true, preserveTimestamps: true });
    DAMAGES[what](join(own, name));
    const started = await start(own);
    const after = await look(started);
    for (const [one, was] of before) {
      const now = after.get(one);
      if (now === was) continue;
      // A CA that is lost is made anew; nothing else is ever other than it was.
      if (one !== 'ca') expect(`${name} ${what}: ${one} ${now}`).toBe(`${name} ${what}: ${one} undefined`);
      expect(`${name} ${what}: ${one} is lost, log: ${started.lines.join()}`).toContain(`${own}/${name} `);
    }
    // What comes now has a number of its own.
    if (after.has('cam')) {
      const { acks } = await putMedia({ url: started.emulator.url }, recording(1));
      const [{ FragmentNumber: fresh } = {}] = acks.filter(({ EventType }) => EventType === 'PERSISTED');
      expect(fresh).toBeDefined();
      expect(before.has(`cam/${fresh}`)).toBe(false);
    }
    await started.emulator.stop();
  }
});
