import { createRandom } from '../../runtime/random.ts';
import type { KeyPair } from '../tlsAcceptor.ts';
import { authorityCertificate, type Keys, makeKeys } from './certificate.ts';
import type { NameConstraints } from './constraints.ts';

const DAY_MS = 86_400_000;
/** Whoever forgets that it trusts the CA does not trust it for long. */
const VALID_MS = 90 * DAY_MS;
export const RENEW_MS = 30 * DAY_MS;

/** Never seeded: a serial number must not come back with the next run's key. */
const random = createRandom();
/** Positive: the first digit is below 8. */
export const serialNumber = (): string => `01${Buffer.from(random.bytes(15)).toString('hex')}`;

/** Texts that outlast the process, by their names. */
export interface KeptTexts {
  read(name: string): string | undefined;
  write(name: string, text: string): void;
}

export interface Issuer extends KeyPair {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** An issuer with its keys and what it may sign for, as it is kept. */
interface Kept extends Issuer {
  readonly commonName: string;
  readonly keys: Keys;
  readonly constraints: NameConstraints | null;
}

interface AuthorityParts {
  /** What it is kept by. */
  readonly name: string;
  /** Of one that is new. */
  readonly commonName: string;
  readonly now: () => number;
  readonly constraints?: NameConstraints;
  readonly kept?: KeptTexts | undefined;
}

/** A key and its own certificate, which is renewed on the same key while clients still trust the one before. */
export class Authority {
  readonly #parts: AuthorityParts;
  #keys: Promise<Keys> | undefined;
  #commonName: string;
  #issuer: Promise<Issuer> | undefined;

  constructor(parts: AuthorityParts) {
    this.#parts = parts;
    this.#commonName = parts.commonName;
  }

  async get(): Promise<Issuer> {
    this.#issuer ??= this.#before() ?? this.#issue();
    const { until } = await this.#issuer;
    if (this.#parts.now() >= until - RENEW_MS) this.#issuer = this.#issue();
    return this.#issuer;
  }

  /** That of an earlier run, if it may sign for the same; its key in any case. */
  #before(): Promise<Issuer> | undefined {
    const { kept, name, constraints = null } = this.#parts;
    const text = kept?.read(name);
    if (text === undefined) return undefined;
    const found = JSON.parse(text) as Kept;
    this.#keys = Promise.resolve(found.keys);
    this.#commonName = found.commonName;
    const same = JSON.stringify(found.constraints) === JSON.stringify(constraints);
    return same ? Promise.resolve(found) : undefined;
  }

  async #issue(): Promise<Issuer> {
    const { now, constraints, kept, name } = this.#parts;
    this.#keys ??= makeKeys();
    const keys = await this.#keys;
    // A client's clock may be behind.
    const from = now() - DAY_MS;
    const until = from + VALID_MS;
    const commonName = this.#commonName;
    const wanted = { commonName, serialNumber: serialNumber(), from, until };
    const cert = await authorityCertificate(keys, wanted, constraints);
    const issuer: Issuer = { cert, key: keys.privateKey, from, until };
    kept?.write(name, JSON.stringify({ ...issuer, commonName, keys, constraints: constraints ?? null } satisfies Kept));
    return issuer;
  }
}
