import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, it } from 'vitest';
import { oddity, presignedUntil } from '../../../src/protocol/sigv4/presigned.ts';
import { asC, asJavaScript, asSdk, isSignedWith } from '../../support/presign.ts';

const arn = 'arn:aws:kinesisvideo:us-east-1:000000000000:channel/front/1705489836421';
const NOW = Date.parse('2026-11-22T14:42:44Z');
const wish = { endpoint: 'wss://localhost:4580', arn, now: NOW };

const partsOf = (url: string, host?: string) => {
  const { pathname, search, host: own } = new URL(url.replace(/^wss/, 'http'));
  return { path: pathname, query: search.slice(1), host: host ?? own };
};

it.each([
  ['JavaScript', partsOf(asJavaScript({ ...wish, clientId: 'v1' }))],
  ['JavaScript, with a session token', partsOf(asJavaScript({ ...wish, clientId: 'v1', sessionToken: 'a/b+c==' }))],
  [
    'JavaScript, of an endpoint with a path',
    partsOf(asJavaScript({ ...wish, endpoint: 'wss://localhost:4580/v-1a2b3c4d' })),
  ],
  ['SDK v3, Android and iOS', partsOf(asSdk({ ...wish, clientId: 'v1', sessionToken: 'a/b+c==' }))],
  ['C, whose Host has no port', partsOf(asC(wish), 'localhost')],
])('knows the signature of %s by the secret, and by no other', (_client, parts) => {
  expect(oddity(parts.query)).toBeUndefined();
  expect(isSignedWith('test', parts, NOW)).toBe(true);
  expect(isSignedWith('tess', parts, NOW)).toBe(false);
  expect(isSignedWith('test', { ...parts, host: 'elsewhere' }, NOW)).toBe(false);
  expect(isSignedWith('test', { ...parts, query: parts.query.replace('front', 'back') }, NOW)).toBe(false);
  expect(isSignedWith('test', { ...parts, query: `${parts.query}&more=1` }, NOW)).toBe(false);
});

it('knows the signature that the SDK itself makes', async () => {
  class Sha256 {
    #parts: Uint8Array[] = [];
    readonly #key: Uint8Array | undefined;
    constructor(key?: string | Uint8Array) {
      this.#key = key === undefined ? undefined : Buffer.from(key);
    }
    update(data: string | Uint8Array): void {
      this.#parts.push(Buffer.from(data));
    }
    async digest(): Promise<Uint8Array> {
      const hash = this.#key === undefined ? createHash('sha256') : createHmac('sha256', this.#key);
      for (const part of this.#parts) hash.update(part);
      return new Uint8Array(hash.digest());
    }
  }
  const signer = new SignatureV4({
    service: 'kinesisvideo',
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test', sessionToken: 'a/b+c==' },
    sha256: Sha256 as never,
  });
  const request = {
    ...{ method: 'GET', protocol: 'wss:', hostname: 'localhost', port: 4580, path: '/' },
    query: { 'X-Amz-ChannelARN': arn, 'X-Amz-ClientId': 'v1' },
    headers: { host: 'localhost:4580' },
  };
  const signed = await signer.presign(request, { expiresIn: 299, signingDate: new Date(NOW) });
  const query = Object.entries(signed.query ?? {})
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
  const parts = { path: '/', query, host: 'localhost:4580' };
  expect(isSignedWith('test', parts, NOW)).toBe(true);
  expect(isSignedWith('other', parts, NOW)).toBe(false);
});

const good = partsOf(asSdk(wish)).query;
it.each([
  ['X-Amz-Algorithm is not AWS4-HMAC-SHA256', good.replace('HMAC-SHA256', 'ECDSA')],
  ['X-Amz-Algorithm is not AWS4-HMAC-SHA256', ''],
  ['X-Amz-Credential has not five parts', good.replace('aws4_request', 'aws4_request%2Fx')],
  ['X-Amz-Credential does not end with aws4_request', good.replace('aws4_request', 'aws5_request')],
  ['X-Amz-Date is no date like 20260101T000000Z', good.replace('20261122T', '2026-11-22T')],
  ['X-Amz-Credential is of another day than X-Amz-Date', good.replace('20261122T', '20261123T')],
  ['X-Amz-Expires is not a number from 1 to 604800', good.replace('Expires=299', 'Expires=0')],
  ['X-Amz-Expires is not a number from 1 to 604800', good.replace('Expires=299', 'Expires=604801')],
  ['X-Amz-SignedHeaders does not name host', good.replace('SignedHeaders=host', 'SignedHeaders=date')],
  ['X-Amz-Signature is not 64 hexadecimal digits', good.slice(0, -1)],
  ['it has X-Amz-Date more than once', `${good}&X-Amz-Date=x`],
])('says that %s', (text, query) => {
  expect(oddity(query)).toBe(text);
  expect(isSignedWith('test', { path: '/', query, host: 'localhost:4580' }, NOW)).toBe(false);
});

it('tells until when a URL is good', () => {
  expect(presignedUntil(good)).toBe(NOW + 299_000);
  expect(presignedUntil('X-Amz-Date=x&X-Amz-Expires=5')).toBeUndefined();
  expect(presignedUntil(good.replace('Expires=299', 'Expires=x'))).toBeUndefined();
});
