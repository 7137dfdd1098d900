import { expect, test } from 'vitest';
import { Scanner } from '../../src/client/scanner.ts';
import { paced } from '../../src/commands/pace.ts';
import { Extent } from '../../src/media/matroska/extent.ts';
import { cluster, head, recording } from './mkv.ts';

async function* chunks(file: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
}

/** What was let through before each wait. */
async function pace(file: Uint8Array, size: number): Promise<{ waits: number[]; passedAt: number[]; all: Buffer }> {
  const out: Buffer[] = [];
  const waits: number[] = [];
  const passedAt: number[] = [];
  for await (const chunk of paced(chunks(file, size), async (ms) => {
    waits.push(ms);
    passedAt.push(Buffer.concat(out).length);
  }))
    out.push(Buffer.from(chunk));
  return { waits, passedAt, all: Buffer.concat(out) };
}

test.each([7, 100, 100_000])('each frame waits for its time, in pieces of %d bytes', async (size) => {
  const file = Buffer.concat([head(), cluster(60_000, 0, 40), cluster(62_000, 0)]);
  const { waits, passedAt, all } = await pace(file, size);
  expect(waits).toEqual([40, 2000]);
  expect(all.equals(file)).toBe(true);
  // Everything before the last Cluster has gone out, and nothing of it but the head of an element that was cut.
  const last = file.length - cluster(62_000, 0).length;
  expect(passedAt[1]).toBeGreaterThanOrEqual(last);
  expect(passedAt[1]).toBeLessThan(last + 20);
  if (size > file.length) expect(passedAt[1]).toBe(last);
});

test('a frame that is earlier than one before it does not wait', async () => {
  const { waits } = await pace(Buffer.concat([head(), cluster(0, 0, 120, 40, 80, 160)]), 1000);
  expect(waits).toEqual([120, 160]);
});

test('what is no Matroska passes as it is', async () => {
  const { waits, all } = await pace(Buffer.from('hello, world'), 5);
  expect(waits).toEqual([]);
  expect(all.toString()).toBe('hello, world');
});

test('a recording lasts from its first frame to the end of its last', () => {
  const extent = new Extent();
  expect(extent.durationMs).toBe(0);
  for (const mark of new Scanner().push(recording(3))) if (mark.kind === 'block') extent.add(mark.track, mark.ms);
  expect(extent.durationMs).toBe(6000);
});
