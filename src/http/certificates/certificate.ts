import { generateKeyPair } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import type forgeModule from 'node-forge';
import type { asn1 as Asn1, pki } from 'node-forge';
import { inTurn } from '../../runtime/inTurn.ts';
import { dateAt } from '../../runtime/wall.ts';
import type { KeyPair } from '../tlsAcceptor.ts';
import type { NameConstraints } from './constraints.ts';

/** Only whoever serves TLS pays for the library. */
const load = async () => (await inTurn(() => import('node-forge'))).default;

interface Wanted {
  readonly commonName: string;
  /** Positive, and never the same twice: browsers refuse two certificates of one issuer with the same number. */
  readonly serialNumber: string;
  /** In ms since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** A certificate that signs others and itself, for what the constraints permit if there are any. PEM. */
export async function authorityCertificate(keys: Keys, wanted: Wanted, permitted?: NameConstraints): Promise<string> {
  const forge = await load();
  const certificate = blank(forge.pki, keys, wanted);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
    ...(permitted === undefined ? [] : [nameConstraints(forge, permitted)]),
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(keys.privateKey), forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate).replaceAll('\r', '');
}

/** A server's certificate for host names and addresses, signed by the authority. PEM. */
export async function serverCertificate(
  authority: KeyPair,
  keys: Keys,
  names: readonly string[],
  wanted: Omit<Wanted, 'commonName'>,
): Promise<string> {
  const forge = await load();
  const issuer = forge.pki.certificateFromPem(authority.cert);
  const certificate = blank(forge.pki, keys, { commonName: 'kvs-emulator', ...wanted });
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

function blank(of: typeof pki, keys: Keys, wanted: Wanted): pki.Certificate {
  const certificate = of.createCertificate();
  certificate.publicKey = of.publicKeyFromPem(keys.publicKey);
  certificate.serialNumber = wanted.serialNumber;
  certificate.validity.notBefore = dateAt(wanted.from);
  certificate.validity.notAfter = dateAt(wanted.until);
  certificate.setSubject([
    { name: 'organizationName', value: 'kvs-emulator' },
    { name: 'commonName', value: wanted.commonName },
  ]);
  return certificate;
}

/** RFC 5280, 4.2.1.10; forge has no words for it. Critical: who cannot read it shall not trust the CA without it. */
function nameConstraints({ asn1 }: typeof forgeModule, { domains, ranges }: NameConstraints) {
  const { Class, Type } = asn1;
  const sequence = (items: Asn1.Asn1[]) => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
  const subtree = (tag: number, value: string) => sequence([asn1.create(Class.CONTEXT_SPECIFIC, tag, false, value)]);
  const permitted = [
    ...domains.map((domain) => subtree(2, domain)),
    ...ranges.map((range) => {
      const [address = '', bits] = range.split('/');
      const bytes = addressBytes(address);
      return subtree(7, Buffer.from([...bytes, ...maskOf(Number(bits), bytes.length)]).toString('latin1'));
    }),
  ];
  const value = sequence([asn1.create(Class.CONTEXT_SPECIFIC, 0, true, permitted)]);
  return { id: '2.5.29.30', critical: true, value: asn1.toDer(value).getBytes() };
}

/** As many bytes, of which the first bits are set. */
const maskOf = (bits: number, length: number): number[] =>
  Array.from({ length }, (_, at) => (0xff00 >> Math.min(8, Math.max(0, bits - 8 * at))) & 0xff);

function addressBytes(address: string): number[] {
  if (isIP(address) === 4) return address.split('.').map(Number);
  // As a URL has it: no dotted end, at most one gap.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text = ''): number[] =>
    text
      .split(':')
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail)];
  const gap = new Array<number>(8 - before.length - after.length).fill(0);
  return [...before, ...gap, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
