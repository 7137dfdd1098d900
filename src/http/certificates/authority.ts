import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createRandom } from '../../runtime/random.ts';
import type { Certificates, KeyPair } from '../tlsAcceptor.ts';
import { authorityCertificate, distinguishedName, type Issuer, serverCertificate, subjectOf } from './certificate.ts';

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

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
  let authority: Promise<Authority> | undefined;
  let common: Promise<KeyPair> | undefined;
  const getAuthority = (): Promise<Authority> => {
    authority ??= stored === undefined ? makeAuthority(store) : readAuthority(stored);
    return authority;
  };
  return {
    async leafFor(name) {
      // A name that no certificate could carry gets the common one: refusing it is the client's business.
      if (name !== undefined && !covered.has(name) && HOST_NAME.test(name)) {
        return makeLeaf(await getAuthority(), [name, ...names]);
      }
      common ??= getAuthority().then((issuer) => makeLeaf(issuer, names));
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

interface Authority extends Issuer {
  /** PEM. */
  readonly cert: string;
}

/** Never seeded: a key must not be foretold, and a serial number must not come back with the next run's key. */
const random = createRandom();

const makeKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

async function makeAuthority(store: (made: KeyPair) => void | Promise<void> = () => undefined): Promise<Authority> {
  const { privateKey } = makeKeys();
  // Each has a name of its own: with two of one name installed, some clients try the wrong one.
  const label = random.uint32().toString(16).padStart(8, '0');
  const name = distinguishedName(`kvs-emulator local CA ${label}`);
  const cert = authorityCertificate({ name, privateKey, random });
  await store({ cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() });
  return { name, privateKey, random, cert };
}

async function readAuthority({ cert, key }: KeyPair): Promise<Authority> {
  return { name: subjectOf(new X509Certificate(cert).raw), privateKey: createPrivateKey(key), random, cert };
}

function makeLeaf(issuer: Authority, names: readonly string[]): KeyPair {
  const { privateKey, publicKey } = makeKeys();
  return {
    cert: serverCertificate(issuer, publicKey, names),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
