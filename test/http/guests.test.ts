import { describe, expect, it } from 'vitest';
import { type Guest, type GuestRules, pathKind, refusal } from '../../src/http/guests.ts';

const RULES: GuestRules = {
  ownNames: ['build-7.corp.example'],
  publicOrigin: 'https://kvs.team.example:8443',
  allowedHosts: ['kvs.example.com', '.farm.example'],
  allowedOrigins: ['https://app.example.com', 'null', 'chrome-extension://abcdef'],
};
const NOBODY: GuestRules = { ...RULES, publicOrigin: undefined, allowedHosts: [], allowedOrigins: [] };
const guest = (given: Partial<Guest>): Guest => ({
  kind: 'operation',
  hosts: ['localhost:4580'],
  origin: undefined,
  site: undefined,
  ...given,
});
const what = (given: Partial<Guest>, rules = RULES) => refusal(guest(given), rules)?.what;

describe('a host', () => {
  it.each([
    ['none', ''],
    ['localhost', 'localhost'],
    ['with a port', 'localhost:4580'],
    ['with an empty port', 'localhost:'],
    ['in capitals', 'LocalHost:4580'],
    ['with a dot at its end', 'localhost.:4580'],
    ['below localhost', 'camera.localhost'],
    ['far below localhost', 'a.b.localhost'],
    ['an IPv4 address', '192.0.2.7:4580'],
    ['a public address', '8.8.8.8'],
    ['an address in a short form', '127.1:4580'],
    ['an address as one number', '2130706433'],
    ['an address in hexadecimal', '0x7f.0.0.1'],
    ['an IPv6 address', '[::1]:4580'],
    ['a long IPv6 address', '[2001:DB8::7]'],
    ['an IPv6 address with a zone', '[fe80::1%eth0]:4580'],
    ['an IPv6 address without brackets', '::1'],
    ['a compose service', 'kvs:4580'],
    ['a compose service with an underscore', 'kvs_emulator_1:4580'],
    ['a single label that looks worse than it is', 'evil-localhost'],
    ['of mDNS', 'devbox.local'],
    ['of a Kubernetes service', 'kvs.default.svc.cluster.local:4580'],
    ['of a Kubernetes service, short', 'kvs.default.svc'],
    ['of Docker', 'host.docker.internal:4580'],
    ['for tests', 'kvs.test'],
    ['of a home router', 'nas.lan'],
    ['of a home', 'kvs.home.arpa'],
    ['this machine', 'build-7.corp.example:4580'],
    ['this machine, in capitals', 'BUILD-7.Corp.Example'],
    ['of the public URL', 'kvs.team.example'],
    ['of the public URL, at another port', 'kvs.team.example:9000'],
    ['listed', 'kvs.example.com'],
    ['a listed domain', 'farm.example'],
    ['in a listed domain', 'eu.kvs.farm.example:1'],
    ['AWS’s', 'kinesisvideo.us-east-1.amazonaws.com'],
    ['AWS’s, of a stream', 's-1a2b3c4d.kinesisvideo.eu-central-1.amazonaws.com'],
    ['AWS’s, for FIPS', 'kinesisvideo-fips.us-gov-west-1.amazonaws.com'],
    ['AWS’s, in China', 'b-1a2b3c4d.kinesisvideo.cn-north-1.amazonaws.com.cn'],
    ['AWS’s, dual stack', 'kinesisvideo.ap-southeast-2.api.aws'],
    ['STS', 'sts.amazonaws.com'],
    ['STS of a region', 'sts.us-west-2.amazonaws.com'],
    ['of IoT credentials', 'c1a2b3.credentials.iot.eu-west-1.amazonaws.com'],
  ])('is ours: %s', (_what, host) => {
    for (const kind of ['admin', 'session', 'operation'] as const)
      expect(what({ kind, hosts: [host] })).toBe(undefined);
  });

  it.each([
    ['a name', 'example.com'],
    ['a name at our port', 'example.com:4580'],
    ['made to lead here', 'rebind.evil.example:4580'],
    ['that holds an address', '127.0.0.1.nip.io'],
    ['that begins like ours', 'localhost.evil.com'],
    ['that begins like an address', '127.0.0.1.evil.com'],
    ['that ends nearly like ours', 'evillocalhost.com'],
    ['that ends in a listed name without a dot', 'evilkvs.example.com'],
    ['below a listed name', 'a.kvs.example.com'],
    ['that ends in a listed domain without a dot', 'evilfarm.example'],
    ['below this machine', 'x.build-7.corp.example'],
    ['below the public URL’s', 'x.kvs.team.example'],
    ['an empty label', '.localhost'],
    ['an empty label inside', 'a..localhost'],
    ['two dots at its end', 'localhost..'],
    ['a port and no name', ':4580'],
    ['credentials', 'user@localhost'],
    ['credentials that look like ours', 'localhost:4580@evil.com'],
    ['a path', 'localhost/evil.com'],
    ['two names', 'localhost, evil.com'],
    ['a space', 'local host'],
    ['other letters', 'löcalhost'],
    ['other letters as clients send them', 'xn--lcalhost-n4a.com'],
    ['brackets around a name', '[localhost]'],
    ['a bracket too many', '[::1'],
    ['the whole of a suffix', 'home.arpa'],
    ['five numbers', '1.2.3.4.5'],
    ['a suffix of ours before another', 'kvs.internal.evil.com'],
    ['AWS’s for another service', 's3.us-east-1.amazonaws.com'],
    ['AWS’s with something behind it', 'kinesisvideo.us-east-1.amazonaws.com.evil.com'],
    ['AWS’s without a dot', 'evilkinesisvideo.us-east-1.amazonaws.com'],
    ['AWS’s without a region', 'kinesisvideo.amazonaws.com'],
    ['AWS’s with another end', 'kinesisvideo.us-east-1.amazonaws.org'],
    ['of IoT credentials of nobody', 'credentials.iot.eu-west-1.amazonaws.com'],
    ['a label that is too long', `${'a'.repeat(64)}.test`],
    ['a name that is too long', `${'a.'.repeat(130)}test`],
  ])('is a stranger: %s', (_what, host) => {
    for (const kind of ['admin', 'session', 'operation'] as const) {
      expect(refusal(guest({ kind, hosts: [host] }), RULES)).toEqual({ what: 'host', value: host });
    }
  });

  it('is looked at in the target too, whichever of the two is a stranger', () => {
    expect(what({ hosts: ['localhost', 'evil.com'] })).toBe('host');
    expect(what({ hosts: ['evil.com', 'localhost'] })).toBe('host');
    expect(what({ hosts: ['localhost:4580', 'kvs.test'] })).toBe(undefined);
  });

  it('may be any where all are allowed', () => {
    const rules = { ...NOBODY, allowedHosts: ['*'] };
    expect(what({ hosts: ['anything.example'] }, rules)).toBe(undefined);
    expect(what({ hosts: ['user@odd'] }, rules)).toBe(undefined);
  });
});

