import { sliceOver, turn } from '../runtime/slices.ts';
import type { Exchange } from './exchange.ts';

/** So much may wait for the reader before no more is made: what is written together costs less. Bytes. */
const AHEAD = 262_144;

/**
 * Writes the body of an answer whose head is out, for as long as there is any of it and somebody reads.
 * @param onLeft is told what went wrong when the pieces were given up
 */
export async function pourOut(
  exchange: Exchange,
  pieces: AsyncIterator<Uint8Array>,
  onLeft: (error: unknown) => void,
): Promise<void> {
  exchange.onStreaming();
  let over = false;
  const leave = (): void => {
    over = true;
    exchange.release();
    pieces.return?.()?.catch(onLeft);
  };
  exchange.onGone(leave);
  exchange.onStop(leave);
  exchange.watchHalfClosed();
  exchange.response.on('drain', () => exchange.readerHasRead());
  while (!over) {
    exchange.idle(true);
    const { done, value } = await pieces.next();
    exchange.idle(false);
    if (done === true || exchange.gone) break;
    exchange.bytesSent += value.length;
    const { response } = exchange;
    if (!response.write(value)) {
      exchange.watchReader();
      if (response.writableLength >= AHEAD) await exchange.drained();
    }
    // A reader that is as fast as we are leaves nothing to be waited for.
    if (sliceOver()) await turn();
  }
  await exchange.end();
}
