import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { newBlock } from '../../src/runtime/block.ts';
import { letGo } from '../../src/runtime/letGo.ts';

const LINUX = existsSync('/proc/self/statm');
const MIB = 1024 * 1024;

/** Bytes that the process has of the machine's memory. */
const resident = (): number => Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]) * 4096;

describe('a block', () => {
  it.each([1, 4096, 65_535, 65_536, MIB])('of %i bytes is as large, holds nothing yet and can be filled', (size) => {
    const block = newBlock(size);
    expect(block).toHaveLength(size);
    expect(block.byteOffset).toBe(0);
    expect(block.every((byte) => byte === 0)).toBe(true);
    block.set([1], size - 1);
    expect(Buffer.from(block.buffer, block.byteOffset, block.length).readUInt8(size - 1)).toBe(1);
  });

  it('finds no memory any more that has been let go', () => {
    const block = newBlock(MIB);
    letGo(block);
    expect(block.buffer.byteLength).toBe(0);
  });

  it.skipIf(!LINUX)('goes back to the machine when it is let go, whatever lies between', () => {
    // Between two that stay, malloc would keep the place of one that goes.
    const blocks = Array.from({ length: 512 }, () => newBlock(65_536).fill(1));
    const full = resident();
    for (const [index, block] of blocks.entries()) if (index % 2 === 0) letGo(block);
    expect(full - resident()).toBeGreaterThan(12 * MIB);
    expect(blocks[1]?.[0]).toBe(1);
  });
});
