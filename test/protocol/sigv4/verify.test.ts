import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../src/protocol/errors.ts';
import { presignQuery, sha256Hex, signHeaders, UNSIGNED_PAYLOAD } from '../../../src/protocol/sigv4/sign.ts';
import { type SignedRequest, verify } from '../../../src/protocol/sigv4/verify.ts';

const NOW = Date.parse('2026-11-22T14:42:45Z');
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const keys: Readonly<Record<string, { secretAccessKey: string; sessionToken: string | null | undefined }>> = {
  AKID: { secretAccessKey: 'secret', sessionToken: undefined },
  PLAIN: { secretAccessKey: 'secret', sessionToken: null },
  TEMP: { secretAccessKey: 'secret', sessionToken: 'tok' },
  OLD: { secretAccessKey: 'secret', sessionToken: 'tok' },
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bodyOf = '{"StreamName": "s1"}';

function outcome(request: Partial<SignedRequest>, now = NOW, service = 'kinesisvideo'): string {
  const whole = { method: 'POST', path: '/describeStream', query: '', headers: {}, body: utf8(bodyOf), ...request };
  const find = (id: string) => (Object.hasOwn(keys, id) ? keys[id] : undefined);
  try {
    verify(whole, { service, now, find, isExpired: (key) => key === keys.OLD });
    return 'good';
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(error.status).toBe(403);
    return `${error.code}: ${error.message}`;
  }
}

const MISMATCH =
  'InvalidSignatureException: The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const date = '20261122T144245Z';
const scope = '20261122/us-west-2/kinesisvideo/aws4_request';
const authorization = (signed: string, signature: string, key = 'AKID', of = scope) =>
  `AWS4-HMAC-SHA256 Credential=${key}/${of}, SignedHeaders=${signed}, Signature=${signature}`;

/** As `signHeaders` signs it, with whatever else is to be sent. */
function signed(
  over: Partial<SignedRequest> = {},
  key = 'AKID',
  payloadHash?: string,
  more: Record<string, string> = {},
) {
  const { method = 'POST', path = '/describeStream', query = '', headers = {} } = over;
  const body = 'body' in over ? over.body : utf8(bodyOf);
  const hash = payloadHash ?? sha256Hex(body ?? '');
  const { sessionToken } = keys[key] ?? {};
  const credentials = { accessKeyId: key, secretAccessKey: 'secret', ...(sessionToken ? { sessionToken } : {}) };
  const request = {
    method,
    path,
    query,
    headers: { host: 'localhost:8899', ...(headers as object) },
    payloadHash: hash,
  };
  return { ...over, headers: { ...signHeaders(request, { credentials, region: 'us-west-2', now: NOW }), ...more } };
}

describe('the signature of', () => {
  const recorded: [client: string, headers: Record<string, string>, body: string, signature: string][] = [
    [
      'boto3',
      { 'content-type': 'application/json', host: 'localhost:8899', 'x-amz-date': '20261122T144244Z' },
      bodyOf,
      '2a9013b42449e0e8f771b356cf764467857f9c7fd2be17d2bb6ef87215dc9fde',
    ],
    [
      'the AWS CLI with a session token',
      {
        'content-type': 'application/json',
        host: 'localhost:8899',
        'x-amz-date': date,
        'x-amz-security-token': 'tok',
      },
      bodyOf,
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
        'x-amz-content-sha256': 'c2131f50d9b3f7bad37fed9febfb22a482dcb65488c2da9075fecf7356fb07c0',
        'x-amz-date': date,
        'x-amz-security-token': 'tok',
        'x-amz-user-agent': 'aws-sdk-js/3.1115.0',
      },
      '{"StreamName":"s1"}',
      '1bee3d2241a1bebb9a4004ce56d3d44a35453dc1f6e94cb35948f9f1db9b529a',
    ],
    [
      'the C producer, which leaves the port out',
      { host: 'localhost', 'user-agent': 'AWS-SDK-KVS/1.5.5', 'x-amz-date': '20261122T144244Z' },
      '{\n\t"StreamName": "s1"\n}',
      '1f88b9df59b8f4d8949b66d637c5f408611973c95916e78fa3b3959687f6223d',
    ],
  ];

  it.each(recorded)('%s is known, and with a changed byte it is not', (_client, headers, text, signature) => {
    const given = { ...headers, authorization: authorization(Object.keys(headers).sort().join(';'), signature) };
    expect(outcome({ headers: given, body: utf8(text) })).toBe('good');
    const other = signature.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    const wrong = [
      { headers: given, body: utf8(text.replace('s1', 's2')) },
      { headers: { ...given, host: 'localhost:8898' }, body: utf8(text) },
      { headers: given, body: utf8(text), path: '/deleteStream' },
      { headers: given, body: utf8(text), method: 'PUT' },
      { headers: given, body: utf8(text), query: 'a=1' },
      { headers: { ...given, authorization: given.authorization.replace(signature, other) }, body: utf8(text) },
      { headers: { ...given, authorization: given.authorization.replace(signature, '00') }, body: utf8(text) },
      { headers: { ...given, authorization: given.authorization.replace('us-west-2', 'us-west-1') }, body: utf8(text) },
    ];
    expect(wrong.map((request) => outcome(request))).toEqual(wrong.map(() => MISMATCH));
  });

  it('JavaScript v2 is known', () => {
    const headers = {
      host: 'localhost:8899',
      'x-amz-content-sha256': 'c2131f50d9b3f7bad37fed9febfb22a482dcb65488c2da9075fecf7356fb07c0',
      'x-amz-date': '20261122T145259Z',
      authorization: authorization(
        'host;x-amz-content-sha256;x-amz-date',
        '53716e95bdd7ef8bdbf7ce4e8751596f65064c05ad5f94a4b6270d9377cca587',
      ),
    };
    const then = Date.parse('2026-11-22T14:52:59Z');
    expect(outcome({ headers, body: utf8('{"StreamName":"s1"}') }, then)).toBe('good');
  });

  it('clients in more regions than keys are kept for are known, and the first of them again', () => {
    const request = { method: 'POST', path: '/describeStream', headers: { host: 'localhost:8899' } };
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
    const known = (region: string): string =>
      outcome({
        headers: signHeaders({ ...request, payloadHash: sha256Hex(bodyOf) }, { credentials, region, now: NOW }),
      });
    const regions = Array.from({ length: 1001 }, (_, n) => `region-${n}`);
    expect(new Set([...regions, 'region-0'].map(known))).toEqual(new Set(['good']));
  });

  it('a client with a doubled slash is known, be the slash signed or not', () => {
    const once = signed();
    expect(outcome({ ...once, path: '//describeStream' })).toBe('good');
    expect(outcome(signed({ path: '//describeStream' }))).toBe('good');
  });

  it('a header that is not ASCII is known by the bytes that came', () => {
    const { authorization: value, ...headers } = signed({ headers: { 'user-agent': 'é' } }).headers as Record<
      string,
      string
    >;
    const received = { ...headers, 'user-agent': Buffer.from('é').toString('latin1'), authorization: value };
    expect(outcome({ headers: received })).toBe('good');
  });
});

