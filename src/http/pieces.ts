import type { Exchange } from './exchange.ts';
import { sendStreamHead } from './heads.ts';
import { pourOut } from './pourOut.ts';

export interface PieceAnswer {
  readonly contentType: string;
  readonly pieces: AsyncIterator<Uint8Array>;
}

/**
 * Answers piece by piece for as long as there are any and somebody reads. Rejects if no more can be had: the head is out
 * then and says 200.
 * @param onLeft is told what went wrong when the pieces were given up
 */
export function sendPieces(
  exchange: Exchange,
  { contentType, pieces }: PieceAnswer,
  onLeft: (error: unknown) => void,
): Promise<void> {
  sendStreamHead(exchange, contentType);
  return pourOut(exchange, pieces, onLeft);
}
