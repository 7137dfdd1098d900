import type { Socket } from 'node:net';

/**
 * Ends a connection with RST. One with TLS has another under it, and only that can. Leans on node: a TLSSocket that was made
 * of a socket has it as _parent, since 0.11, as node's own timeouts do. Test: wire/faults, 'resets a connection over TLS'.
 */
export function resetConnection(socket: Socket): void {
  if (!('encrypted' in socket)) {
    socket.resetAndDestroy();
    return;
  }
  const { _parent: under } = socket as unknown as { _parent?: Socket };
  if (under === undefined) socket.destroy();
  else under.resetAndDestroy();
}
