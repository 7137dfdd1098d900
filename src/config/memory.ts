import { totalmem } from 'node:os';
import { GIBIBYTE } from '../runtime/size.ts';

/** Half of what this machine or its container has, and 2 GiB at most. */
export function defaultMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.min(2 * GIBIBYTE, Math.floor(memory / 2));
}
