import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { givenCertificate, ownAuthority } from '../../src/http/certificates/authority.ts';
import type { KeyPair } from '../../src/http/tlsAcceptor.ts';

const DAY = 86_400_000;
const NAMES = ['localhost', '*.localhost', '127.0.0.1', '::1'];

describe('the certificate authority', () => {
  it('signs certificates that its own certificate verifies', async () => {
    const own = ownAuthority(NAMES);
    const ca = new X509Certificate(await own.trusted());
    const leaf = new X509Certificate((await own.leafFor(undefined)).cert);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
  });

  it('names every address in a certificate that is good from yesterday and for at most 397 days', async () => {
    const leaf = new X509Certificate((await ownAuthority(NAMES).leafFor(undefined)).cert);
    expect(leaf.subjectAltName).toBe(
      'DNS:localhost, DNS:*.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
    expect(Math.abs(Date.now() - DAY - from)).toBeLessThan(60_000);
    expect(to - from).toBeLessThanOrEqual(397 * DAY);
    expect(to).toBeGreaterThan(Date.now() + 300 * DAY);
  });

  it('makes one for a name it has not heard of, and keeps to one for those it has', async () => {
    const own = ownAuthority(NAMES);
    const other = new X509Certificate((await own.leafFor('kvs.example.test')).cert);
    expect(other.checkHost('kvs.example.test')).toBe('kvs.example.test');
    expect(other.checkHost('localhost')).toBe('localhost');
    expect(await own.leafFor('localhost')).toBe(await own.leafFor(undefined));
  });

  it.each(['', 'a b', '..', `${'a'.repeat(64)}.test`, 'x/y', 'ä'])(
    'has the common one for no name at all: %j',
    async (name) => {
      const own = ownAuthority(NAMES);
      expect(await own.leafFor(name)).toBe(await own.leafFor(undefined));
    },
  );

  it('goes on where a stored one left off', async () => {
    let made: KeyPair | undefined;
    const first = ownAuthority(NAMES, undefined, (pair) => {
      made = pair;
    });
    const trusted = await first.trusted();
    const second = ownAuthority(NAMES, made);
    expect(await second.trusted()).toBe(trusted);
    const leaf = new X509Certificate((await second.leafFor(undefined)).cert);
    expect(leaf.checkIssued(new X509Certificate(trusted))).toBe(true);
    expect(leaf.verify(new X509Certificate(trusted).publicKey)).toBe(true);
  });

  it('never makes the same number or the same CA twice', async () => {
    const [a, b] = [ownAuthority(NAMES), ownAuthority(NAMES)];
    const [caA, caB] = [new X509Certificate(await a.trusted()), new X509Certificate(await b.trusted())];
    expect(caA.subject).not.toBe(caB.subject);
    const leaves = [await a.leafFor('one.test'), await a.leafFor('two.test')];
    const [one, two] = leaves.map(({ cert }) => new X509Certificate(cert).serialNumber);
    expect(one).not.toBe(two);
  });
});

describe('a given certificate', () => {
  it('stands for every name', async () => {
    const pair = { cert: 'CERT', key: 'KEY' };
    const given = givenCertificate(pair);
    expect(await given.leafFor('any.test')).toBe(pair);
    expect(await given.trusted()).toBe('CERT');
  });
});
