import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { adminBytes } from '../../src/client/call.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';

/** More than waits on both sides of the reader, so that the end of it has been read by nobody when the connection closes. */
const BYTES = 170_000;

it('an answer is whole for one who reads it long after the connection has been closed', async () => {
  let closed = false;
  const server = createServer((_request, response) => response.end(Buffer.alloc(BYTES, 1)));
  server.on('connection', (socket) => socket.on('close', () => (closed = true)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let length = 0;
  for await (const piece of adminBytes({ endpoint, region: 'us-east-1' }, '/snapshot')) {
    length += piece.length;
    while (!closed) await eventLoopTurn();
    // The client's own end of it has been told by then.
    for (let turns = 0; turns < 100; turns++) await eventLoopTurn();
  }
  expect(length).toBe(BYTES);
});
