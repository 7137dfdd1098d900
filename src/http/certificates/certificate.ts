import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { isIP } from 'node:net';
import type { Random } from '../../runtime/random.ts';
import { wallDate } from '../../runtime/wall.ts';
import * as der from './der.ts';

// X.509 version 3 as RFC 5280 has it, for ECDSA keys. A library for this is ten times the size of the emulator.

const ECDSA_WITH_SHA256 = der.sequence(der.oid('1.2.840.10045.4.3.2'));
const COMMON_NAME = der.oid('2.5.4.3');
const ORGANIZATION = der.oid('2.5.4.10');
const EXTENSIONS = {
  subjectKeyIdentifier: der.oid('2.5.29.14'),
  keyUsage: der.oid('2.5.29.15'),
  subjectAlternativeName: der.oid('2.5.29.17'),
  basicConstraints: der.oid('2.5.29.19'),
  authorityKeyIdentifier: der.oid('2.5.29.35'),
  extendedKeyUsage: der.oid('2.5.29.37'),
};
const SERVER_AUTH = der.oid('1.3.6.1.5.5.7.3.1');
const DIGITAL_SIGNATURE = der.bitString(Uint8Array.of(0b1000_0000), 7);
const CERTIFICATE_AND_CRL_SIGNING = der.bitString(Uint8Array.of(0b0000_0110), 1);

const DAY_MS = 86_400_000;

export interface Issuer {
  /** DER. */
  readonly name: Uint8Array;
  readonly privateKey: KeyObject;
  /** For serial numbers. */
  readonly random: Random;
}

export const distinguishedName = (commonName: string): Uint8Array =>
  der.sequence(
    der.set(der.sequence(ORGANIZATION, der.utf8('kvs-emulator'))),
    der.set(der.sequence(COMMON_NAME, der.utf8(commonName))),
  );

/** The subject of a certificate, DER, as those it signs must repeat it. */
export function subjectOf(certificate: Uint8Array): Uint8Array {
  const [signed] = der.children(certificate);
  // Version, serial number, algorithm, issuer, validity, subject.
  const subject = signed === undefined ? undefined : der.children(signed)[5];
  if (subject === undefined) throw new TypeError('This is no certificate.');
  return subject;
}

/** A certificate that signs others and itself, good for ten years. PEM. */
export function authorityCertificate(issuer: Issuer): string {
  const publicKey = createPublicKey(issuer.privateKey);
  return certificate(issuer, issuer.name, publicKey, 3650, [
    extension(EXTENSIONS.basicConstraints, der.sequence(der.yes, der.integer(0)), true),
    extension(EXTENSIONS.keyUsage, CERTIFICATE_AND_CRL_SIGNING, true),
    extension(EXTENSIONS.subjectKeyIdentifier, der.octetString(keyIdentifier(publicKey))),
  ]);
}

/** A server's certificate for host names and addresses. Apple and others take none that is good for over 398 days. */
export function serverCertificate(issuer: Issuer, publicKey: KeyObject, names: readonly string[]): string {
  const issuerKey = keyIdentifier(createPublicKey(issuer.privateKey));
  return certificate(issuer, distinguishedName('kvs-emulator'), publicKey, 396, [
    extension(EXTENSIONS.basicConstraints, der.sequence(), true),
    extension(EXTENSIONS.keyUsage, DIGITAL_SIGNATURE, true),
    extension(EXTENSIONS.extendedKeyUsage, der.sequence(SERVER_AUTH)),
    extension(EXTENSIONS.subjectAlternativeName, der.sequence(...names.map(generalName))),
    extension(EXTENSIONS.subjectKeyIdentifier, der.octetString(keyIdentifier(publicKey))),
    extension(EXTENSIONS.authorityKeyIdentifier, der.sequence(der.implicit(0, issuerKey))),
  ]);
}

function certificate(
  issuer: Issuer,
  subject: Uint8Array,
  publicKey: KeyObject,
  days: number,
  extensions: readonly Uint8Array[],
): string {
  const signed = der.sequence(
    der.explicit(0, der.integer(2)),
    // Never the same twice: browsers refuse two certificates of one issuer with the same number.
    der.integer(1, ...issuer.random.bytes(15)),
    ECDSA_WITH_SHA256,
    issuer.name,
    // A client's clock may be behind.
    der.sequence(der.time(wallDate(-DAY_MS).toISOString()), der.time(wallDate(days * DAY_MS).toISOString())),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...extensions)),
  );
  const signature = der.bitString(sign('sha256', signed, issuer.privateKey));
  const base64 = Buffer.from(der.sequence(signed, ECDSA_WITH_SHA256, signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`;
}

const extension = (id: Uint8Array, value: Uint8Array, critical = false): Uint8Array =>
  critical ? der.sequence(id, der.yes, der.octetString(value)) : der.sequence(id, der.octetString(value));

/** RFC 5280 4.2.1.2, method 1: SHA-1 of the key's bits, which in P-256 are the last 65 bytes. */
const keyIdentifier = (publicKey: KeyObject): Uint8Array =>
  createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65))
    .digest();

const generalName = (name: string): Uint8Array =>
  isIP(name) === 0 ? der.implicit(2, Buffer.from(name)) : der.implicit(7, addressBytes(name));

export function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number));
  // The URL parser writes every IPv6 address in the same way: groups of hexadecimal digits, one gap at most.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [groups(head), groups(tail ?? '')];
  const gap = new Array<number>(8 - first.length - last.length).fill(0);
  return Uint8Array.from([...first, ...gap, ...last].flatMap((group) => [group >>> 8, group & 0xff]));
}