describe('of a body that is read as a whole', () => {
  it('what stands for it is its hash', () => {
    expect(outcome(signed({}, 'AKID', sha256Hex(bodyOf), { 'x-amz-content-sha256': sha256Hex(bodyOf) }))).toBe('good');
    const other = sha256Hex('other');
    expect(outcome(signed({ headers: { 'x-amz-content-sha256': other } }, 'AKID', other))).toBe(MISMATCH);
    const unsigned = { 'x-amz-content-sha256': UNSIGNED_PAYLOAD };
    expect(outcome(signed({ headers: unsigned }, 'AKID', UNSIGNED_PAYLOAD))).toBe(MISMATCH);
    expect(outcome(signed({}, 'AKID', EMPTY))).toBe(MISMATCH);
  });
});

describe('of PutMedia, whose body comes later, what stands for it', () => {
  const put = { path: '/putMedia', body: undefined };
  const STREAMING = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';

  it.each([
    ['is nothing: the C producer', EMPTY, {}],
    ['is said and not signed: the Java producer', UNSIGNED_PAYLOAD, { 'x-amz-content-sha256': UNSIGNED_PAYLOAD }],
    ['is a word that nothing says: pre-signed', UNSIGNED_PAYLOAD, {}],
    ['is the word for chunks: the Java SDK', STREAMING, { 'x-amz-content-sha256': STREAMING }],
    ['is any hash', sha256Hex('x'), { 'x-amz-content-sha256': sha256Hex('x') }],
  ])('%s', (_how, hash, more) => {
    expect(outcome(signed(put, 'AKID', hash, more as Record<string, string>))).toBe('good');
  });

  it('is nothing else', () => {
    expect(outcome(signed(put, 'AKID', sha256Hex('x')))).toBe(MISMATCH);
    expect(outcome(signed(put, 'AKID', EMPTY, { 'x-amz-content-sha256': STREAMING }))).toBe(MISMATCH);
  });

  it('may be signed in the URL', () => {
    const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
    for (const payloadHash of [EMPTY, UNSIGNED_PAYLOAD]) {
      const request = { method: 'POST', path: '/putMedia', headers: { host: 'h' }, payloadHash };
      const query = presignQuery(request, { credentials, region: 'us-west-2', now: NOW, expiresIn: 60 });
      expect(outcome({ ...put, query, headers: { host: 'h' } })).toBe('good');
      expect(outcome({ ...put, query: query.replace('us-west-2', 'us-west-1'), headers: { host: 'h' } })).toBe(
        MISMATCH,
      );
    }
  });

  it('is of headers that others take for the connection’s own', () => {
    const headers = { connection: 'keep-alive', 'transfer-encoding': 'chunked', 'x-amzn-stream-name': 'cam' };
    expect(outcome(signed({ ...put, headers }, 'AKID', EMPTY))).toBe('good');
  });
});

