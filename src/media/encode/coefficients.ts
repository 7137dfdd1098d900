import type { BitWriter } from '../bytes/bitWriter.ts';
import { COEFF_TOKEN, type Code, RUN_BEFORE, TOTAL_ZEROS } from './vlcTables.ts';

const NONE: Code = [0, 0];

/** A block of 16 coefficients, in the order of the scan, by CAVLC where no neighbour has any (H.264, 9.2). */
export function writeCoefficients(out: BitWriter, scan: ArrayLike<number>): void {
  const code = ([length, bits]: Code = NONE): void => out.bits(length, bits);
  const levels: number[] = [];
  /** How many zeros stand before each of them, behind the one before. */
  const runs: number[] = [];
  let zeros = 0;
  let run = 0;
  for (let at = 0; at < scan.length; at++) {
    const level = scan[at] ?? 0;
    if (level === 0) {
      run++;
      continue;
    }
    levels.push(level);
    runs.push(run);
    zeros += run;
    run = 0;
  }
  // All is written from the last one on.
  levels.reverse();
  runs.reverse();
  const others = levels.slice(0, 3).findIndex((level) => Math.abs(level) !== 1);
  const ones = others < 0 ? Math.min(3, levels.length) : others;
  code(COEFF_TOKEN[ones]?.[levels.length]);
  for (const level of levels.slice(0, ones)) out.flag(level < 0);
  writeLevels(out, levels.slice(ones), levels.length > 10 && ones < 3 ? 1 : 0, ones < 3);
  if (levels.length > 0 && levels.length < 16) code(TOTAL_ZEROS[levels.length - 1]?.[zeros]);
  for (const [at, before] of runs.entries()) {
    if (zeros === 0 || at === runs.length - 1) break;
    code(RUN_BEFORE[Math.min(zeros, 7) - 1]?.[before]);
    zeros -= before;
  }
}

/** @param notOne the first of them is not 1 or -1, or it would have been counted among the ones */
export function writeLevels(out: BitWriter, levels: readonly number[], firstLength: number, notOne: boolean): void {
  let suffixLength = firstLength;
  for (const [at, level] of levels.entries()) {
    const value = (level > 0 ? 2 * level - 2 : -2 * level - 1) - (at === 0 && notOne ? 2 : 0);
    writeLevel(out, value, suffixLength);
    if (suffixLength === 0) suffixLength = 1;
    if (Math.abs(level) > 3 << (suffixLength - 1) && suffixLength < 6) suffixLength++;
  }
}

/** level_prefix and level_suffix (9.2.2.1); levels of pictures of 8 bits need no longer escape. */
function writeLevel(out: BitWriter, value: number, suffixLength: number): void {
  const longest = suffixLength === 0 ? 30 : 15 << suffixLength;
  const long = suffixLength === 0 && value >= 14;
  const prefix = value >= longest ? 15 : long ? 14 : value >> suffixLength;
  out.bits(prefix, 0);
  out.bits(1, 1);
  if (value >= longest) out.bits(12, value - longest);
  else if (long) out.bits(4, value - 14);
  else out.bits(suffixLength, value & ((1 << suffixLength) - 1));
}
