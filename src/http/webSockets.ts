import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { BodyReadError, type SocketConnection } from '../operations/operation.ts';
import { LONGEST_MESSAGE } from '../protocol/gateway.ts';
import { inTurn } from '../runtime/inTurn.ts';
import type { Holding } from '../runtime/room.ts';
import { httpDate } from '../runtime/wall.ts';

/** Whether a request asks for a WebSocket; `Upgrade: h2c`, with which Java's client begins, does not. */
export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** What is refused before the connection is a WebSocket is answered over HTTP, and the connection goes on as one of HTTP. */
export function responseOver(request: IncomingMessage, socket: Duplex, goOn: () => void): ServerResponse {
  const response = new ServerResponse(request);
  const { headers } = request;
  // Nobody has read its body, if it has one.
  const mayGoOn = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
  if (!mayGoOn) response.shouldKeepAlive = false;
  response.assignSocket(socket as IncomingMessage['socket']);
  response.on('finish', () => {
    response.detachSocket(socket as IncomingMessage['socket']);
    // As node's own server does when it is done with an answer.
    response.emit('close');
    if (response.shouldKeepAlive && mayGoOn && !socket.destroyed) goOn();
    else socket.end();
  });
  return response;
}

let server: Promise<WebSocketServer> | undefined;

/** Loaded with the first that is wanted: starting must not wait for it. */
const handshakes = (): Promise<WebSocketServer> => {
  server ??= inTurn(() => import('ws')).then(({ WebSocketServer: Server }) => {
    const options = { noServer: true, clientTracking: false, maxPayload: LONGEST_MESSAGE, perMessageDeflate: true };
    // The service takes up no subprotocol, though one of its clients offers some.
    const made = new Server({ ...options, handleProtocols: () => false });
    // As the service writes it: its date first.
    made.on('headers', (lines) => {
      lines.splice(1, 2, `Date: ${httpDate()}`, 'Connection: upgrade', 'Upgrade: websocket');
    });
    return made;
  });
  return server;
};

/** Makes a WebSocket of a connection. Resolves when it is one; rejects if its handshake was not a good one. */
export async function openWebSocket(
  request: IncomingMessage,
  response: ServerResponse,
  head: Uint8Array,
): Promise<WebSocket> {
  const { socket } = request;
  const server = await handshakes();
  response.detachSocket(socket);
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(new BodyReadError('the handshake was not a good one, or the client has gone'));
    socket.once('close', fail);
    if (socket.destroyed) fail();
    else {
      server.handleUpgrade(request, socket, Buffer.from(head), (webSocket) => {
        socket.off('close', fail);
        resolve(webSocket);
      });
    }
  });
}

/** The emulator's end of it, as operations see it. */
export function connectionOf(webSocket: WebSocket, holding: Holding): SocketConnection {
  let waiting = 0;
  // What broke the rules of the protocol is closed by the library; nothing is to be done about it.
  webSocket.on('error', () => undefined);
  return {
    send(text, sent) {
      const bytes = Buffer.byteLength(text);
      if (!holding.to(waiting + bytes)) return false;
      waiting += bytes;
      // Never compressed, though it may be: the peer cannot tell, and it would cost each connection memory.
      webSocket.send(text, { compress: false }, () => {
        waiting -= bytes;
        holding.to(waiting);
        sent?.();
      });
      return true;
    },
    close: (code, reason) => webSocket.close(code, reason),
    onMessage: (run) =>
      void webSocket.on('message', (data, isBinary) => {
        if (!isBinary) run(String(data));
      }),
    onPing: (run) => void webSocket.on('ping', run),
    onClose: (run) => void webSocket.once('close', (code, reason) => run(code, String(reason))),
  };
}

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
