import type { Socket } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type Server } from 'node:tls';
import { LRUCache } from 'lru-cache';
import type { Log } from '../runtime/log.ts';
import { wallNow } from '../runtime/wall.ts';

/** A certificate with what is needed to be trusted by it, and its key. PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Leaf extends KeyPair {
  /** When another is to be asked for, in ms since the epoch on the machine's clock. */
  readonly renewAt?: number;
}

/** Where certificates come from: made here, or given by the user. */
export interface Certificates {
  /** The certificate for a name that a client asked for, or for one that asked for none. */
  leafFor(name: string | undefined): Promise<Leaf>;
  /** What clients have to trust. PEM. */
  trusted(): Promise<string>;
}

/** A leaf is kept for this many names; beyond it the one not asked for longest is made anew. */
const MOST_NAMES = 100;

/** Makes TLS connections out of plain ones. Nothing is made, and no library loaded, before the first. */
export class TlsAcceptor {
  #certificates: Certificates;
  #log: Log;
  #handshakeMs: number;
  #onSecure: (socket: Socket) => void;
  #contexts = new LRUCache<string, Promise<SecureContext>>({ max: MOST_NAMES });
  #server: Promise<Server> | undefined;
  #renewAt = Number.POSITIVE_INFINITY;

  constructor(
    certificates: Certificates,
    { log, handshakeMs }: { log: Log; handshakeMs: number },
    onSecure: (socket: Socket) => void,
  ) {
    this.#certificates = certificates;
    this.#log = log;
    this.#handshakeMs = handshakeMs;
    this.#onSecure = onSecure;
  }

  accept(socket: Socket): void {
    if (wallNow() >= this.#renewAt) this.#forget();
    this.#server ??= this.#makeServer();
    this.#server.then(
      (server) => server.emit('connection', socket),
      (error: unknown) => {
        this.#log.error('No TLS: the certificate cannot be had.', { error });
        this.#server = undefined;
        socket.destroy();
      },
    );
  }

  /** Connections that there are go on with what they were made with. */
  #forget(): void {
    this.#server = undefined;
    this.#contexts.clear();
    this.#renewAt = Number.POSITIVE_INFINITY;
  }

  async #makeServer(): Promise<Server> {
    const { cert, key, renewAt = Number.POSITIVE_INFINITY } = await this.#certificates.leafFor(undefined);
    this.#renewAt = renewAt;
    const server = createServer({
      cert,
      key,
      ALPNProtocols: ['http/1.1'],
      handshakeTimeout: this.#handshakeMs,
      SNICallback: (name, done) => {
        this.#contextFor(name.toLowerCase()).then(
          (context) => done(null, context),
          (error: Error) => done(error),
        );
      },
    });
    server.on('secureConnection', this.#onSecure);
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      const distrust = error.code === 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' || /CERTIFICATE/.test(error.code ?? '');
      const hint = 'A client does not trust the certificate: give it the CA that `kvs-emulator ca` prints.';
      if (distrust) this.#log.warn(hint, { code: error.code });
      else this.#log.debug('A TLS handshake failed.', { code: error.code });
      socket.destroy();
    });
    return server;
  }

  #contextFor(name: string): Promise<SecureContext> {
    let context = this.#contexts.get(name);
    if (context === undefined) {
      context = this.#certificates.leafFor(name).then(createSecureContext);
      context.catch(() => this.#contexts.delete(name));
      this.#contexts.set(name, context);
    }
    return context;
  }
}
