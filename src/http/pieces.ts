import { sliceOver, turn } from '../runtime/slices.ts';
import type { Exchange } from './exchange.ts';
import { sendStreamHead } from './heads.ts';

export interface PieceAnswer {
  readonly contentType: string;
  readonly pieces: AsyncIterator<Uint8Array>;
}

/**
 * Answers piece by piece for as long as there are any and somebody reads. Rejects if no more can be had: the head is out
 * then and says 200.
 * @param onLeft is told what went wrong when the pieces were given up
 */
export async function sendPieces(
  exchange: Exchange,
  { contentType, pieces }: PieceAnswer,
  onLeft: (error: unknown) => void,
): Promise<void> {
  sendStreamHead(exchange, contentType);
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
  while (!over) {
    exchange.idle(true);
    const { done, value } = await pieces.next();
    exchange.idle(false);
    if (done === true || exchange.gone) break;
    exchange.bytesSent += value.length;
    if (!exchange.response.write(value)) await exchange.drained();
    // A reader that is as fast as we are leaves nothing to be waited for.
    if (sliceOver()) await turn();
  }
  await exchange.end();
}
