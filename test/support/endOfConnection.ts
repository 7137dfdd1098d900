// A connection of which a test learns how it has ended: TLS of a socket of its own would hide a reset.
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { onTestFinished } from 'vitest';

export interface WatchedConnection {
  send(bytes: string | Uint8Array): void;
  /** What has come, as Latin-1. */
  received(): string;
  /** Resolves when so much has come that it matches. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves when the connection is over: it was reset (RST), or the other side has closed it (FIN). */
  over(): Promise<'reset' | 'closed'>;
}

/** Bytes of a socket, for a layer above it that is to know nothing of how it ends. */
const piped = (socket: Socket): Duplex => {
  const pipe = new Duplex({
    read: () => undefined,
    write: (piece, _encoding, done) => void socket.write(piece, () => done()),
  });
  socket.on('data', (piece) => void pipe.push(piece));
  return pipe;
};

/** @param ca PEM to trust, for TLS */
export async function watchedConnection(port: number, ca?: string): Promise<WatchedConnection> {
  const plain = connect({ port, host: '127.0.0.1' });
  onTestFinished(() => void plain.destroy());
  const ended = new Promise<'reset' | 'closed'>((resolve) => {
    plain.on('error', ({ code }: NodeJS.ErrnoException) => code === 'ECONNRESET' && resolve('reset'));
    plain.once('end', () => resolve('closed'));
  });
  const socket = ca === undefined ? plain : connectTls({ socket: piped(plain), ca, servername: 'localhost' });
  socket.on('error', () => undefined);
  let received = '';
  const looking = new Set<() => void>();
  socket.on('data', (piece) => {
    received += piece.toString('latin1');
    for (const look of looking) look();
  });
  await new Promise<void>((resolve) => socket.once(ca === undefined ? 'connect' : 'secureConnect', () => resolve()));
  return {
    send: (bytes) => void socket.write(bytes),
    received: () => received,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(received)) return;
          looking.delete(look);
          resolve(received);
        };
        looking.add(look);
        void ended.then(() => reject(new Error(`It is over without ${pattern}: ${JSON.stringify(received)}`)));
        look();
      }),
    over: () => ended,
  };
}
