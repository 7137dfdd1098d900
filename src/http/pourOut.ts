import { doneWith } from '../runtime/handOver.ts';
import { sliceOver, turn } from '../runtime/slices.ts';
import type { Exchange } from './exchange.ts';

/** So much may wait for the reader before no more is made: what is written together costs less. Bytes. */
const AHEAD = 262_144;

/** From here on a piece is worth a write of its own. Bytes. */
const LARGE = 16_384;

const LINE_END = Buffer.from('\r\n');

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
    const taken = value.length < LARGE ? writeSome(exchange, value) : writeLarge(exchange, value);
    if (taken !== undefined) await taken;
    // A reader that is as fast as we are leaves nothing to be waited for.
    if (sliceOver()) await turn();
  }
  await exchange.end();
}

/** Little by little: node gathers what is written until the end of the turn. */
function writeSome(exchange: Exchange, piece: Uint8Array): Promise<void> | undefined {
  const { response } = exchange;
  if (response.write(piece)) return undefined;
  exchange.watchReader();
  if (response.writableLength < AHEAD) return undefined;
  return exchange.untilRead((done) => response.once('drain', done));
}

/**
 * Puts a piece into a write of its own, at once, and is done with its bytes as soon as the kernel has them: what is made
 * next lies in the same memory then, as long as the processor has that at hand. So it is framed here: node would write in
 * a later turn. Nothing to wait for if the kernel has taken all of it.
 */
function writeLarge(exchange: Exchange, piece: Uint8Array): Promise<void> | undefined {
  const socket = exchange.chunked;
  if (socket === undefined) return writeSome(exchange, piece);
  let tell: (() => void) | undefined;
  socket.cork();
  socket.write(Buffer.from(`${piece.length.toString(16)}\r\n`, 'latin1'));
  socket.write(piece);
  socket.write(LINE_END, () => {
    // Of one that was cut off, the exchange hears by itself.
    if (socket.destroyed) return;
    doneWith(piece);
    tell?.();
  });
  socket.uncork();
  if (socket.writableLength === 0) {
    doneWith(piece);
    return undefined;
  }
  return exchange.untilRead((done) => {
    tell = done;
  });
}
