// A client that writes bytes as it is told and keeps what comes back, for what an HTTP library would hide or repair.
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface RawSocket {
  readonly socket: Socket;
  send(bytes: string | Uint8Array): void;
  /** Closes this side only. */
  end(): void;
  /** All that has come, as Latin-1. */
  received(): string;
  /** What has come, as it came: one item per read; over TLS that is one per write of the server. */
  reads(): readonly string[];
  /** Resolves to all that has come once it matches. Rejects if the connection is over before. */
  until(pattern: RegExp | string): Promise<string>;
  /** Resolves when the server has closed its side, or the whole connection. */
  readonly ended: Promise<void>;
  /** Resolves when the connection is over, in whatever way. */
  readonly closed: Promise<void>;
}

export async function rawSocket(port: number, ca?: string): Promise<RawSocket> {
  const where = { port, host: '127.0.0.1', allowHalfOpen: true };
  const socket: Socket = ca === undefined ? connect(where) : connectTls({ ...where, ca });
  onTestFinished(() => void socket.destroy());
  const reads: string[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const look of waiting) look();
  };
  let over = false;
  socket.on('data', (bytes) => {
    reads.push(bytes.toString('latin1'));
    wake();
  });
  // A reset is one of the ways in which a connection ends.
  socket.on('error', () => undefined);
  const ended = new Promise<void>((resolve) => socket.once('end', resolve).once('close', () => resolve()));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.once('end', wake).once('close', () => {
    over = true;
    wake();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once(ca === undefined ? 'connect' : 'secureConnect', () => resolve());
    socket.once('error', reject);
  });
  const received = (): string => reads.join('');
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    received,
    reads: () => reads,
    ended,
    closed,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const text = received();
          const found = typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text);
          if (!found && !over) return;
          waiting.delete(look);
          if (found) resolve(text);
          else reject(new Error(`The connection is over without ${pattern}. Received: ${JSON.stringify(text)}`));
        };
        waiting.add(look);
        look();
      }),
  };
}

export const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;
export const LAST_CHUNK = '0\r\n\r\n';

/** The head of a POST: request line, Host, and the given lines. */
export const post = (path: string, ...headers: readonly string[]): string =>
  [`POST ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');

/** A whole POST of JSON. */
export const postJson = (path: string, body: string, ...headers: readonly string[]): string =>
  `${post(path, 'Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`, ...headers)}${body}`;

/** Name of each header of a head, in order. */
export const headerNames = (head: string): string[] =>
  (head.split('\r\n\r\n')[0] ?? '')
    .split('\r\n')
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(':')));
