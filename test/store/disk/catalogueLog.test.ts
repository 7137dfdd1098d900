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

  it('say nothing of what is written behind them', () => {
    const more = Buffer.concat([written, Buffer.from(batchOf([before]).slice(0, -5))]);
    const { changes, broken } = readLog(more);
    expect(changes).toEqual([before, ...together]);
    expect(broken).toMatchObject([{ at: written.length, torn: true }]);
  });
});
