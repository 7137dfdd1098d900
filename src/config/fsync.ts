import { parseDuration } from '../runtime/duration.ts';

/** Whoever waits longer for PERSISTED takes it for lost. */
const LONGEST_MS = 10_000;

/** How long what is to be made safe may wait for more; 0 for not at all. */
export function parseFsync(text: string): number | undefined {
  if (text === 'each') return 0;
  const ms = parseDuration(text);
  return ms !== undefined && ms >= 1 && ms <= LONGEST_MS ? ms : undefined;
}
