import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ipVersion } from '../../src/http/ipVersion.ts';

describe('the version of an address', () => {
  it.each([
    ...['127.0.0.1', '10.0.0.255', '::', '::1', 'fe80::1%eth0', '2001:db8:0:0:0:0:0:1', '::ffff:10.0.0.1'],
    ...[
      '',
      ':',
      'localhost',
      'localhost:4580',
      '127.0.0.1:4580',
      '127.1',
      '256.0.0.1',
      '[::1]',
      '1:2:3',
      '::g',
      '1::2::3',
    ],
  ])('of %j is what node says', (text) => {
    expect(ipVersion(text)).toBe(isIP(text));
  });
});
