import { describe, expect, it } from 'vitest';
import { batchOf, type Change, lineOf, readLog } from '../../../src/store/disk/catalogueLog.ts';

const head = lineOf(['catalogue', 1, 0]);
const before: Change = ['streams', 'a', { n: 1 }];
const together: readonly Change[] = [
  ['streams', 'a', { n: 2 }],
  ['shelves', 'b', { folder: 'b-2' }],
  ['streams', 'c'],
];
const batch = batchOf(together);
const written = Buffer.from(head + batchOf([before]) + batch);
const begin = written.length - batch.length;
const room = Buffer.alloc(4096);

describe('changes that are written together', () => {
  it('are all there when all of them are', () => {
    expect(readLog(written)).toEqual({ head: ['catalogue', 1, 0], changes: [before, ...together], broken: [] });
  });

  it('are none of them there wherever what was written ends', () => {
    for (let end = begin; end < written.length; end++) {
      const { changes, broken } = readLog(written.subarray(0, end));
      // But for its last byte, which ends a line that can be read.
      const all = end === written.length - 1 ? [before, ...together] : [before];
      expect([end, changes]).toEqual([end, all]);
      if (all.length === 1 && end > begin) expect(broken).toEqual([{ at: begin, length: end - begin, torn: true }]);
    }
  });

  it('are there but for the one that is damaged, and the one behind it if it is the end of a line', () => {
    for (let at = begin; at < written.length; at++) {
      const flipped = Buffer.from(written);
      flipped[at] = (flipped[at] as number) ^ 1;
      const { changes, broken } = readLog(flipped);
      expect([1, 2]).toContain(broken.length);
      expect(changes[0]).toEqual(before);
      expect(changes.length).toBeGreaterThanOrEqual(at === written.length - 1 ? 1 : 2);
    }
  });

  it('are none of them there wherever what was written ends in room that was there before', () => {
    for (let end = begin; end < written.length - 1; end++) {
      const { changes, broken } = readLog(Buffer.concat([written.subarray(0, end), room]));
      expect([end, changes]).toEqual([end, [before]]);
      expect(broken).toEqual(end > begin ? [{ at: begin, length: end - begin, torn: true }] : []);
    }
    expect(readLog(Buffer.concat([written, room]))).toEqual(readLog(written));
  });

  it('are there but for the one that is damaged where there is room behind them', () => {
    for (let at = begin; at < written.length - 1; at++) {
      const flipped = Buffer.concat([written, room]);
      flipped[at] = (flipped[at] as number) ^ 1;
      const { changes, broken } = readLog(flipped);
      expect(broken.every(({ torn }) => !torn)).toBe(true);
      expect(changes.length).toBeGreaterThanOrEqual(2);
    }
  });

  it('say nothing of what is written behind them', () => {
    const more = Buffer.concat([written, Buffer.from(batchOf([before]).slice(0, -5))]);
    const { changes, broken } = readLog(more);
    expect(changes).toEqual([before, ...together]);
    expect(broken).toMatchObject([{ at: written.length, torn: true }]);
  });
});

describe('a disk that writes its sectors in any order', () => {
  const SECTOR = 512;
  const long = (key: string, count: number): Change => ['streams', key, { text: 'x'.repeat(count) }];
  const many = [long('a', 100), long('b', 900), long('c', 30), long('d', 20), long('e', 500), long('f', 400)];

  /** What is there with some of the sectors that were to be written: of the others there is what was there before. */
  const survivors = function* (safe: string, last: string): Generator<[count: number, bytes: Buffer]> {
    const all = Buffer.from(safe + last);
    const first = Math.floor(safe.length / SECTOR);
    const count = Math.ceil(all.length / SECTOR) - first;
    for (let mask = 0; mask < 2 ** count; mask++) {
      const bytes = Buffer.concat([Buffer.from(safe), Buffer.alloc(last.length), room]);
      for (let sector = 0; sector < count; sector++) {
        const from = (first + sector) * SECTOR;
        if ((mask & (1 << sector)) !== 0) all.copy(bytes, from, from, Math.min(from + SECTOR, all.length));
      }
      yield [mask - (2 ** count - 1), bytes];
    }
  };

  it('leaves all of what it was writing or none, and all that was there before', () => {
    for (const changes of [many, [long('a', 2000)], [...many].reverse()]) {
      for (const shift of [0, 1, 180, 300, 390, 430, 470]) {
        const earlier = long('before', shift);
        for (const [missing, bytes] of survivors(head + batchOf([earlier]), batchOf(changes))) {
          const read = readLog(bytes);
          expect(read.head).toEqual(['catalogue', 1, 0]);
          expect(read.changes).toEqual(missing === 0 ? [earlier, ...changes] : [earlier]);
          expect(read.broken.every(({ torn }) => torn)).toBe(true);
        }
      }
    }
  });

  it('is not what has happened where more was written behind them', () => {
    const safe = batchOf(many);
    for (const more of [[before], together]) {
      const whole = Buffer.from(head + safe + batchOf(more));
      for (let sector = 1; (sector + 1) * SECTOR < head.length + safe.length; sector++) {
        const bytes = Buffer.from(whole).fill(0, sector * SECTOR, (sector + 1) * SECTOR);
        const { changes, broken } = readLog(bytes);
        expect(changes.at(-1)).toEqual(more.at(-1));
        expect(broken).toMatchObject([{ torn: false }]);
        expect(changes.length).toBeGreaterThan(more.length);
      }
    }
  });
});
