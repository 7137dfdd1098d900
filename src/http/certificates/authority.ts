import { isIP } from 'node:net';
import { type Log, silentLog } from '../../runtime/log.ts';
import { holdsName, type NameList } from '../../runtime/names.ts';
import { systemChance } from '../../runtime/random.ts';
import { wallNow } from '../../runtime/wall.ts';
import { warnOnce } from '../../runtime/warnOnce.ts';
import type { Certificates, KeyPair, Leaf } from '../tlsAcceptor.ts';
import { authorityCertificate, type Keys, makeKeys, serverCertificate } from './certificate.ts';
import { constraintsFor, coversName, type NameConstraints } from './constraints.ts';

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

const DAY_MS = 86_400_000;
/** Whoever forgets that it trusts the CA does not trust it for long. */
const VALID_MS = 90 * DAY_MS;
const RENEW_MS = 30 * DAY_MS;

/** Never seeded: a serial number must not come back with the next run's key. */
const random = systemChance();
/** Positive: the first digit is below 8. */
const serialNumber = (): string => `01${Buffer.from(random.bytes(15)).toString('hex')}`;

export interface AuthorityOptions {
  /** Host names and addresses by which the emulator is known: one certificate is for all of them. */
  readonly names: readonly string[];
  /** More names that it may be called by; those that ask for one get a certificate for it. */
  readonly listed?: NameList;
  /** Names outside the constraints that are to have a certificate all the same. */
  readonly tlsNames?: NameList;
  /** The configured one. */
  readonly region?: string;
  readonly log?: Log;
  /** Milliseconds since the epoch on the machine's clock. */
  readonly now?: () => number;
}

/** Certificates from a CA of this emulator's own. Nothing is made before it is asked for. Keys stay in this process. */
export function ownAuthority(options: AuthorityOptions): Certificates {
  const { listed = [], tlsNames = [], region = 'us-east-1', log = silentLog, now = wallNow } = options;
  // A client that comes by an address names nothing: the one certificate has to be for it.
  const names = [...new Set([...options.names, ...tlsNames.filter((name) => isIP(name) !== 0)])];
  const known = new Set(names);
  const constraints = constraintsFor([...names, ...listed], region);
  const free = tlsNames.some((name) => isIP(name) === 0);
  // Each has a name of its own: with two of one name installed, some clients try the wrong one.
  const label = random.uint32().toString(16).padStart(8, '0');
  const bound = new Authority(`kvs-emulator local CA ${label}`, now, constraints);
  const unbound = new Authority(`kvs-emulator local CA ${label} without constraints`, now);
  const warn = warnOnce(log);
  let serverKeys: Promise<Keys> | undefined;
  const makeLeaf = async (authority: Authority, subjects: readonly string[]): Promise<Leaf> => {
    // One key for all of them: making it is what takes time.
    serverKeys ??= makeKeys();
    const [issuer, keys] = await Promise.all([authority.get(), serverKeys]);
    const { from, until } = issuer;
    const cert = await serverCertificate(issuer, keys, subjects, { serialNumber: serialNumber(), from, until });
    return { cert, key: keys.privateKey, renewAt: issuer.until - RENEW_MS };
  };
  let common: Promise<Leaf> | undefined;
  const commonLeaf = async (): Promise<Leaf> => {
    common ??= makeLeaf(bound, names);
    const { renewAt = 0 } = await common;
    if (now() >= renewAt) common = makeLeaf(bound, names);
    return common;
  };
  return {
    leafFor(name) {
      // A name that no certificate could carry gets the common one: refusing it is the client's business.
      if (name === undefined || known.has(name) || !HOST_NAME.test(name)) return commonLeaf();
      if (coversName(constraints, name)) return makeLeaf(bound, [name, ...names]);
      if (holdsName(tlsNames, name)) {
        warn('unbound', `A CA without name constraints signs for ${name}, as --tls-names says: trust it here alone.`);
        return makeLeaf(unbound, [name]);
      }
      warn(name, `A client asked over TLS for ${name}, which the CA may not sign for. Start with --tls-names ${name}.`);
      return commonLeaf();
    },
    async trusted() {
      const all = await Promise.all([bound, ...(free ? [unbound] : [])].map((authority) => authority.get()));
      return all.map(({ cert }) => cert).join('');
    },
  };
}

/** The certificate and key the user gave, for every name. Clients have to trust what the file holds. */
export const givenCertificate = (pair: KeyPair): Certificates => ({
  leafFor: async () => pair,
  trusted: async () => pair.cert,
});

interface Issuer extends KeyPair {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** A key and its own certificate, which is renewed on the same key while clients still trust the one before. */
class Authority {
  #commonName: string;
  #now: () => number;
  #constraints: NameConstraints | undefined;
  #keys: Promise<Keys> | undefined;
  #issuer: Promise<Issuer> | undefined;

  constructor(commonName: string, now: () => number, constraints?: NameConstraints) {
    this.#commonName = commonName;
    this.#now = now;
    this.#constraints = constraints;
  }

  async get(): Promise<Issuer> {
    this.#issuer ??= this.#issue();
    const { until } = await this.#issuer;
    if (this.#now() >= until - RENEW_MS) this.#issuer = this.#issue();
    return this.#issuer;
  }

  async #issue(): Promise<Issuer> {
    this.#keys ??= makeKeys();
    const keys = await this.#keys;
    // A client's clock may be behind.
    const from = this.#now() - DAY_MS;
    const until = from + VALID_MS;
    const wanted = { commonName: this.#commonName, serialNumber: serialNumber(), from, until };
    return { cert: await authorityCertificate(keys, wanted, this.#constraints), key: keys.privateKey, from, until };
  }
}
