import { createRandom } from '../../runtime/random.ts';
import type { Certificates, KeyPair } from '../tlsAcceptor.ts';
import { authorityCertificate, type Keys, makeKeys, serverCertificate } from './certificate.ts';

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Never seeded: a serial number must not come back with the next run's key. */
const random = createRandom();
/** Positive: the first digit is below 8. */
const serialNumber = (): string => `01${Buffer.from(random.bytes(15)).toString('hex')}`;

/**
 * Certificates from a CA of this emulator's own. `names` are the host names and addresses by which the emulator is
 * known; a client that asks for another gets one of its own. `stored` is a CA made earlier, `store` keeps one that is
 * made now: without them each process has its own. Nothing is made before it is asked for.
 */
export function ownAuthority(
  names: readonly string[],
  stored?: KeyPair,
  store?: (made: KeyPair) => void | Promise<void>,
): Certificates {
  const covered = new Set(names);
  let authority: Promise<KeyPair> | undefined;
  let serverKeys: Promise<Keys> | undefined;
  let common: Promise<KeyPair> | undefined;
  const getAuthority = (): Promise<KeyPair> => {
    authority ??= stored === undefined ? makeAuthority(store) : Promise.resolve(stored);
    return authority;
  };
  const makeLeaf = async (subjects: readonly string[]): Promise<KeyPair> => {
    // One key for all of them: making it is what takes time.
    serverKeys ??= makeKeys();
    const [issuer, keys] = await Promise.all([getAuthority(), serverKeys]);
    return { cert: await serverCertificate(issuer, keys, subjects, serialNumber()), key: keys.privateKey };
  };
  return {
    leafFor(name) {
      // A name that no certificate could carry gets the common one: refusing it is the client's business.
      if (name !== undefined && !covered.has(name) && HOST_NAME.test(name)) return makeLeaf([name, ...names]);
      common ??= makeLeaf(names);
      return common;
    },
    trusted: async () => (await getAuthority()).cert,
  };
}

/** The certificate and key the user gave, for every name. Clients have to trust what the file holds. */
export const givenCertificate = (pair: KeyPair): Certificates => ({
  leafFor: async () => pair,
  trusted: async () => pair.cert,
});

async function makeAuthority(store: (made: KeyPair) => void | Promise<void> = () => undefined): Promise<KeyPair> {
  // Each has a name of its own: with two of one name installed, some clients try the wrong one.
  const label = random.uint32().toString(16).padStart(8, '0');
  const wanted = { commonName: `kvs-emulator local CA ${label}`, serialNumber: serialNumber() };
  const keys = await makeKeys();
  const made = { cert: await authorityCertificate(keys, wanted), key: keys.privateKey };
  await store(made);
  return made;
}
