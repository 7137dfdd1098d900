import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ownAuthority } from '../../src/http/certificates/authority.ts';
import { givenCertificate } from '../../src/http/certificates/certificates.ts';
import { createLog } from '../../src/runtime/log.ts';

const DAY = 86_400_000;
const NAMES = ['localhost', '*.localhost', '127.0.0.1', '::1'];

describe('the certificate authority', () => {
  it('signs certificates that its own certificate verifies', async () => {
    const own = ownAuthority({ names: NAMES });
    const ca = new X509Certificate(await own.trusted());
    const leaf = new X509Certificate((await own.leafFor(undefined)).cert);
    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkIssued(ca)).toBe(true);
  });

  it('names every address in a certificate', async () => {
    const leaf = new X509Certificate((await ownAuthority({ names: NAMES }).leafFor(undefined)).cert);
    expect(leaf.subjectAltName).toBe(
      'DNS:localhost, DNS:*.localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1',
    );
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('makes one for a name it has not heard of, and keeps to one for those it has', async () => {
    const own = ownAuthority({ names: NAMES });
    const other = new X509Certificate((await own.leafFor('kvs.example.test')).cert);
    expect(other.checkHost('kvs.example.test')).toBe('kvs.example.test');
    expect(other.checkHost('localhost')).toBe('localhost');
    expect(await own.leafFor('localhost')).toBe(await own.leafFor(undefined));
  });

  it.each(['', 'a b', '..', `${'a'.repeat(64)}.test`, 'x/y', 'ä'])(
    'has the common one for no name at all: %j',
    async (name) => {
      const own = ownAuthority({ names: NAMES });
      expect(await own.leafFor(name)).toBe(await own.leafFor(undefined));
    },
  );

  it('is valid for 90 days, and what it signs no longer than that', async () => {
    const own = ownAuthority({ names: NAMES });
    const ca = new X509Certificate(await own.trusted());
    const leaf = new X509Certificate((await own.leafFor(undefined)).cert);
    for (const { validFrom, validTo } of [ca, leaf]) {
      expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(90 * DAY);
      expect(Math.abs(Date.now() - DAY - Date.parse(validFrom))).toBeLessThan(60_000);
    }
  });

  it('is renewed on the same key when under 30 days are left, and so is what it signs', async () => {
    let now = Date.now();
    const own = ownAuthority({ names: NAMES, now: () => now });
    const [ca, leaf] = [await own.trusted(), await own.leafFor(undefined)];
    now += 58 * DAY;
    expect([await own.trusted(), await own.leafFor(undefined)]).toEqual([ca, leaf]);
    now += 2 * DAY;
    const [newCa, newLeaf] = [new X509Certificate(await own.trusted()), await own.leafFor(undefined)];
    const old = new X509Certificate(ca);
    expect(newCa.publicKey.export({ type: 'spki', format: 'pem' })).toBe(
      old.publicKey.export({ type: 'spki', format: 'pem' }),
    );
    expect(newCa.subject).toBe(old.subject);
    expect(newCa.serialNumber).not.toBe(old.serialNumber);
    expect(Date.parse(newCa.validTo)).toBeGreaterThan(Date.parse(old.validTo));
    // A client that trusts the old one trusts what the new one signs.
    const renewed = new X509Certificate(newLeaf.cert);
    expect(renewed.checkIssued(old)).toBe(true);
    expect(renewed.verify(old.publicKey)).toBe(true);
    expect(renewed.validTo).toBe(newCa.validTo);
  });

  it('is the same in a later run where it is kept, and on the same key when that run may sign for more', async () => {
    const texts = new Map<string, string>();
    const kept = {
      read: (name: string) => texts.get(name),
      write: (name: string, text: string) => void texts.set(name, text),
    };
    const first = await ownAuthority({ names: NAMES, kept }).trusted();
    expect(await ownAuthority({ names: NAMES, kept }).trusted()).toBe(first);
    const more = await ownAuthority({ names: [...NAMES, 'kvs.example.test'], kept }).trusted();
    expect(more).not.toBe(first);
    const [a, b] = [new X509Certificate(first), new X509Certificate(more)];
    expect(b.subject).toBe(a.subject);
    expect(b.publicKey.equals(a.publicKey)).toBe(true);
    // A run that comes too late for it renews it.
    const late = await ownAuthority({ names: NAMES, kept, now: () => Date.now() + 70 * DAY }).trusted();
    expect(new X509Certificate(late).publicKey.equals(a.publicKey)).toBe(true);
    expect(new X509Certificate(late).validTo).not.toBe(a.validTo);
  });

  it('never makes the same number or the same CA twice', async () => {
    const [a, b] = [ownAuthority({ names: NAMES }), ownAuthority({ names: NAMES })];
    const [caA, caB] = [new X509Certificate(await a.trusted()), new X509Certificate(await b.trusted())];
    expect(caA.subject).not.toBe(caB.subject);
    const leaves = [await a.leafFor('one.test'), await a.leafFor('two.test')];
    const [one, two] = leaves.map(({ cert }) => new X509Certificate(cert).serialNumber);
    expect(one).not.toBe(two);
  });
});

describe('names outside what the CA may sign for', () => {
  function authority(tlsNames: string[] = [], listed: string[] = []) {
    const lines: string[] = [];
    const log = createLog({ level: 'info', format: 'pretty', write: (line) => lines.push(line.slice(19)) });
    return { lines, own: ownAuthority({ names: NAMES, tlsNames, listed, log }) };
  }

  it.each([
    'camera.localhost',
    'kvs.svc',
    'kvs.default.svc.cluster.local',
    'host.docker.internal',
    'kvs.example.test',
    'nas.lan',
    'nas.home.arpa',
    'kinesisvideo.us-east-1.amazonaws.com',
    's-1a2b3c4d.kinesisvideo.eu-west-1.amazonaws.com',
    'kinesisvideo-fips.us-gov-west-1.amazonaws.com',
    'kinesisvideo.cn-north-1.amazonaws.com.cn',
    'kinesisvideo.eu-central-1.api.aws',
    'sts.amazonaws.com',
    'sts.us-west-2.amazonaws.com',
    'c1.credentials.iot.us-east-1.amazonaws.com',
    'kvs.listed.example',
    'eu.farm.example',
  ])('are none of these: %s', async (name) => {
    const { own, lines } = authority([], ['kvs.listed.example', '.farm.example']);
    const leaf = new X509Certificate((await own.leafFor(name)).cert);
    expect(leaf.checkHost(name)).toBeDefined();
    expect(leaf.checkIssued(new X509Certificate(await own.trusted()))).toBe(true);
    expect(lines).toEqual([]);
  });

  it.each(['example.com', 's3.us-east-1.amazonaws.com', 'amazonaws.com', 'evillocalhost.com', 'kvs'])(
    'get the common certificate, and the log says what to do: %s',
    async (name) => {
      const { own, lines } = authority();
      for (let i = 0; i < 5; i++) expect(await own.leafFor(name)).toBe(await own.leafFor(undefined));
      expect(lines).toEqual([
        `A client asked over TLS for ${name}, which the CA may not sign for. Start with --tls-names ${name}.`,
      ]);
    },
  );

  it('get one of a CA without constraints when asked for, with one line in the log', async () => {
    const { own, lines } = authority(['kvs', '.example.com']);
    const [bound, unbound, ...more] = (await own.trusted()).split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(more).toEqual([]);
    const free = new X509Certificate(unbound as string);
    for (const name of ['kvs', 'example.com', 'a.example.com']) {
      const leaf = new X509Certificate((await own.leafFor(name)).cert);
      expect(leaf.subjectAltName).toBe(`DNS:${name}`);
      expect(leaf.checkIssued(free) && leaf.verify(free.publicKey)).toBe(true);
    }
    expect(lines).toEqual(['A CA without name constraints signs for kvs, as --tls-names says: trust it here alone.']);
    const local = new X509Certificate((await own.leafFor('kvs.test')).cert);
    expect(local.verify(new X509Certificate(bound as string).publicKey)).toBe(true);
  });

  it('are no addresses: one that is asked for is in the common certificate', async () => {
    const { own } = authority(['203.0.113.9']);
    expect(new X509Certificate((await own.leafFor(undefined)).cert).checkIP('203.0.113.9')).toBe('203.0.113.9');
    expect(await own.trusted()).toMatch(/^-----BEGIN[^-]*-----[^-]*-----END[^-]*-----\n$/);
  });

  it('never get a key out of the process', async () => {
    expect(await authority(['*']).own.trusted()).not.toContain('PRIVATE');
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