describe('a session token', () => {
  it('stands in the URL of a request that is presigned', () => {
    const request = { method: 'POST', path: '/describeStream', headers: { host: 'localhost:8899' } };
    const credentials = { accessKeyId: 'TEMP', secretAccessKey: 'secret', sessionToken: 'tok' };
    const of = (given: typeof credentials): string =>
      outcome({
        query: presignQuery(
          { ...request, payloadHash: sha256Hex(bodyOf) },
          { credentials: given, region: 'us-west-2', now: NOW, expiresIn: 60 },
        ),
        headers: { host: 'localhost:8899' },
      });
    expect(of(credentials)).toBe('good');
    expect(of({ ...credentials, sessionToken: 'kot' })).toMatch(/^UnrecognizedClientException/);
  });

  it('may be signed or not', () => {
    expect(outcome(signed({}, 'TEMP'))).toBe('good');
    expect(outcome(signed({}, 'PLAIN'))).toBe('good');
    expect(outcome({ headers: { ...tempHeaders(), 'x-amz-security-token': 'tok' } })).toBe('good');
  });

  it.each([
    ['is missing', () => outcome({ headers: tempHeaders() })],
    ['is another', () => outcome({ headers: { ...tempHeaders(), 'x-amz-security-token': 'kot' } })],
    [
      'comes with a key that has none',
      () => outcome({ headers: { ...plainHeaders(), 'x-amz-security-token': 'tok' } }),
    ],
  ])('that %s is refused, without a period', (_how, ask) => {
    expect(ask()).toBe('UnrecognizedClientException: The security token included in the request is invalid');
  });

  it('that has expired is refused', () => {
    expect(outcome(signed({}, 'OLD'))).toBe(
      'ExpiredTokenException: The security token included in the request is expired',
    );
  });

  /** Signed without the token. */
  const withoutToken = (key: string): Record<string, string> =>
    signHeaders(
      {
        method: 'POST',
        path: '/describeStream',
        headers: { host: 'localhost:8899' },
        payloadHash: sha256Hex(bodyOf),
      },
      { credentials: { accessKeyId: key, secretAccessKey: 'secret' }, region: 'us-west-2', now: NOW },
    );
  const tempHeaders = () => withoutToken('TEMP');
  const plainHeaders = () => withoutToken('PLAIN');
});

