import type { Socket } from 'node:net';
import { wallTimeout } from '../runtime/wall.ts';

/** The first byte of a TLS record that carries a handshake. No HTTP method starts with it. */
const TLS_HANDSHAKE = 0x16;

export interface Protocols {
  readonly plain: (socket: Socket) => void;
  readonly tls: (socket: Socket) => void;
}

/**
 * Sends a new connection the way its first byte says, which stays unread. After that nothing of ours listens to the
 * socket, so node's HTTP parser can read from its handle directly. A connection that sends nothing is dropped.
 */
export function byFirstByte(socket: Socket, ways: Protocols, timeoutMs: number): void {
  const drop = (): void => {
    socket.destroy();
  };
  const cancel = wallTimeout(drop, timeoutMs);
  const onReadable = (): void => {
    const bytes: Buffer | null = socket.read();
    if (bytes === null) return;
    cancel();
    socket.off('readable', onReadable).off('error', drop).off('end', drop).off('close', cancel);
    socket.unshift(bytes);
    (bytes[0] === TLS_HANDSHAKE ? ways.tls : ways.plain)(socket);
  };
  socket.on('readable', onReadable).on('error', drop).on('end', drop).on('close', cancel);
}
