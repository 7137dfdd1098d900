import { createCipheriv, randomBytes } from 'node:crypto';
import { memoryUsage } from 'node:process';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { letGo } from '../../src/runtime/letGo.ts';

describe('letting go of bytes', () => {
  it('frees what was allocated for them, at once', () => {
    const before = memoryUsage().arrayBuffers;
    const cipher = createCipheriv('aes-256-ctr', randomBytes(32), randomBytes(16));
    for (let round = 0; round < 64; round += 1) letGo(cipher.update(Buffer.alloc(65_536)));
    const bytes = new Uint8Array(100_000_000);
    letGo(bytes);
    expect(bytes).toHaveLength(0);
    expect(memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000);
  });

  it('frees nothing of memory that others may look at', () => {
    const whole = new Uint8Array(4096).fill(1);
    letGo(whole.subarray(0, 2048));
    letGo(whole.subarray(2048));
    const shared = new Uint8Array(new SharedArrayBuffer(4096));
    letGo(shared);
    const small = Buffer.from('small');
    letGo(small);
    expect([whole.length, whole[4095], shared.length, small.toString()]).toEqual([4096, 1, 4096, 'small']);
  });

  it('takes bytes that are gone already', () => {
    const bytes = new Uint8Array(4096);
    letGo(bytes);
    letGo(bytes);
    expect(bytes).toHaveLength(0);
  });

  it('leaves what other contexts have as it was', () => {
    const had = 'transfer' in ArrayBuffer.prototype;
    letGo(new Uint8Array(4096));
    expect(runInNewContext("'transfer' in ArrayBuffer.prototype")).toBe(had);
  });
});
