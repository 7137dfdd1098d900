import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { clientAddress } from '../../src/http/address.ts';
import { trustedProxies } from '../../src/http/trustedProxies.ts';

const addressOf = (remoteAddress: string | undefined, headers: Record<string, string> = {}): string | undefined =>
  clientAddress({ socket: { remoteAddress }, headers } as unknown as IncomingMessage, { trusts: trustedProxies([]) });

it.each<[string, Record<string, string>, string]>([
  ['203.0.113.7', {}, '203.0.113.7'],
  ['::ffff:203.0.113.7', {}, '203.0.113.7'],
  ['2001:db8::1', {}, '2001:db8::1'],
  // Only a proxy that is trusted speaks for others.
  ['203.0.113.7', { 'x-forwarded-for': '198.51.100.1' }, '203.0.113.7'],
  ['127.0.0.1', { 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
  ['127.0.0.1', { 'x-forwarded-for': '198.51.100.1, 10.0.0.1' }, '198.51.100.1'],
  ['127.0.0.1', { 'x-forwarded-for': '2001:db8::1' }, '2001:db8::1'],
  ['127.0.0.1', { 'x-forwarded-for': '198.51.100.1:4711' }, '198.51.100.1'],
  ['127.0.0.1', { forwarded: 'for=198.51.100.1;proto=https' }, '198.51.100.1'],
  ['127.0.0.1', { forwarded: 'for="[2001:db8::1]:4711", for=10.0.0.1' }, '2001:db8::1'],
  ['127.0.0.1', { forwarded: 'for="::ffff:198.51.100.1"' }, '198.51.100.1'],
  // What is no address says nothing.
  ['127.0.0.1', { 'x-forwarded-for': 'unknown' }, '127.0.0.1'],
  ['127.0.0.1', { 'x-forwarded-for': '999.1.1.1' }, '127.0.0.1'],
  ['127.0.0.1', { forwarded: 'for=_hidden' }, '127.0.0.1'],
  ['127.0.0.1', { forwarded: 'for="' }, '127.0.0.1'],
])('a call from %s with %j comes from %s', (peer, headers, address) => {
  expect(addressOf(peer, headers)).toBe(address);
});

it('of a connection that has gone nobody knows where it came from', () => {
  expect(addressOf(undefined)).toBeUndefined();
});
