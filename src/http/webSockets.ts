import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import type { SocketConnection } from '../operations/operation.ts';

/** Bytes of one message; the service takes no longer ones. */
const LONGEST_MESSAGE = 512 * 1024;

/** Whether a request asks for a WebSocket; `Upgrade: h2c`, with which Java's client begins, does not. */
export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** What is refused before the connection is a WebSocket is answered over HTTP, and the connection ends with it. */
export function responseOver(request: IncomingMessage, socket: Duplex): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as IncomingMessage['socket']);
  response.on('finish', () => socket.end());
  return response;
}

let server: Promise<WebSocketServer> | undefined;

/** Loaded with the first that is wanted: starting must not wait for it. */
const handshakes = (): Promise<WebSocketServer> => {
  server ??= import('ws').then(
    ({ WebSocketServer: Server }) =>
      new Server({ noServer: true, clientTracking: false, maxPayload: LONGEST_MESSAGE, perMessageDeflate: false }),
  );
  return server;
};

/** Makes a WebSocket of a connection. Resolves when it is one. */
export async function openWebSocket(
  request: IncomingMessage,
  response: ServerResponse,
  head: Uint8Array,
): Promise<WebSocket> {
  const { socket } = request;
  const server = await handshakes();
  response.detachSocket(socket);
  return new Promise((resolve) => {
    server.handleUpgrade(request, socket, Buffer.from(head), resolve);
  });
}

/** The emulator's end of it, as operations see it. */
export const connectionOf = (webSocket: WebSocket): SocketConnection => ({
  send: (text) => webSocket.send(text),
  get waiting() {
    return webSocket.bufferedAmount;
  },
  close: (code, reason) => webSocket.close(code, reason),
  onMessage: (run) => void webSocket.on('message', (data) => run(String(data))),
  onClose: (run) => void webSocket.once('close', (code, reason) => run(code, String(reason))),
});

const HOP = /^(upgrade|connection|http2-settings)$/i;

/**
 * The bytes of a request without its wish for another protocol. Once somebody listens for upgrades, node gives them every
 * request that has such a wish, and reads no body of it.
 */
export function withoutWish({ method, url, httpVersion, rawHeaders }: IncomingMessage, rest: Uint8Array): Uint8Array {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!HOP.test(name)) lines.push(`${name}: ${value}`);
  }
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]);
}