describe('what is wrong is told in AWS’s words:', () => {
  const good = signed().headers as Record<string, string>;
  const value = good.authorization as string;
  const header = (authorizationValue: string, more: Record<string, string> = {}) =>
    outcome({ headers: { ...good, ...more, authorization: authorizationValue } });
  const without = (...names: string[]) =>
    outcome({ headers: Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name))) });
  const IN_QUERY = presignQuery(
    { method: 'POST', path: '/describeStream', headers: { host: 'localhost:8899' }, payloadHash: sha256Hex(bodyOf) },
    { credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' }, region: 'us-west-2', now: NOW, expiresIn: 60 },
  );
  const query = (text: string) => outcome({ query: text, headers: { host: 'localhost:8899' } });
  const at = (when: string) => outcome({ headers: good }, Date.parse(when));

  it('the requests are good before they are spoilt', () => {
    expect([header(value), query(IN_QUERY)]).toEqual(['good', 'good']);
  });

  it.each([
    [
      'signed twice',
      () => outcome({ headers: good, query: IN_QUERY }),
      "InvalidSignatureException: Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    ],
    ['not signed', () => without('authorization'), 'MissingAuthenticationTokenException: Missing Authentication Token'],
    ['of another kind', () => header('Bearer x'), 'MissingAuthenticationTokenException: Missing Authentication Token'],
    [
      'nothing but the algorithm',
      () => outcome({ headers: { host: 'h', authorization: 'AWS4-HMAC-SHA256' } }),
      "IncompleteSignatureException: Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256",
    ],
    [
      'no date',
      () => without('x-amz-date'),
      `IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=${value}`,
    ],
    [
      'a query with no more than the algorithm',
      () => query('X-Amz-Algorithm=AWS4-HMAC-SHA256'),
      "IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
    ],
    [
      'no such date',
      () => header(value, { 'x-amz-date': '2026-11-22' }),
      "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '2026-11-22'. See http://en.wikipedia.org/wiki/ISO_8601",
    ],
    [
      'too old',
      () => at('2026-11-22T14:47:46Z'),
      'InvalidSignatureException: Signature expired: 20261122T144245Z is now earlier than 20261122T144246Z (20261122T144746Z - 5 min.)',
    ],
    [
      'of the future',
      () => at('2026-11-22T14:37:44Z'),
      'InvalidSignatureException: Signature not yet current: 20261122T144245Z is still later than 20261122T144244Z (20261122T143744Z + 5 min.)',
    ],
    [
      'a URL that has outlived itself',
      () => outcome({ query: IN_QUERY, headers: { host: 'localhost:8899' } }, NOW + 61_000),
      'InvalidSignatureException: Signature expired: 20261122T144345Z is now earlier than 20261122T144346Z (20261122T144346Z - 5 min.)',
    ],
    [
      'without the host',
      () => header(value.replace('host;', '')),
      "InvalidSignatureException: 'Host' must be a 'SignedHeader' in the AWS Authorization.",
    ],
    [
      'another algorithm',
      () => header(value.replace('HMAC-SHA256', 'ECDSA')),
      "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-ECDSA' (only AWS4-HMAC-SHA256 for now). ",
    ],
    [
      'a credential of four parts',
      () => header(value.replace('/aws4_request', '')),
      "IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKID/20261122/us-west-2/kinesisvideo'",
    ],
    [
      'a scope of which nothing is right',
      () => header(value.replace(scope, '20261121/US WEST/s3/aws5_request')),
      "InvalidSignatureException: Credential should be scoped to a valid region, not 'US WEST'. Credential should be scoped to correct service: 'kinesisvideo'. Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20261121' != '20261122', from '20261122T144245Z'.",
    ],
    [
      'a key nobody knows, before its signature',
      () => header(value.replace('AKID', 'AKIE')),
      'UnrecognizedClientException: The security token included in the request is invalid.',
    ],
    ['a name of JavaScript’s own', () => header(value.replace('host;', 'constructor;host;__proto__;')), MISMATCH],
    [
      'an odd URL',
      () => query(IN_QUERY.replace('Expires=60', 'Expires=x')),
      expect.stringMatching(/^IncompleteSignatureException: .*X-Amz-Expires/),
    ],
  ])('%s', (_what, ask, told) => {
    expect(ask()).toEqual(told);
  });

  it('and takes a Date header in the place of X-Amz-Date', () => {
    const { authorization: signature, ...headers } = good;
    const renamed = { ...headers, date: headers['x-amz-date'] as string, 'x-amz-date': undefined };
    // It was signed as another header: that is all that is wrong.
    expect(outcome({ headers: { ...renamed, authorization: signature } as never })).toBe(MISMATCH);
  });

  it('for another service by its own name', () => {
    expect(outcome({ headers: good }, NOW, 'sts')).toBe(
      "InvalidSignatureException: Credential should be scoped to correct service: 'sts'. ",
    );
  });
});
