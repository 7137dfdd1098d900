import { generateKeyPair } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import type { pki } from 'node-forge';
import { wallDate } from '../../runtime/wall.ts';
import type { KeyPair } from '../tlsAcceptor.ts';

const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
/** Apple's systems and others trust no server for longer than 398 days. */
const SERVER_DAYS = 396;

/** Only whoever serves TLS pays for the library. */
const load = async () => (await import('node-forge')).default;

interface Wanted {
  readonly commonName: string;
  /** Positive, and never the same twice: browsers refuse two certificates of one issuer with the same number. */
  readonly serialNumber: string;
}

/** A certificate that signs others and itself. PEM. */
export async function authorityCertificate(keys: Keys, wanted: Wanted): Promise<string> {
  const forge = await load();
  const certificate = blank(forge.pki, keys, wanted, AUTHORITY_DAYS);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(keys.privateKey), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate).replaceAll('\r', '');
}

/** A server's certificate for host names and addresses, signed by the authority. PEM. */
export async function serverCertificate(
  authority: KeyPair,
  keys: Keys,
  names: readonly string[],
  serialNumber: string,
): Promise<string> {
  const forge = await load();
  const issuer = forge.pki.certificateFromPem(authority.cert);
  const certificate = blank(forge.pki, keys, { commonName: 'kvs-emulator', serialNumber }, SERVER_DAYS);
  certificate.setIssuer(issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: names.map((name) => (isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name })),
    },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(authority.key), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate).replaceAll('\r', '');
}

/** PEM. */
export interface Keys {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Made by node: faster than in JavaScript, and on another thread, so that open streams do not stand still. */
export const makeKeys = (): Promise<Keys> =>
  promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

function blank(of: typeof pki, keys: Keys, wanted: Wanted, days: number): pki.Certificate {
  const certificate = of.createCertificate();
  certificate.publicKey = of.publicKeyFromPem(keys.publicKey);
  certificate.serialNumber = wanted.serialNumber;
  // A client's clock may be behind.
  certificate.validity.notBefore = wallDate(-DAY_MS);
  certificate.validity.notAfter = wallDate(days * DAY_MS);
  certificate.setSubject([
    { name: 'organizationName', value: 'kvs-emulator' },
    { name: 'commonName', value: wanted.commonName },
  ]);
  return certificate;
}
