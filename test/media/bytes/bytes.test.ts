import { describe, expect, it } from 'vitest';
import { concatenate } from '../../../src/media/bytes/concatenate.ts';
import { GrowingBuffer } from '../../../src/media/bytes/growingBuffer.ts';

const count = (length: number, from = 0): Uint8Array => Uint8Array.from({ length }, (_, index) => from + index);

describe('concatenate', () => {
  it('puts pieces behind each other, none included', () => {
    expect(concatenate([])).toEqual(new Uint8Array());
    expect(concatenate([count(3), new Uint8Array(), count(2, 3)])).toEqual(count(5));
  });
});

describe('a growing buffer', () => {
  it('holds every byte whatever the sizes of the pieces', () => {
    const buffer = new GrowingBuffer();
    const sizes = [0, 1, 255, 1, 3000, 7, 100_000];
    const pieces = sizes.map((size, index) => new Uint8Array(size).fill(index));
    for (const piece of pieces) buffer.append(piece);
    expect(buffer.length).toBe(103_264);
    expect(Buffer.compare(buffer.take(), concatenate(pieces))).toBe(0);
  });

  it('is empty after a take, and what was taken does not change', () => {
    const buffer = new GrowingBuffer();
    buffer.append(count(10));
    const first = buffer.take();
    expect(buffer.length).toBe(0);
    expect(buffer.take()).toEqual(new Uint8Array());
    buffer.append(count(10, 100));
    expect(first).toEqual(count(10));
    expect(buffer.take()).toEqual(count(10, 100));
  });
});
