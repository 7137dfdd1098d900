// docs/addresses.md tells who calls how and what is handed out. Each row of its table is held here.
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../src/config/options.ts';
import { addressFor } from '../../src/http/address.ts';
import { trustedProxies } from '../../src/http/trustedProxies.ts';
import { parseTarget } from '../../src/operations/road/target.ts';
import { webSocketUrl } from '../../src/protocol/endpoints.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { putMedia } from '../support/putMedia.ts';
import { rawSocket } from '../support/rawSocket.ts';
import { authorization } from '../support/tour.ts';

interface Row {
  who: string;
  from: string;
  secure: boolean;
  target: string;
  headers: [string, string][];
  options: Record<string, string>;
  handedOut: string;
}

const page = readFileSync(new URL('../../docs/addresses.md', import.meta.url), 'utf8');
const coded = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string);
const rows: Row[] = page
  .split('\n')
  .filter((line) => /^\| .*https?:\/\//.test(line))
  .map((line) => {
    const [who = '', from = '', over = '', said = '', started = '', handedOut = ''] = line.split('|').slice(1);
    const [targets, headers] = [/^POST /, /^[\w-]+: /].map((form) => coded(said).filter((text) => form.test(text)));
    const [, flag, value] = /^--([\w-]+) (.*)$/.exec(coded(started)[0] ?? '') ?? [];
    const option = flag?.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    return {
      who: who.trim(),
      from: coded(from)[0] ?? '',
      secure: over.trim() === 'https',
      target: targets?.[0]?.replace('POST ', '') ?? '',
      headers: (headers ?? []).map((header) => header.split(/: (.*)/).slice(0, 2) as [string, string]),
      options: option === undefined ? {} : { [option]: value as string },
      handedOut: coded(handedOut)[0] ?? '',
    };
  });
const isHere = ({ from }: Row): boolean => from === '127.0.0.1' || from === '::1';

function addressOf(request: Pick<Row, 'from' | 'headers'> & Partial<Row>, port = 4580): string {
  const { publicUrl, trustedProxies: listed } = readOptions(request.options ?? {});
  const socket = { remoteAddress: request.from, ...(request.secure ? { encrypted: true } : {}) };
  const headers = Object.fromEntries(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  return addressFor({ socket, headers } as unknown as IncomingMessage, parseTarget(`${request.target ?? ''}/x`), {
    publicUrl,
    names: new Set(['machine.example.net']),
    trusts: trustedProxies(listed),
    port: () => port,
  });
}

describe('the table of docs/addresses.md', () => {
  it('is there', () => {
    expect(rows.length).toBeGreaterThan(30);
    expect(rows.filter(isHere).length).toBeGreaterThan(15);
    for (const { headers, from, handedOut } of rows) expect([headers.length > 0, from, handedOut]).not.toContain('');
  });

  it.each(rows)('is right about who calls $who, from $from: $handedOut', (row) => {
    expect(addressOf(row)).toBe(row.handedOut);
  });

  it.each(rows.filter(isHere))('is right on the wire: $who gets $handedOut', async (row) => {
    // Whether it answers to a name at all is another matter.
    const emulator = await startEmulator({ allowedHosts: '.example.com', ...row.options });
    const mine = (text: string): string => text.replaceAll('4580', String(emulator.port));
    const client = await rawSocket(emulator.port, row.secure ? await emulator.ca() : undefined);
    const head = row.headers.map(([name, value]) => `${name}: ${mine(value)}\r\n`).join('');
    const send = async (path: string, body: string) => {
      client.send(`POST ${mine(row.target)}${path} HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    };
    await send('/createStream', '{"StreamName":"cam"}');
    await client.until(/"StreamARN":"[^"]*"\}$/);
    await send('/getDataEndpoint', '{"StreamName":"cam","APIName":"PUT_MEDIA"}');
    const answer = await client.until(/"DataEndpoint":"[^"]*"\}$/);
    expect(/"DataEndpoint":"([^"]*)"/.exec(answer)?.[1]).toBe(mine(row.handedOut));
  });
});

describe('what a trusted proxy says', () => {
  const through = (headers: Record<string, string>): string =>
    addressOf({ from: '127.0.0.1', headers: Object.entries({ Host: 'kvs:4580', ...headers }) });

  it.each([
    { 'X-Forwarded-Host': 'a.example, b.example', 'X-Forwarded-Proto': 'wss' },
    { Forwarded: 'HOST=a.example;Proto=WSS' },
    { Forwarded: ' for=_hidden ; host = a.example', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'a.example' },
    { Forwarded: 'host="a\\.example";proto=https' },
    { Forwarded: 'for=10.0.0.1, host=a.example;proto=https' },
    { Forwarded: ';;host=a.example;;proto=https;' },
    { Forwarded: 'host=a.example;proto="https"', 'X-Forwarded-Host': 'b.example' },
    { 'X-Forwarded-Host': 'a.example', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '443, 80' },
    { 'X-Forwarded-Host': 'a.example:443', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Port': '8080' },
  ])('is believed: %j', (headers) => {
    expect(through(headers)).toBe('https://a.example');
  });

  it.each([
    ...[
      '',
      ' ',
      'a b',
      'a.example/path',
      'a.example?x',
      'a.example#x',
      'user@a.example',
      'a.example\\\\b',
      'http://a.example',
    ],
    ...[
      'a.example:',
      'a.example:0',
      'a.example:65536',
      'a.example:-1',
      'a.example:80:80',
      '[::1',
      '::1',
      '[::g]',
      '[1.2.3.4]',
    ],
    ...[
      'a.example\r\nX: y',
      'a.example\u0000',
      '"a.example"',
      '<a>',
      'ä.example',
      '%61.example',
      '300.1.1.1',
      '-a.example',
    ],
    ...['a'.repeat(300), `${'a.'.repeat(2000)}example`, ', a.example'],
  ])('is not believed as a host: %j', (host) => {
    expect(through({ 'X-Forwarded-Host': host })).toBe('http://kvs:4580');
    expect(through({ Forwarded: `host="${host}"` })).toBe('http://kvs:4580');
  });

  it.each([
    'host=a.example;host=b.example',
    'host',
    'host=',
    'host="a.example',
    'host="a.example"b',
    'host=a.example proto=https',
    '=a.example',
    'host=a.example;proto=https;"',
    `host=a.example;for=${'1'.repeat(5000)}`,
    `${' '.repeat(2000)}x`,
  ])('is not believed when Forwarded is malformed: %j', (header) => {
    expect(through({ Forwarded: header })).toBe('http://kvs:4580');
    expect(through({ Forwarded: header, 'X-Forwarded-Host': 'c.example' })).toBe('http://c.example');
  });

  it.each(['0', '65536', '+80', '1e3', '80 80', '-1', '', 'https'])('is not believed as a port: %j', (port) => {
    expect(through({ 'X-Forwarded-Port': port })).toBe('http://kvs:4580');
  });

  it.each(['', 'ftp', 'https://', 'httpss', 'constructor', 'javascript'])(
    'is not believed as a scheme: %j',
    (scheme) => {
      expect(through({ 'X-Forwarded-Proto': scheme })).toBe('http://kvs:4580');
    },
  );
});

describe('--trusted-proxies', () => {
  const trusts = (list: string, address: string): boolean =>
    trustedProxies(readOptions({ trustedProxies: list }).trustedProxies)(address);

  it.each([
    ['', '127.0.0.1', true],
    ['', '127.9.9.9', true],
    ['', '::1', true],
    ['', '::ffff:127.0.0.1', true],
    ['', '128.0.0.1', false],
    ['', '::2', false],
    ['', '', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.7', '::ffff:192.0.2.7', true],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['::ffff:192.0.2.0/120', '192.0.2.99', true],
    ['::ffff:192.0.2.0/120', '192.0.3.99', false],
    ['10.0.0.0/8 192.168.0.0/16', '192.168.4.4', true],
    ['10.0.0.0/8,2001:db8::/32', '2001:db8:5::1', true],
    ['10.0.0.0/8, [2001:db8::7]', '2001:db8::7', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
  ])('%j: whether %j is believed is %j', (list, address, believed) => {
    expect(trusts(list, address)).toBe(believed);
  });

  it('is a list in the library', () => {
    const { trustedProxies: listed } = readOptions({ trustedProxies: ['10.0.0.0/8', '2001:db8::7'] });
    expect(listed.map(({ address, prefix }) => `${address}/${prefix}`)).toEqual(['10.0.0.0/8', '2001:db8::7/128']);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0.256',
    '10.0.0',
    '::/129',
    ':::',
    'proxy.example',
    '10.0.0.0/',
    '::ffff:10.0.0.0/8',
    '*',
  ])('refuses %j', (list) => {
    expect(() => readOptions({ trustedProxies: list })).toThrow(
      `trustedProxies must be addresses or networks like 10.0.0.0/8 and 2001:db8::7, with commas between them, not "${list}".`,
    );
  });
});

describe('behind a proxy', () => {
  const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'kvs.example.com:8443' };
  const headers = { authorization: authorization(), ...forwarded };

  it.each([
    [false, 'https://kvs.example.com:8443', 'https://kvs.example.com:8443'],
    [true, 'https://kvs.example.com:8443/s-1a2b3c4d', 'https://kvs.example.com:8443/b-1a2b3c4d'],
  ])('every address begins the same way; strict: %j', async (strict, media, archived) => {
    const emulator = await startEmulator({ strict });
    const send = async (path: string, body: object) => {
      const response = await fetch(emulator.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return JSON.parse((await response.text()).replace(/(?<=\/[sb]-)[0-9a-f]{8}(?=["/])/g, '1a2b3c4d'));
    };
    const real = async (APIName: string): Promise<string> => {
      const body = JSON.stringify({ StreamName: 'cam', APIName });
      const response = await fetch(`${emulator.url}/getDataEndpoint`, { method: 'POST', headers, body });
      return new URL(((await response.json()) as { DataEndpoint: string }).DataEndpoint).pathname.replace(/\/$/, '');
    };
    await send('/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const { ChannelARN } = await send('/createSignalingChannel', { ChannelName: 'cam' });
    expect(await send('/getDataEndpoint', { StreamName: 'cam', APIName: 'PUT_MEDIA' })).toEqual({
      DataEndpoint: media,
    });
    const url = emulator.url + (await real('PUT_MEDIA'));
    const producerStart = String(emulator.clock.now() / 1000);
    expect((await putMedia({ url, producerStart, headers }, fixture('h264-gop2s.mkv'))).acks).not.toEqual([]);
    for (const [protocol, name] of [
      ['HLS', 'getHLSMasterPlaylist.m3u8'],
      ['DASH', 'getDASHManifest.mpd'],
    ]) {
      const path = `${await real(`GET_${protocol}_STREAMING_SESSION_URL`)}/get${protocol}StreamingSessionURL`;
      const [address] = Object.values(await send(path, { StreamName: 'cam' })) as [string];
      expect(address.split('?')[0]).toBe(`${archived}/${protocol?.toLowerCase()}/v1/${name}`);
    }
    const SingleMasterChannelEndpointConfiguration = { Protocols: ['WSS', 'HTTPS'], Role: 'VIEWER' };
    const channel = await send('/getSignalingChannelEndpoint', {
      ChannelARN,
      SingleMasterChannelEndpointConfiguration,
    });
    // With strictness the names that AWS would put in front come behind.
    const path = (letter: string) => (strict ? `/${letter}-[0-9a-f]{8}` : '');
    const matching = (text: string) => expect.stringMatching(new RegExp(`^${text}$`));
    expect(channel.ResourceEndpointList).toEqual([
      { Protocol: 'HTTPS', ResourceEndpoint: matching(`https://kvs\\.example\\.com:8443${path('r')}`) },
      { Protocol: 'WSS', ResourceEndpoint: matching(`wss://kvs\\.example\\.com:8443${path('v')}`) },
    ]);
  });
});

describe('a WebSocket address', () => {
  it.each([
    ['http://localhost:4580', 'wss://localhost:4580'],
    ['https://kvs.example.com', 'wss://kvs.example.com'],
    ['http://kvs.example.com', 'wss://kvs.example.com:80'],
    ['http://[::1]:4580', 'wss://[::1]:4580'],
    ['https://kvs.example.com/base', 'wss://kvs.example.com/base'],
  ])('of %s is %s: the same port, by TLS', (base, url) => {
    expect(webSocketUrl(base)).toBe(url);
  });
});
