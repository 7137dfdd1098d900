import { sliceOver } from './slices.ts';
import { eventLoopTurn } from './wall.ts';

/** So much of what comes from outside is no work to speak of: to look at the clock for each part would cost more. */
const UNASKED_BYTES = 32_768;
/** What a part is taken for besides its bytes. */
const PART_BYTES = 2048;
let unasked = 0;

/**
 * For work that comes in parts from outside, so many bytes each, and may all be there at once: what to wait for before the
 * next part, if anything. Nobody waits longer than to the event loop's next turn.
 */
export function giveWay(bytes: number): Promise<void> | undefined {
  unasked += PART_BYTES + bytes;
  if (unasked < UNASKED_BYTES) return undefined;
  unasked = 0;
  return sliceOver() ? eventLoopTurn() : undefined;
}
