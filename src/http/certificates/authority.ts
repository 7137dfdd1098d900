import { isIP } from 'node:net';
import { type Log, silentLog } from '../../runtime/log.ts';
import { holdsName, type NameList } from '../../runtime/names.ts';
import { systemChance } from '../../runtime/random.ts';
import { wallNow } from '../../runtime/wall.ts';
import { warnOnce } from '../../runtime/warnOnce.ts';
import type { Certificates, Leaf } from '../tlsAcceptor.ts';
import { type Keys, makeKeys, serverCertificate } from './certificate.ts';
import { constraintsFor, coversName } from './constraints.ts';
import { Authority, type KeptTexts, RENEW_MS, serialNumber } from './issuer.ts';

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Chance that is never seeded. */
const random = systemChance();

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
  /** Where the CA outlasts the process. */
  readonly kept?: KeptTexts | undefined;
  /** Milliseconds since the epoch on the machine's clock. */
  readonly now?: () => number;
}

/**
 * Certificates from a CA of this emulator's own. Nothing is made before it is asked for. Keys stay in this process, or
 * in the data folder with the CA.
 */
export function ownAuthority(options: AuthorityOptions): Certificates {
  const { listed = [], tlsNames = [], region = 'us-east-1', log = silentLog, kept, now = wallNow } = options;
  // A client that comes by an address names nothing: the one certificate has to be for it.
  const names = [...new Set([...options.names, ...tlsNames.filter((name) => isIP(name) !== 0)])];
  const known = new Set(names);
  const constraints = constraintsFor([...names, ...listed], region);
  const free = tlsNames.some((name) => isIP(name) === 0);
  // Each has a name of its own: with two of one name installed, some clients try the wrong one.
  const label = random.uint32().toString(16).padStart(8, '0');
  const bound = new Authority({ name: 'ca', commonName: `kvs-emulator local CA ${label}`, now, constraints, kept });
  const unbound = new Authority({
    ...{ name: 'ca without constraints', now, kept },
    commonName: `kvs-emulator local CA ${label} without constraints`,
  });
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
