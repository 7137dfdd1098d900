// Snapshots of what lies in a data folder: what is restored is as safe as what was put there in the first place.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { openPut, putMedia } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { mediaOf as allMediaOf, furnish, stateOf } from '../support/state.ts';
import { clusterOf } from './producer.ts';
import { type Running, startProgram } from './program.ts';
import { call, dataFolder, listFragments, mediaOf } from './service.ts';

const START = '2030-01-01T00:00:00.000Z';
const frozen = { clock: 'frozen', startTime: START, randomSeed: 7 } as const;
const media = fixture('h264-aac-gop1s.mkv');

const files = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
const segments = (folder: string): string[] => files(folder).filter((path) => path.endsWith('.seg'));

const archiveOf = async ({ snapshot }: TestEmulator): Promise<Buffer> => {
  const taken = await snapshot();
  const pieces: Uint8Array[] = [];
  for await (const piece of taken) pieces.push(piece);
  taken.release();
  return Buffer.concat(pieces);
};
async function* whole(archive: Buffer): AsyncGenerator<Uint8Array> {
  yield archive;
}

/** All that a stream has, numbers and bytes. */
async function contentOf(url: string, stream: string): Promise<{ numbers: string[]; bytes: string | undefined }> {
  const numbers = (await listFragments(url, stream)).map(({ FragmentNumber }) => FragmentNumber);
  const bytes = numbers.length === 0 ? undefined : await mediaOf(url, stream, numbers);
  return { numbers, bytes: bytes?.toString('base64') };
}

const control = async ({ url }: Pick<Running, 'url'>, path: string, method = 'POST', body?: Uint8Array) => {
  const response = await fetch(`${url}/_kvs${path}`, { method, ...(body && { body: new Uint8Array(body) }) });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return Buffer.from(await response.arrayBuffer());
};

