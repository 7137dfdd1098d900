import { createHmac } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import type { IceRelay } from '../domain/ports.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { TURN_WORKER } from './turnWorker.ts';

/** More are not let in at a time: the first lose their place. */
const MOST_USERS = 1000;
const UNSPECIFIED = /^(0\.0\.0\.0|::)$/;
const ADDRESS = /^([\d.]+|\[.*\])$/;
const REALM = 'kinesisvideo';

export interface TurnOptions {
  /** Where node-turn is. */
  readonly path: string;
  /** The first takes clients, the others relay. */
  readonly ports: { readonly first: number; readonly last: number };
  /** What passwords are made with, and what clients prove with that they have asked before. */
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** 44 characters: 32 bytes in base64. */
const sealed = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('base64');

/** A TURN server for those who cannot reach each other, by node-turn. */
export class TurnRelay implements IceRelay {
  readonly #options: TurnOptions;
  /** Who is let in, and how to call off the end of that. */
  readonly #users = new Map<string, () => void>();
  #worker: Worker | undefined;
  #address = '';
  #stopping = false;

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  /**
   * Resolves when it listens; rejects if it cannot.
   * @param address where the emulator listens
   * @param publicHost by which clients reach it from elsewhere: taken if it is an address, as relays are named by those
   */
  async start(address: string, publicHost = ''): Promise<void> {
    const { path, secret, ports, log } = this.#options;
    const external = ADDRESS.test(publicHost) ? publicHost.replace(/[[\]]/g, '') : undefined;
    this.#address = external ?? address;
    const workerData = {
      path,
      external,
      realm: REALM,
      nonce: sealed(secret, 'nonce'),
      addresses: UNSPECIFIED.test(address) ? undefined : [address],
      port: ports.first,
      relayPorts: [ports.first + 1, ports.last],
    };
    // Few want a relay: it is not for the others to load.
    const { Worker: Thread } = await import('node:worker_threads');
    const worker = new Thread(TURN_WORKER, { eval: true, workerData });
    this.#worker = worker;
    worker.unref();
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        reject(
          new Error(`The relay cannot listen on UDP port ${ports.first}: ${reason}. Give others with --turn-ports.`),
        );
      };
      worker.on('message', ({ ready, failed }: { ready?: true; failed?: string }) => {
        if (ready) resolve();
        else fail(failed ?? 'unknown');
      });
      worker.on('error', (error) => {
        fail(error.message);
        log.error('The relay (--turn) failed; there is none from now on.', { error });
      });
      worker.on('exit', (code) => {
        fail(`it ended with ${code}`);
        if (!this.#stopping) this.#worker = undefined;
      });
    });
  }

  uri(host: string): string {
    const reachable = UNSPECIFIED.test(this.#address) ? host.replace(/^\[|\]$/g, '') : this.#address;
    const shown = reachable.includes(':') ? `[${reachable}]` : reachable;
    return `turn:${shown}:${this.#options.ports.first}?transport=udp`;
  }

  /** Whoever asks twice in a second is given the same name, and must not lose the password that it has. */
  grant(username: string, expiresAt: number): string {
    const password = sealed(this.#options.secret, username);
    this.#users.get(username)?.();
    this.#users.set(
      username,
      this.#options.clock.at(expiresAt, () => this.#revoke(username), { what: 'token' }),
    );
    this.#worker?.postMessage({ grant: { username, password } });
    for (const [first] of this.#users) if (this.#users.size > MOST_USERS) this.#revoke(first);
    return password;
  }

  /** Nobody is let in any more who was before. */
  reset(): void {
    for (const username of this.#users.keys()) this.#revoke(username);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#worker?.terminate();
  }

  #revoke(username: string): void {
    this.#users.get(username)?.();
    this.#users.delete(username);
    this.#worker?.postMessage({ revoke: username });
  }
}
