import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { gatherLines } from '../../src/runtime/lines.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function gathered() {
  const writes: string[] = [];
  return { writes, line: gatherLines((bytes) => writes.push(Buffer.from(bytes).toString())) };
}

it('writes the lines of one turn together, and those that follow a moment later, in their order', () => {
  const { writes, line } = gathered();
  for (const text of ['a', 'b', 'c']) line(text, 'info');
  expect(writes).toEqual([]);
  vi.advanceTimersByTime(0);
  expect(writes).toEqual(['a\nb\nc\n']);
  for (const text of ['d', 'e']) {
    line(text, 'debug');
    vi.advanceTimersByTime(9);
  }
  expect(writes).toHaveLength(1);
  vi.advanceTimersByTime(2);
  expect(writes).toEqual(['a\nb\nc\n', 'd\ne\n']);
  // After a moment of silence the next is a first one again.
  vi.advanceTimersByTime(1000);
  line('f', 'info');
  vi.advanceTimersByTime(0);
  expect(writes.at(-1)).toBe('f\n');
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
  expect(writes).toHaveLength(3);
});

it.each(['warn', 'error'] as const)('does not let a line of level %s wait, nor what was before it', (level) => {
  const { writes, line } = gathered();
  line('a', 'info');
  line('b', level);
  expect(writes).toEqual(['a\nb\n']);
  vi.advanceTimersByTime(1000);
  expect(writes).toEqual(['a\nb\n']);
});

it('holds no more than a little', () => {
  const { writes, line } = gathered();
  for (let i = 0; i < 5000; i++) line('x'.repeat(99), 'info');
  expect(writes.length).toBeGreaterThan(5);
  expect(Math.max(...writes.map(({ length }) => length))).toBeLessThan(70_000);
  expect(writes.join('').length + 65_536).toBeGreaterThan(500_000);
});

it('takes a line that is longer than all that may wait, in its place, and any script', () => {
  const { writes, line } = gathered();
  line('門', 'info');
  line('x'.repeat(100_000), 'info');
  line('ü', 'error');
  expect(writes.join('')).toBe(`門\n${'x'.repeat(100_000)}\nü\n`);
});

it('is known to the process only while something waits, and is written when that ends', () => {
  const before = process.listeners('exit');
  const { writes, line } = gathered();
  expect(process.listeners('exit')).toEqual(before);
  line('a', 'info');
  const [atExit] = process.listeners('exit').filter((one) => !before.includes(one));
  atExit?.(0);
  expect(writes).toEqual(['a\n']);
  expect(process.listeners('exit')).toEqual(before);
});
