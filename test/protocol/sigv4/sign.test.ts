import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalRequest,
  EMPTY_PAYLOAD,
  presignQuery,
  type SignableRequest,
  sha256Hex,
  signature,
  signHeaders,
  toAmzDate,
  UNSIGNED_PAYLOAD,
} from '../../../src/protocol/sigv4/sign.ts';

const request = (over: Partial<SignableRequest>): SignableRequest => ({
  method: 'POST',
  path: '/describeStream',
  headers: {},
  payloadHash: EMPTY_PAYLOAD,
  ...over,
});

/** What real clients signed, with the secret key `secret`, region us-west-2. */
describe('gives the signature that was recorded from', () => {
  const compact = 'c2131f50d9b3f7bad37fed9febfb22a482dcb65488c2da9075fecf7356fb07c0';
  const recorded: [client: string, headers: Record<string, string>, payloadHash: string, signature: string][] = [
    [
      'boto3',
      { 'content-type': 'application/json', host: 'localhost:8899', 'x-amz-date': '20261122T144244Z' },
      sha256Hex('{"StreamName": "s1"}'),
      '2a9013b42449e0e8f771b356cf764467857f9c7fd2be17d2bb6ef87215dc9fde',
    ],
    [
      'the AWS CLI with a session token',
      {
        'content-type': 'application/json',
        host: 'localhost:8899',
        'x-amz-date': '20261122T144245Z',
        'x-amz-security-token': 'tok',
      },
      sha256Hex('{"StreamName": "s1"}'),
      'c6422094499786d8c32b478e7a88d1e456058a7320af8b33787dfd4de49ad9c5',
    ],
    [
      'the AWS SDK for JavaScript v3',
      {
        'amz-sdk-invocation-id': '4f2cf0bb-2d85-46c9-9a7e-7198d36d8e2d',
        'amz-sdk-request': 'attempt=1; max=3',
        'content-length': '19',
        'content-type': 'application/json',
        host: 'localhost:8899',
        'x-amz-content-sha256': compact,
        'x-amz-date': '20261122T144245Z',
        'x-amz-security-token': 'tok',
        'x-amz-user-agent': 'aws-sdk-js/3.1115.0',
      },
      compact,
      '1bee3d2241a1bebb9a4004ce56d3d44a35453dc1f6e94cb35948f9f1db9b529a',
    ],
    [
      'the AWS SDK for JavaScript v2',
      { host: 'localhost:8899', 'x-amz-content-sha256': compact, 'x-amz-date': '20261122T145259Z' },
      compact,
      '53716e95bdd7ef8bdbf7ce4e8751596f65064c05ad5f94a4b6270d9377cca587',
    ],
    [
      'the C producer, which leaves the port out',
      { host: 'localhost', 'user-agent': 'AWS-SDK-KVS/1.5.5', 'x-amz-date': '20261122T144244Z' },
      sha256Hex('{\n\t"StreamName": "s1"\n}'),
      '1f88b9df59b8f4d8949b66d637c5f408611973c95916e78fa3b3959687f6223d',
    ],
  ];

  test.each(recorded)('%s', (_client, headers, payloadHash, expected) => {
    const scope = { amzDate: headers['x-amz-date'] as string, region: 'us-west-2', service: 'kinesisvideo' };
    expect(signature(request({ headers, payloadHash }), scope, 'secret')).toBe(expected);
  });
});

