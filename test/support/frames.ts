import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Bytes } from './mkv.ts';
import { type Frame, walk } from './walk.ts';

/** All frames of a producer's body, in the order of its clusters. */
export const framesOf = (body: Bytes): Frame[] =>
  walk(body).flatMap(({ clusters }) => clusters.flatMap(({ frames }) => frames));

export const md5 = (bytes: Bytes): string => createHash('md5').update(bytes).digest('hex');

/** Says which frame differs instead of printing them all. */
export function expectSameFrames(actual: readonly Frame[], expected: readonly Frame[]): void {
  const shown = (frames: readonly Frame[]): string[] =>
    frames.map(({ track, time, key, data }) => `${track} ${time} ${key ? 'key' : 'delta'} ${data.length} ${md5(data)}`);
  expect(shown(actual)).toEqual(shown(expected));
}