it('what was restored is there after a kill, and what the restore took away is not', async () => {
  const folder = dataFolder();
  let program = await startProgram('--data-dir', folder);
  await call(program.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
  await putMedia({ url: program.url }, media);
  const before = await contentOf(program.url, 'cam');
  expect(before.numbers).toHaveLength(4);
  await control(program, '/snapshots/ready');
  await putMedia({ url: program.url }, recording(2));
  await call(program.url, 'createStream', { StreamName: 'later', DataRetentionInHours: 1 });
  await control(program, '/snapshots/ready/restore');
  await program.kill();

  program = await startProgram('--data-dir', folder);
  expect(await contentOf(program.url, 'cam')).toEqual(before);
  expect(await call(program.url, 'listStreams', {})).toMatchObject({ StreamInfoList: [{ StreamName: 'cam' }] });
  // Named snapshots were in memory.
  expect(JSON.parse((await control(program, '/snapshots', 'GET')).toString())).toEqual({ snapshots: [] });
  const archive = await control(program, '/snapshot', 'GET');
  await putMedia({ url: program.url }, recording(2));
  await control(program, '/reset?data=delete');
  await control(program, '/snapshot', 'PUT', archive);
  await program.kill();

  program = await startProgram('--data-dir', folder);
  expect(await contentOf(program.url, 'cam')).toEqual(before);
  const more = await putMedia({ url: program.url }, recording(2));
  expect(more.acks.filter(({ EventType }) => EventType === 'PERSISTED')).toHaveLength(2);
  const { numbers } = await contentOf(program.url, 'cam');
  expect(numbers.slice(0, 4)).toEqual(before.numbers);
  expect(new Set(numbers).size).toBe(6);
  expect(program.log()).toBe('');
  expect(await program.stop()).toBe(0);
  expect(files(folder).filter((path) => /held|set-aside/.test(path))).toEqual([]);
  expect(segments(folder)).toHaveLength(2);
});

it('an archive is the same bytes wherever it has been loaded, in memory or into a folder', async () => {
  const inMemory = await startEmulator(frozen);
  await furnish(inMemory);
  const archive = await archiveOf(inMemory);
  const folder = dataFolder();
  const other = await startEmulator({ randomSeed: 8, dataDir: folder });
  await other.snapshots.load(whole(archive));
  expect((await archiveOf(other)).equals(archive)).toBe(true);
  const state = await stateOf(inMemory);
  expect(await stateOf(other)).toBe(state);
  // Of an emulator whose numbers come from elsewhere than its other ids.
  await other.stop();
  const again = await startEmulator({ ...frozen, randomSeed: 9, dataDir: folder });
  const own = await archiveOf(again);
  const last = await startEmulator({ randomSeed: 10 });
  await last.snapshots.load(whole(own));
  expect((await archiveOf(last)).equals(own)).toBe(true);
  expect(await allMediaOf(again, 'cam')).toBe(await allMediaOf(inMemory, 'cam'));
  for (const emulator of [again, last]) {
    await putMedia({ url: emulator.url, producerStart: '1893456600' }, media);
  }
  expect((await last.streams.fragments('cam')).fragments).toEqual((await again.streams.fragments('cam')).fragments);
});

it('takes no space besides while streams have their media, and gives back what it alone still had', async () => {
  const folder = dataFolder();
  const emulator = await startEmulator({ ...frozen, dataDir: folder });
  const { url } = emulator;
  await call(url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
  await putMedia({ url, producerStart: String(Date.parse(START) / 1000) }, media);
  const before = await contentOf(url, 'cam');
  const { bytes } = await emulator.snapshots.take('ready');
  await emulator.clock.advance('25h');
  expect((await contentOf(url, 'cam')).numbers).toEqual([]);
  await expect.poll(() => segments(folder)).toEqual(['held/000001.seg']);
  expect(emulator.snapshots.list()).toMatchObject([{ bytes, bytesAlone: bytes }]);
  await emulator.snapshots.restore('ready');
  expect(await contentOf(url, 'cam')).toEqual(before);
  await emulator.reset({ data: 'delete' });
  await expect.poll(() => segments(folder)).toEqual(['held/000001.seg']);
  emulator.snapshots.remove('ready');
  expect(segments(folder)).toEqual([]);
});

it('an archive of the start fills an empty folder, and leaves one that has something', async () => {
  const folder = dataFolder();
  const origin = await startEmulator(frozen);
  await call(origin.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
  await putMedia({ url: origin.url, producerStart: String(Date.parse(START) / 1000) }, media);
  const snapshot = await archiveOf(origin);
  const before = await contentOf(origin.url, 'cam');
  const first = await startEmulator({ ...frozen, snapshot, dataDir: folder });
  expect(await contentOf(first.url, 'cam')).toEqual(before);
  await call(first.url, 'createStream', { StreamName: 'own' });
  await first.stop();
  const second = await startEmulator({ ...frozen, snapshot, dataDir: folder });
  expect(second.streams.list().streams.map(({ name }) => name)).toEqual(['cam', 'own']);
  expect(await contentOf(second.url, 'cam')).toEqual(before);
  await second.reset({ data: 'delete' });
  expect(second.streams.list().streams.map(({ name }) => name)).toEqual(['cam']);
  expect(await contentOf(second.url, 'cam')).toEqual(before);
});

it('an archive in a file is not read beside a folder that has something, until a reset leads to it', async () => {
  const folder = dataFolder();
  const path = join(dataFolder(), 'state.tar');
  const origin = await startEmulator(frozen);
  await call(origin.url, 'createStream', { StreamName: 'saved' });
  writeFileSync(path, await archiveOf(origin));
  const first = await startEmulator({ ...frozen, dataDir: folder });
  await call(first.url, 'createStream', { StreamName: 'own' });
  await first.stop();
  writeFileSync(`${path}.broken`, 'no archive');
  const lines: string[] = [];
  const more = { logLevel: 'info', log: (line: string) => void lines.push(line) } as const;
  const broken = await startEmulator({ ...frozen, ...more, dataDir: folder, snapshot: `${path}.broken` });
  const names = ({ streams }: TestEmulator): string[] => streams.list().streams.map(({ name }) => name);
  expect(lines.join('\n')).toContain(`${folder} holds something already, and goes on`);
  await expect(broken.reset({ data: 'delete' })).rejects.toThrow('What the reset would lead to cannot be loaded');
  expect(names(broken)).toEqual(['own']);
  await broken.stop();
  const second = await startEmulator({ ...frozen, dataDir: folder, snapshot: path });
  expect(names(second)).toEqual(['own']);
  await second.reset({ data: 'delete' });
  expect(names(second)).toEqual(['saved']);
});

it('one that is taken in the middle of PutMedia has what was acknowledged and nothing half, and is the same bytes twice', async () => {
  const emulator = await startEmulator({ ...frozen, dataDir: dataFolder() });
  const { url } = emulator;
  await call(url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
  const put = openPut({ url, timecodeType: 'RELATIVE', producerStart: String(Date.parse(START) / 1000) });
  await put.send(clusterOf.head());
  const payloads = Array.from({ length: 12 }, (_, at) => Buffer.alloc(5000, at + 1));
  const persisted: string[] = [];
  const archives: { readonly acked: readonly string[]; readonly archive: Buffer }[] = [];
  for (const [at, payload] of payloads.entries()) {
    const body = clusterOf(at * 1000, payload);
    // The last piece of a fragment comes behind the snapshot.
    await put.send(body.subarray(0, 3000));
    while (persisted.length < at - 1) {
      const ack = await put.next();
      if (ack?.EventType === 'PERSISTED') persisted.push(String(ack.FragmentNumber));
    }
    if (at % 4 === 3) archives.push({ acked: [...persisted], archive: await archiveOf(emulator) });
    await put.send(body.subarray(3000));
  }
  put.end();
  await put.rest();
  expect((await archiveOf(emulator)).equals(await archiveOf(emulator))).toBe(true);
  for (const { acked, archive } of archives) {
    expect(acked.length).toBeGreaterThan(1);
    for (const where of [{}, { dataDir: dataFolder() }]) {
      const other = await startEmulator({ ...where, snapshot: archive });
      expect((await archiveOf(other)).equals(archive)).toBe(true);
      const { numbers } = await contentOf(other.url, 'cam');
      expect(numbers.slice(0, acked.length)).toEqual(acked);
      const bytes = (await mediaOf(other.url, 'cam', numbers)) as Buffer;
      for (const at of numbers.keys()) expect(bytes.includes(payloads[at] as Buffer)).toBe(true);
      await other.stop();
    }
  }
  const { numbers } = await contentOf(url, 'cam');
  expect(numbers).toHaveLength(payloads.length);
});
