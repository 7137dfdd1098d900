// What a seed makes is kept in a data folder like everything else, and the recording once.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { fixture } from '../support/fixtures.ts';
import { dataFolder, listFragments, mediaOf } from './service.ts';

const START = '2030-01-01T00:00:00.000Z';
const data = Buffer.from(fixture('h264-gop2s.mkv')).toString('base64');
const media = [{ data, ago: '1m', until: 'now' }];
const seed = {
  streams: [
    { name: 'cam', retention: '24h', media },
    { name: 'door', retention: '24h', media },
  ],
};

async function start(dataDir: string, options: EmulatorOptions = {}): Promise<Emulator> {
  const given = { clock: 'frozen', startTime: START, logLevel: 'silent', ...options } as const;
  const emulator = await createEmulator({ dataDir, ...given });
  onTestFinished(() => emulator.stop());
  return emulator;
}

/** How long all media of a stream are, and their hash: to compare a megabyte byte for byte takes vitest half a minute. */
async function bytesOf({ url }: Emulator, stream: string): Promise<{ length: number; hash: string }> {
  const numbers = (await listFragments(url, stream)).map(({ FragmentNumber }) => FragmentNumber);
  const bytes = (await mediaOf(url, stream, numbers)) ?? Buffer.of();
  return { length: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') };
}

it('is shown again after a restart, whether the seed is said again or not', async () => {
  const folder = dataFolder();
  const first = await start(folder, { seed });
  const before = [await bytesOf(first, 'cam'), await bytesOf(first, 'door')];
  expect(before[0]?.length).toBeGreaterThan(1000);
  await first.stop();
  for (const options of [{}, { seed }]) {
    const again = await start(folder, options);
    expect([await bytesOf(again, 'cam'), await bytesOf(again, 'door')]).toEqual(before);
    await again.stop();
  }
});

it('has one folder for a recording however many streams show it, also once they are made again by a reset', async () => {
  const folder = dataFolder();
  const emulator = await start(folder, { seed });
  expect(readdirSync(`${folder}/media`)).toHaveLength(1);
  await emulator.reset({ data: 'delete' });
  await emulator.stop();
  expect(readdirSync(`${folder}/media`)).toHaveLength(1);
});

it('is made again by a reset that may delete the data, and is refused to one that may not', async () => {
  const folder = dataFolder();
  const emulator = await start(folder, { seed });
  const before = await bytesOf(emulator, 'cam');
  await expect(emulator.reset()).rejects.toMatchObject({ kind: 'taken' });
  await emulator.reset({ data: 'delete' });
  expect((await bytesOf(emulator, 'cam')).length).toBe(before.length);
});
