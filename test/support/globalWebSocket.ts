import { afterAll } from 'vitest';
import { WebSocket } from 'ws';

/**
 * Gives Node 20 a global WebSocket for the tests of a file, before msw is told to listen: a server of msw that listened
 * without one goes on hearing of those that come later, in the same process, when it is closed.
 */
export function haveGlobalWebSocket(): void {
  const before = globalThis.WebSocket;
  if (before !== undefined) return;
  Object.assign(globalThis, { WebSocket });
  afterAll(() => void Object.assign(globalThis, { WebSocket: before }));
}