const OWN_PAGES = [
  'http://localhost',
  'http://localhost:3000',
  'https://localhost:5173',
  'HTTP://LOCALHOST:3000',
  'http://app.localhost:8080',
  'http://localhost.:3000',
  'http://127.0.0.1:3000',
  'http://127.8.9.10',
  'http://[::1]:3000',
  'http://[::ffff:7f00:1]:3000',
];
const LISTED = ['https://app.example.com', 'null', 'chrome-extension://abcdef', 'HTTPS://App.Example.com'];
const FOREIGN = [
  '',
  'https://example.com',
  'http://localhost.evil.com',
  'http://evil-localhost',
  'http://notlocalhost:3000',
  'http://127.0.0.1.evil.com',
  'http://128.0.0.1',
  'http://192.168.1.5:3000',
  'http://[::2]',
  'http://kvs:3000',
  'http://localhost@evil.com',
  'http://evil.com@localhost',
  'http://localhost/evil',
  'http://localhost/',
  'http://localhost#evil',
  'http://localhost:3000, https://evil.com',
  'localhost',
  '//localhost',
  'file://',
  'file://localhost',
  'capacitor://localhost',
  'ftp://localhost',
  'http://app.example.com',
  'https://app.example.com:444',
  'https://x.app.example.com',
  'Null?',
  '*',
];

