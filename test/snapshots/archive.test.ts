// All of the state as a file, and back.
import { createHash } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEmulator } from '../../src/index.ts';
import { tarHead } from '../../src/snapshots/tar.ts';
import type { TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { putMedia } from '../support/putMedia.ts';
import { furnish, mediaOf, stateOf } from '../support/state.ts';
import { ask } from '../support/tour.ts';
import { START, stores } from './stores.ts';

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts);
}
const save = async ({ snapshot }: Pick<TestEmulator, 'snapshot'>, options = {}): Promise<Buffer> => {
  const taken = await snapshot(options);
  const archive = await bytesOf(taken.stream());
  taken.release();
  return archive;
};
async function* inPieces(bytes: Uint8Array, size = 10_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface File {
  readonly name: string;
  readonly at: number;
  readonly bytes: Buffer;
}
/** The files of an archive. */
function files(archive: Buffer): File[] {
  const found: File[] = [];
  for (let at = 0; archive[at] !== 0; ) {
    const text = (from: number, length: number) => archive.toString('latin1', at + from, at + from + length);
    const size = Number.parseInt(text(124, 11), 8);
    found.push({
      name: text(0, 100).replace(/\0.*/s, ''),
      at: at + 512,
      bytes: archive.subarray(at + 512, at + 512 + size),
    });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}
/** An archive of those files, as `sha256sum` would have it. */
function archiveOf(all: readonly Pick<File, 'name' | 'bytes'>[]): Buffer {
  const own = all.filter(({ name }) => name !== 'SHA256SUMS');
  const sums = own.map(({ name, bytes }) => `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`).join('');
  const parts = [...own, { name: 'SHA256SUMS', bytes: Buffer.from(sums) }].flatMap(({ name, bytes }) => [
    tarHead(name, bytes.length),
    bytes,
    Buffer.alloc((512 - (bytes.length % 512)) % 512),
  ]);
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

describe.each(stores)('of what is $store', ({ start }) => {
  describe('an archive', () => {
    it('is all of the state: another emulator that loads it shows the same and writes the same bytes', async () => {
      const emulator = await start({ randomSeed: 7 });
      await furnish(emulator);
      const archive = await save(emulator);
      expect((await save(emulator)).equals(archive)).toBe(true);
      const state = await stateOf(emulator);
      const other = await start({ randomSeed: 8, startTime: '2031-01-01T00:00:00Z' });
      await ask(other, '/createStream', { StreamName: 'in the way' });
      await other.snapshots.load(inPieces(archive));
      expect((await save(other)).equals(archive)).toBe(true);
      expect(await stateOf(other)).toBe(state);
    });

    it('leads to the same answers as the emulator that wrote it gives', async () => {
      const emulator = await start({ randomSeed: 7 });
      await furnish(emulator);
      const archive = await save(emulator);
      const other = await createEmulator({ snapshot: archive, logLevel: 'silent' });
      onTestFinished(() => other.stop());
      const answers = async (one: TestEmulator) => {
        const seen: unknown[] = [];
        for (const path of ['/describeStream', '/describeStream', '/updateDataRetention', '/describeStream']) {
          const change = {
            CurrentVersion: one.streams.get('cam').fragments > 0 ? undefined : '',
            Operation: 'INCREASE',
          };
          seen.push(await ask(one, path, { StreamName: 'cam', ...(path.includes('up') ? change : {}) }));
        }
        const producerStart = String(one.clock.now() / 1000);
        const { body } = await putMedia({ url: one.url, streamName: 'cam', producerStart }, fixture('h264-gop2s.mkv'));
        // How much of the body has come when the store is done is a matter of the network.
        seen.push(body.split('\n').sort(), one.faults.list(), one.channels.get('front', { payloads: true }));
        await one.clock.advance('30h');
        return [...seen, one.streams.list().streams, one.clock.state().next];
      };
      expect(await answers(other as TestEmulator)).toEqual(await answers(emulator));
    });

    it('has the journal in it only if it is asked for', async () => {
      const emulator = await start();
      await ask(emulator, '/listStreams', {});
      const [without, withIt] = [await save(emulator), await save(emulator, { journal: true })];
      const requests = emulator.requests.list();
      expect(requests).toHaveLength(1);
      await emulator.snapshots.load(inPieces(without));
      expect(emulator.requests.list()).toEqual([]);
      await emulator.snapshots.load(inPieces(withIt));
      expect(emulator.requests.list()).toEqual(requests);
      expect(without.includes('/listStreams')).toBe(false);
    });

    it('without secrets has none in it: what comes is sealed with new keys, what was sealed cannot be read', async () => {
      const emulator = await start({ auth: 'sigv4' });
      emulator.credentials.set({ accessKeys: [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'opensesame' }] });
      const open = await start();
      await ask(open, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
      await putMedia({ url: open.url, producerStart: String(Date.parse(START) / 1000) }, fixture('h264-gop2s.mkv'));
      expect((await save(emulator)).includes('opensesame')).toBe(true);
      expect((await save(emulator, { secrets: false })).includes('opensesame')).toBe(false);
      const archive = await save(open, { secrets: false });
      expect((await save(open)).includes('"material"')).toBe(true);
      expect(archive.includes('"material"')).toBe(false);
      const other = await start();
      await other.snapshots.load(inPieces(archive));
      const [{ number } = { number: '' }] = (await other.streams.fragments('cam')).fragments;
      const { status, text } = await ask(other, '/getMediaForFragmentList', { StreamName: 'cam', Fragments: [number] });
      expect([status, text]).toEqual([200, expect.stringContaining('KMS_KEY_NOT_FOUND')]);
      await putMedia({ url: other.url, producerStart: '1893456100' }, fixture('h264-gop2s.mkv'));
      const [last] = (await other.streams.fragments('cam')).fragments.slice(-1);
      const read = await ask(other, '/getMediaForFragmentList', { StreamName: 'cam', Fragments: [last?.number] });
      expect(read.text).not.toContain('KMS');
    });

    it('can be checked with sha256sum, and names nothing of when or where it was written', async () => {
      const emulator = await start();
      await furnish(emulator);
      const archive = await save(emulator);
      const all = files(archive);
      expect(all.map(({ name }) => name).slice(0, 2)).toEqual(['manifest.json', 'clock.json']);
      expect(archiveOf(all).equals(archive)).toBe(true);
    });
  });

  describe('a reset of an emulator that began with one', () => {
    it('leads back to it', async () => {
      const emulator = await start();
      await furnish(emulator);
      const archive = await save(emulator);
      const state = await stateOf(emulator);
      const other = (await createEmulator({ snapshot: archive, logLevel: 'silent' })) as TestEmulator;
      onTestFinished(() => other.stop());
      await ask(other, '/deleteSignalingChannel', { ChannelARN: other.channels.get('front').arn });
      other.faults.clear();
      await other.clock.advance('1h');
      expect(await stateOf(other)).not.toBe(state);
      await other.reset();
      expect(await stateOf(other)).toBe(state);
      await other.clock.advance('1h');
      await other.reset({ clock: 'keep' });
      expect(other.clock.now()).toBe(emulator.clock.now() + 3_600_000);
      expect(await mediaOf(other, 'cam')).toBe(await mediaOf(emulator, 'cam'));
    });
  });

  describe('an archive that is not whole', () => {
    async function started() {
      const emulator = await start();
      await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
      await putMedia({ url: emulator.url, producerStart: String(Date.parse(START) / 1000) }, fixture('h264-gop2s.mkv'));
      emulator.faults.add({ id: 'one', match: { stream: 'x' }, effect: { status: 503 } });
      const archive = await save(emulator);
      await ask(emulator, '/createStream', { StreamName: 'later' });
      const state = await stateOf(emulator);
      const refused = (bytes: Uint8Array): Promise<string> =>
        emulator.snapshots.load(inPieces(bytes)).then(
          () => 'it was taken',
          (error) => `${error.message} ${error.hint}`,
        );
      const unchanged = async () => expect(await stateOf(emulator)).toBe(state);
      return { archive, refused, unchanged };
    }

    it('is refused wherever it ends, and nothing has changed', async () => {
      const { archive, refused, unchanged } = await started();
      const last = files(archive).at(-1) as File;
      const ends = [0, 100, 512, 700, last.at - 1024, last.at - 512, last.at, last.at + 60];
      for (const { at, bytes } of files(archive)) ends.push(at, at + (bytes.length >> 1));
      for (const end of ends) expect(await refused(archive.subarray(0, end)), `${end}`).toMatch(/ends at byte|damaged/);
      await unchanged();
    });

    it('is refused with any byte of any file changed, which is named', async () => {
      const { archive, refused, unchanged } = await started();
      for (const { name, at, bytes } of files(archive)) {
        for (const place of bytes.length === 0 ? [] : [0, bytes.length >> 1, bytes.length - 1]) {
          const damaged = Buffer.from(archive);
          damaged[at + place] = (damaged[at + place] ?? 0) ^ 1;
          const said = await refused(damaged);
          expect(said, `${name} ${place}: ${said}`).not.toContain('it was taken');
          if (name !== 'SHA256SUMS' && name !== 'manifest.json') expect(said).toContain(name);
        }
        const head = Buffer.from(archive);
        head[at - 512 + 3] = 0x21;
        expect(await refused(head)).toContain(`no head of a file at byte ${at - 512}`);
      }
      await unchanged();
    });

    const changed = (archive: Buffer, change: (all: File[]) => (File | Pick<File, 'name' | 'bytes'>)[]) =>
      archiveOf(change(files(archive)));
    const other = (name: string, text: (before: string) => string) => (all: File[]) =>
      all.map((one) => (one.name === name ? { name, bytes: Buffer.from(text(one.bytes.toString())) } : one));

    it.each<[string, (all: File[]) => Pick<File, 'name' | 'bytes'>[], RegExp]>([
      [
        'a newer version',
        other('manifest.json', (text) => text.replace('"version":1', '"version":2')),
        /reads none above 1.*update/,
      ],
      [
        'no version',
        other('manifest.json', (text) => text.replace('"version":1', '"version":0')),
        /version 0, which there never was/,
      ],
      [
        'another format',
        other('manifest.json', (text) => text.replace('kvs-emulator', 'other')),
        /no snapshot of kvs-emulator/,
      ],
      [
        'a part that nobody knows',
        (all) => [...all, { name: 'parts/weather.json', bytes: Buffer.from('{}') }],
        /parts\/weather.json/,
      ],
      ['a path', (all) => [...all, { name: '../../etc/passwd', bytes: Buffer.from('x') }], /etc\/passwd/],
      ['an absolute path', (all) => [...all, { name: '/tmp/x', bytes: Buffer.from('x') }], /"\/tmp\/x"/],
      [
        'a file twice',
        (all) => all.flatMap((one) => (one.name === 'clock.json' ? [one, one] : [one])),
        /clock.json is in the archive twice/,
      ],
      ['no streams', (all) => all.filter(({ name }) => name !== 'parts/streams.json'), /streams is missing/],
      ['no clock', (all) => all.filter(({ name }) => name !== 'clock.json'), /clock.json is missing/],
      ['a clock that is none', other('clock.json', () => '{"now":"soon"}'), /clock.json/],
      ['media of which there is less', other('media/000001/bytes', (text) => text.slice(0, 50)), /less in it/],
      [
        'a fragment that is none',
        other('media/000001/fragments.jsonl', (text) => text.replace('"number":"', '"number":"x')),
        /fragments.jsonl/,
      ],
      [
        'faults that make no sense',
        other('parts/faults.json', () => '{"order":1,"rules":7}'),
        /cannot be had.*Nothing has changed/,
      ],
      ['records that make no sense', other('tables/streams.jsonl', () => '["a/b/cam",{"name":3}]\n'), /cannot be had/],
    ])('is refused if it has %s, and nothing has changed', async (_what, change, said) => {
      const { archive, refused, unchanged } = await started();
      expect(await refused(changed(archive, change))).toMatch(said);
      await unchanged();
    });
  });
});

const { start } = stores[0];
it('there has to be room for an archive beside what there is', async () => {
  const emulator = await start({ maxMemory: '4m' });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
  const media = fixture('h264-gop2s.mkv');
  for (let i = 0; i < 40; i++) {
    const { body } = await putMedia({ url: emulator.url, producerStart: String(1_893_456_000 + 10 * i) }, media);
    if (body.includes('5001')) break;
  }
  const state = await stateOf(emulator);
  const archive = await save(emulator);
  await expect(emulator.snapshots.load(inPieces(archive))).rejects.toMatchObject({ kind: 'busy' });
  expect(await stateOf(emulator)).toBe(state);
  await emulator.reset();
  await emulator.snapshots.load(inPieces(archive));
  expect(await stateOf(emulator)).toBe(state);
});
