import { beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/domain/ports.ts';
import { DataFolderError } from '../../../src/store/disk/failures.ts';
import { PowerlessFiles } from './powerlessFiles.ts';
import { bytesOf, chanceOf, openWorld } from './world.ts';

/** So many bytes of each file are flipped, and it is cut at as many places: `KVS_DAMAGES=100000` for all of them. */
const DAMAGES = Number(process.env.KVS_DAMAGES ?? 12);

const kept = new Map<string, Map<string, Buffer>>();
/** A folder of two runs: what was written in the first has an index. */
let files = new PowerlessFiles();
/** The same, ended as it should be. */
let ended = files;

beforeAll(async () => {
  const chance = chanceOf(5);
  for (let run = 0; run < 3; run++) {
    const world = await openWorld(files);
    for (const name of ['a', 'b']) {
      if (run === 0) await world.make(name);
      else await world.make(`${name}${run}`);
      const own = kept.get(name) ?? new Map<string, Buffer>();
      kept.set(name, own);
      for (let n = 0; n < 3; n++) {
        const bytes = bytesOf(n === 1 ? 600 : 60, chance);
        await world.keep(name, `${name}-${run}-${n}`, bytes);
        own.set(`${name}-${run}-${n}`, bytes);
      }
      const gone = `${name}-${run}-2`;
      [...world.shelfOf(name).entries()].find(({ record }) => record.number === gone)?.payload.remove();
      own.delete(gone);
      await world.records.safe();
    }
    // The last run is not ended as it should be.
    const left = files.with('/none', undefined);
    await world.folder.close();
    if (run < 2) continue;
    ended = files;
    files = left;
  }
});

/** What of it is there, and whether anything is not as it was. */
async function look(
  damaged: PowerlessFiles,
): Promise<{ readonly lines: readonly string[]; readonly differs: boolean }> {
  const world = await openWorld(damaged);
  let differs = false;
  for (const [name, fragments] of kept) {
    const there = [...world.records.streams.entries()].some(([stream]) => stream === name);
    differs ||= !there;
    const numbers = there ? world.numbers(name) : [];
    expect(new Set(numbers).size).toBe(numbers.length);
    differs ||= numbers.length !== fragments.size;
    for (const number of numbers) {
      const expected = fragments.get(number);
      differs ||= expected === undefined;
      try {
        const bytes = await world.bytesOf(name, number);
        if (expected !== undefined) expect(bytes?.equals(expected)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreError);
        expect((error as StoreError).kind).toBe('unreadable');
        differs = true;
      }
    }
  }
  return { lines: world.lines, differs };
}

/** Nothing is lost without a word that names the file; and what is in the folder of the other stream is there. */
async function check(path: string, bytes: Buffer | undefined, what: string, of = files): Promise<void> {
  let found: Awaited<ReturnType<typeof look>>;
  try {
    found = await look(of.with(path, bytes));
  } catch (error) {
    // Of a version that is not known nothing is touched.
    if (error instanceof DataFolderError && error.message.includes('newer version')) return;
    throw new Error(`${path} ${what}: ${(error as Error).stack}`);
  }
  const named = found.lines.some((line) => line.includes(path));
  expect(`${path} ${what}: ${found.differs && !named ? 'lost without a word' : 'told'}`).toBe(`${path} ${what}: told`);
}

function isBetween(path: string, bytes: Buffer, at: number): boolean {
  if (path.endsWith('.log')) return bytes[at - 1] === 0x0a;
  if (path.endsWith('.gone')) return at > 0 && at % 12 === 0;
  return path.endsWith('.seg') && at > 0 && bytes.subarray(at, at + 4).toString() === 'kvsF';
}

const places = (size: number): number[] => {
  const chance = chanceOf(size);
  if (DAMAGES >= size) return Array.from({ length: size }, (_, at) => at);
  return Array.from({ length: DAMAGES }, () => Math.floor(chance() * size));
};

describe('a folder with one file that is not as it was', () => {
  it('is as it was without damage', async () => {
    expect(await look(files.with('/none', undefined))).toEqual({ lines: [], differs: false });
  });

  it('is served but for what is lost, whichever byte is flipped', { timeout: 600_000 }, async () => {
    for (const path of files.paths) {
      const bytes = files.readNow(path);
      for (const at of places(bytes.length)) {
        const flipped = Buffer.from(bytes);
        flipped[at] = (flipped[at] as number) ^ (1 << (at % 8));
        await check(path, flipped, `flipped at ${at}`);
      }
    }
  });

  it('is served but for what is lost, wherever it is cut', { timeout: 600_000 }, async () => {
    for (const path of files.paths) {
      const bytes = files.readNow(path);
      for (const at of places(bytes.length)) {
        // Where one thing ends and the next begins nobody can tell that there was more.
        if (!isBetween(path, bytes, at)) await check(path, bytes.subarray(0, at), `cut at ${at}`);
      }
    }
  });

  it('tells where it is cut, wherever that is, if the emulator had ended as it should', {
    timeout: 600_000,
  }, async () => {
    expect(await look(ended.with('/none', undefined))).toEqual({ lines: [], differs: false });
    for (const path of ended.paths) {
      const bytes = ended.readNow(path);
      const between = Array.from({ length: bytes.length }, (_, at) => at).filter((at) => isBetween(path, bytes, at));
      for (const at of [...places(bytes.length), ...between])
        await check(path, bytes.subarray(0, at), `cut at ${at}`, ended);
    }
  });

  it('is served but for what is lost when it is not there at all', async () => {
    for (const path of files.paths) await check(path, undefined, 'deleted');
  });

  it('has lost no stream and no fragment when any one file of the catalogue but its log is', async () => {
    for (const path of files.paths.filter((one) => one.endsWith('.json'))) {
      const { differs } = await look(files.with(path, Buffer.from('{}')));
      expect(`${path} ${differs}`).toBe(`${path} false`);
    }
  });

  it('keeps all other fragments of a segment when the head of one of them is broken', async () => {
    const path = files.paths.find((one) => one.includes('/media/') && one.endsWith('.seg')) as string;
    const index = path.replace(/seg$/, 'idx');
    const bytes = files.readNow(path);
    const second = bytes.indexOf('kvsF', bytes.indexOf('kvsF', bytes.indexOf('kvsF', 4) + 4) + 4);
    bytes[second] = 0;
    const world = await openWorld(files.with(path, bytes).with(index, undefined));
    const lost = [...(kept.get('a') as Map<string, Buffer>).keys()].filter((one) => !world.numbers('a').includes(one));
    expect(lost).toHaveLength(1);
    expect(world.lines.some((line) => line.includes(path))).toBe(true);
  });

  it('has what is removed stay removed when the file that says so had been lost before, and says that once', async () => {
    const marks = files.paths.filter((one) => one.endsWith('.gone'));
    for (const bytes of [undefined, Buffer.alloc(0), Buffer.alloc(12)]) {
      let lost = files;
      for (const path of marks) lost = lost.with(path, bytes);
      const world = await openWorld(lost);
      const [[number]] = [world.numbers('a'), world.numbers('b')];
      [...world.shelfOf('a').entries()].find(({ record }) => record.number === number)?.payload.remove();
      await world.records.safe();
      const again = await openWorld(lost.with('/none', undefined));
      expect(again.numbers('a')).toEqual(world.numbers('a'));
      expect(again.numbers('a')).not.toContain(number);
      again.numbers('b');
      expect(again.errors).toEqual([]);
    }
  });
});