describe.each(['operation', 'admin'] as const)('a page that asks for %s', (kind) => {
  it.each(OWN_PAGES)('may if it is of this machine: %s', (origin) => {
    expect(what({ kind, origin }, NOBODY)).toBe(undefined);
    expect(what({ kind, origin, site: 'cross-site' }, NOBODY)).toBe(undefined);
  });

  it.each(LISTED)('may if it is listed, and not otherwise: %s', (origin) => {
    expect(what({ kind, origin })).toBe(undefined);
    expect(refusal(guest({ kind, origin }), NOBODY)).toEqual({ what: 'origin', value: origin });
  });

  it.each(FOREIGN)('may not if it is foreign: %j', (origin) => {
    expect(refusal(guest({ kind, origin }), RULES)).toEqual({ what: 'origin', value: origin });
    expect(what({ kind, origin, site: 'same-origin' })).toBe('origin');
  });

  it.each([...FOREIGN, ...LISTED])('may wherever it is from if all may: %j', (origin) => {
    expect(what({ kind, origin }, { ...NOBODY, allowedOrigins: ['*'] })).toBe(undefined);
  });

  it('may not, though it is of this machine, by a stranger’s host', () => {
    expect(what({ kind, hosts: ['evil.com'], origin: 'http://localhost' })).toBe('host');
  });
});

describe('a page that the emulator would have served', () => {
  it.each([
    ['at an address', '192.168.1.5:4580', 'http://192.168.1.5:4580'],
    ['over https', '192.168.1.5:4580', 'https://192.168.1.5:4580'],
    ['at a name', 'kvs:4580', 'http://KVS:4580'],
    ['at the default port', 'kvs', 'http://kvs'],
    ['at the default port of https', 'kvs:443', 'https://kvs'],
    ['at the public URL, whatever the proxy makes of the host', '10.0.0.9:80', 'https://kvs.team.example:8443'],
  ])('may use the emulator’s own API: %s', (_what, host, origin) => {
    expect(what({ kind: 'admin', hosts: [host], origin })).toBe(undefined);
    // No page that the emulator serves calls these.
    expect(what({ kind: 'operation', hosts: [host], origin })).toBe('origin');
  });

  it.each([
    ['another port', '192.168.1.5:4580', 'http://192.168.1.5:3000'],
    ['another host', '192.168.1.5:4580', 'http://192.168.1.6:4580'],
    ['no host at all', '', 'http://192.168.1.5:4580'],
    ['the port of the other scheme', 'kvs:443', 'http://kvs'],
    ['the public URL at another port', 'kvs:4580', 'https://kvs.team.example'],
  ])('is not one of %s', (_what, host, origin) => {
    expect(what({ kind: 'admin', hosts: [host], origin })).toBe('origin');
  });

  it('is not one that came by a name which only "all hosts" lets in', () => {
    const call = { kind: 'admin', hosts: ['evil.com:4580'], origin: 'http://evil.com:4580' } as const;
    expect(what(call, { ...NOBODY, allowedHosts: ['*'] })).toBe('origin');
    expect(what(call, { ...NOBODY, allowedHosts: ['evil.com'] })).toBe(undefined);
  });
});

describe('a request without an origin', () => {
  it.each(['cross-site', 'Cross-Site', ' cross-site '])(
    'of a page of another site (%j) gets nothing of /_kvs',
    (site) => {
      expect(what({ kind: 'admin', site })).toBe('site');
      expect(what({ kind: 'session', site })).toBe(undefined);
      expect(what({ kind: 'operation', site })).toBe(undefined);
      expect(what({ kind: 'admin', site }, { ...NOBODY, allowedOrigins: ['*'] })).toBe(undefined);
    },
  );

  it.each([undefined, '', 'none', 'same-origin', 'same-site'])('is welcome otherwise: %j', (site) => {
    expect(what({ kind: 'admin', site }, NOBODY)).toBe(undefined);
  });
});

it.each([...OWN_PAGES, ...LISTED, ...FOREIGN])('a session’s resource is open to %j', (origin) => {
  expect(what({ kind: 'session', origin, site: 'cross-site' }, NOBODY)).toBe(undefined);
});

it.each([
  ['/_kvs', 'admin'],
  ['/_kvs/', 'admin'],
  ['/_kvs/ca.pem', 'admin'],
  ['/_kvsfoo', 'operation'],
  ['/_KVS/reset', 'operation'],
  ['/%5fkvs/reset', 'operation'],
  ['/hls/v1/getHLSMasterPlaylist.m3u8', 'session'],
  ['/dash/v1/getDASHManifest.mpd', 'session'],
  ['/hlsfoo', 'operation'],
  ['/getHLSStreamingSessionURL', 'operation'],
  ['/putMedia', 'operation'],
  ['/', 'operation'],
  ['*', 'operation'],
] as const)('%s is a path of kind %s', (path, kind) => {
  expect(pathKind(path)).toBe(kind);
});