describe('gives the signature that AWS publishes', () => {
  const key = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  const scope = { amzDate: '20150830T123600Z', region: 'us-east-1', service: 'service' };
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': '20150830T123600Z' };

  test('for a bare GET (get-vanilla)', () => {
    expect(signature(request({ method: 'GET', path: '/', headers }), scope, key)).toBe(
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    );
  });

  test('for a query whose names are out of order (get-vanilla-query-order-key-case)', () => {
    const unordered = request({ method: 'GET', path: '/', query: 'Param2=value2&Param1=value1', headers });
    expect(signature(unordered, scope, key)).toBe('b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500');
  });

  test('for a URL that carries its signature (the S3 guide)', () => {
    const query = presignQuery(
      request({
        method: 'GET',
        path: '/test.txt',
        headers: { host: 'examplebucket.s3.amazonaws.com' },
        payloadHash: UNSIGNED_PAYLOAD,
      }),
      {
        credentials: {
          accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
          secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
        },
        region: 'us-east-1',
        service: 's3',
        now: Date.UTC(2013, 4, 24),
        expiresIn: 86400,
      },
    );
    expect(new URLSearchParams(query).get('X-Amz-Signature')).toBe(
      'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
  });
});

test('dates are in the basic ISO form, to the second', () => {
  expect(toAmzDate(Date.UTC(2026, 10, 22, 14, 42, 44, 999))).toBe('20261122T144244Z');
});

test('a query that is no percent encoding is signed as it stands', () => {
  expect(canonicalRequest(request({ query: 'b=%zz&a' })).split('\n')[2]).toBe('a=&b=%25zz');
});

test('header values are trimmed and inner runs of blanks become one', () => {
  const text = canonicalRequest(request({ headers: { 'x-b': '  a   b ', host: 'h' } }));
  expect(text).toBe(`POST\n/describeStream\n\nhost:h\nx-b:a b\n\nhost;x-b\n${EMPTY_PAYLOAD}`);
});

test('every header given is signed, and the session token with them', () => {
  const credentials = { accessKeyId: 'AK', secretAccessKey: 'secret', sessionToken: 'tok' };
  const headers = signHeaders(request({ headers: { host: 'localhost:8899', 'content-type': 'application/json' } }), {
    credentials,
    region: 'us-west-2',
    now: Date.UTC(2026, 10, 22, 14, 42, 45),
  });
  expect(headers['x-amz-date']).toBe('20261122T144245Z');
  expect(headers['x-amz-security-token']).toBe('tok');
  expect(headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AK\/20261122\/us-west-2\/kinesisvideo\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
  );
});

/** node:crypto in the shape that the SDK's signer wants. */
class Sha256 {
  readonly #hash: { update(data: string | Uint8Array): unknown; digest(): Buffer };
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof data === 'string') return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

test('agrees with the signer of the AWS SDK on any path, query and header', async () => {
  const text = fc.string({ unit: fc.constantFrom(..."aZ09-_.~ !*()'=&+%/é:;,@$"), maxLength: 12 });
  const name = fc.string({ unit: fc.constantFrom(...'abcxyz'), minLength: 1, maxLength: 6 });
  const now = Date.UTC(2026, 10, 22, 14, 42, 44);
  const credentials = { accessKeyId: 'AK', secretAccessKey: 'secret', sessionToken: 'a+/=token' };
  const judge = new SignatureV4({ credentials, region: 'eu-west-1', service: 'kinesisvideo', sha256: Sha256 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        text.map(encodeURIComponent).filter((part) => !/^\.*$/.test(part)),
        { minLength: 1, maxLength: 3 },
      ),
      fc.dictionary(name, text, { maxKeys: 3 }),
      fc.dictionary(
        name.map((n) => `x-h-${n}`),
        text.map((t) => t.replace(/[^ -~]/g, '')),
        { maxKeys: 3 },
      ),
      async (path, query, own) => {
        const headers = { host: 'localhost:4580', 'x-amz-content-sha256': UNSIGNED_PAYLOAD, ...own };
        const mine = request({
          path: `/${path.join('/')}`,
          query: Object.entries(query)
            .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
            .join('&'),
          headers,
          payloadHash: UNSIGNED_PAYLOAD,
        });
        const theirs = { method: 'POST', protocol: 'http:', hostname: 'localhost', path: mine.path, query, headers };
        const options = { credentials, region: 'eu-west-1', now };
        const signed = await judge.sign(theirs, { signingDate: new Date(now) });
        expect(signHeaders(mine, options).authorization).toBe(signed.headers.authorization);
        const presigned = await judge.presign(
          { ...theirs, headers: { host: 'localhost:4580' } },
          { signingDate: new Date(now), expiresIn: 299 },
        );
        // The SDK hashes an absent body into a presigned URL.
        const url = presignQuery(
          { ...mine, headers: { host: 'localhost:4580' }, payloadHash: EMPTY_PAYLOAD },
          { ...options, expiresIn: 299 },
        );
        expect(new URLSearchParams(url).get('X-Amz-Signature')).toBe(presigned.query?.['X-Amz-Signature']);
      },
    ),
    { numRuns: 60 },
  );
});
