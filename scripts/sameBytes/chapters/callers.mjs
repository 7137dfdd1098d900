// Who asks, and in what words: hosts, pages, credentials, versions of HTTP, and what is none.
import { authorization } from '../player.mjs';

const DESCRIBE = { path: '/describeStream', body: '{"StreamName":"cam"}' };
const ENDPOINT = { path: '/getDataEndpoint', body: '{"StreamName":"cam","APIName":"GET_MEDIA"}' };
const HOSTS = [
  null,
  '',
  'localhost',
  'example.com',
  'evil.example.com:4580',
  'kvs.test',
  'kinesisvideo.us-east-1.amazonaws.com',
  's-1a2b3c4d.kinesisvideo.us-west-2.amazonaws.com',
  '[::1]:4580',
  '127.1',
  'a b',
  'host.docker.internal:9',
];
const ORIGINS = [
  'http://localhost:3000',
  'https://example.com',
  'null',
  'http://127.0.0.1',
  'file://',
  'chrome-extension://a',
];
const scope = (text) => `AWS4-HMAC-SHA256 Credential=${text}, SignedHeaders=host, Signature=0`;
const CREDENTIALS = [
  '',
  'Bearer abc',
  'Basic dGVzdDp0ZXN0',
  'AWS4-HMAC-SHA256',
  'AWS4-HMAC-SHA256 Credential=',
  scope('AKID'),
  scope('AKID/20300101/us-east-1/kinesisvideo'),
  scope('AKID/20300101/us-east-1/s3/aws4_request'),
  scope('AKID/20300101//kinesisvideo/aws4_request'),
  scope('AKID/20300101/US EAST/kinesisvideo/aws4_request'),
  scope('12345678901/20300101/us-east-1/kinesisvideo/aws4_request'),
  scope('123456789012/20300101/ap-southeast-2/kinesisvideo/aws4_request'),
  scope('a/b/c/20300101/eu-central-1/kinesisvideo/aws4_request'),
  'AWS4-ECDSA-P256-SHA256 Credential=AKID/20300101/kinesisvideo/aws4_request, SignedHeaders=host, Signature=0',
];
/** The answer to what is signed at another time than the machine's says which that is. */
const TIMES = [/\d{8}T\d{6}Z/g];

async function hostsAndPages(play) {
  for (const host of HOSTS) {
    await play.http(`Host ${host}`, { ...ENDPOINT, host });
    await play.own('GET', '/requests?operation=Nothing', undefined, { host });
  }
  for (const Origin of ORIGINS) {
    await play.http(`Origin ${Origin}`, { ...DESCRIBE, headers: { Origin } });
    await play.own('GET', '/requests?operation=Nothing', undefined, { headers: { Origin } });
    await play.http(`preflight of ${Origin}`, {
      method: 'OPTIONS',
      path: '/describeStream',
      headers: {
        Origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,x-amz-date',
        'Access-Control-Request-Private-Network': 'true',
      },
    });
  }
  await play.own('GET', '/requests?operation=Nothing', undefined, { headers: { 'Sec-Fetch-Site': 'cross-site' } });
  const forwarded = {
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'kvs.test:8443',
    'X-Forwarded-For': '10.0.0.9',
  };
  await play.http('through a proxy', { ...ENDPOINT, headers: forwarded });
  await play.http('through a proxy', { ...ENDPOINT, headers: { Forwarded: 'for=10.0.0.9;host=kvs.test;proto=https' } });
  await play.http('from a producer', { ...ENDPOINT, host: '10.1.2.3', headers: { 'User-Agent': 'AWS-SDK-KVS/3.0.0' } });
  await play.http('over TLS', { ...ENDPOINT, secure: true });
}

async function credentials(play) {
  for (const Authorization of CREDENTIALS) {
    await play.http(`Authorization ${Authorization}`, { ...DESCRIBE, signed: false, headers: { Authorization } });
  }
  for (const date of ['20200101T000000Z', '20990101T000000Z', 'yesterday', '']) {
    await play.http(`signed ${date}`, { ...DESCRIBE, headers: { 'X-Amz-Date': date }, masks: TIMES });
  }
  const query =
    'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20300101%2Feu-west-1%2Fkinesisvideo%2Faws4_request';
  await play.http('signed in its query', { ...DESCRIBE, path: `/describeStream?${query}`, signed: false });
  const twice = { authorization: authorization({ account: '111122223333' }) };
  await play.http('signed twice', { ...DESCRIBE, headers: twice });
}

async function otherPaths(play) {
  for (const path of [
    '/',
    '/createstream',
    '/favicon.ico',
    '/describeStream/x',
    '/hls/v1/nothing.m3u8',
    '/dash/',
    '//',
  ]) {
    for (const method of ['GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'PATCH']) await play.http(path, { method, path });
    await play.http(`${path} with JSON`, { path, body: '{}' });
    await play.http(`${path} with AWS's JSON`, {
      path,
      body: '{}',
      headers: { 'Content-Type': 'application/x-amz-json-1.1' },
    });
  }
  const target = `http://127.0.0.1:${play.port}/describeStream`;
  await play.http('an absolute target', { ...DESCRIBE, path: target });
  await play.http('an absolute target elsewhere', { ...DESCRIBE, path: 'https://example.com/describeStream' });
}

async function framing(play) {
  const { path, body } = DESCRIBE;
  const length = { 'Content-Length': body.length };
  const head = (headers, more = {}) => play.head({ path, headers, ...more });
  const whole = Buffer.concat([head(length), Buffer.from(body)]);
  await play.raw('two requests at once', Buffer.concat([whole, whole]), { answers: 2 });
  await play.raw('HTTP/1.0', Buffer.concat([head(length, { version: '1.0' }), Buffer.from(body)]));
  await play.raw('Connection: close', Buffer.concat([head({ ...length, Connection: 'close' }), Buffer.from(body)]));
  await play.raw(
    'Expect: 100-continue',
    Buffer.concat([head({ ...length, Expect: '100-continue' }), Buffer.from(body)]),
  );
  await play.raw('Expect: nothing', Buffer.concat([head({ ...length, Expect: 'nothing' }), Buffer.from(body)]));
  const chunked = `5\r\n${body.slice(0, 5)}\r\n${(body.length - 5).toString(16)}\r\n${body.slice(5)}\r\n0\r\n\r\n`;
  await play.raw('chunks', Buffer.concat([head({ 'Transfer-Encoding': 'chunked' }), Buffer.from(chunked)]));
  await play.raw('broken chunks', Buffer.concat([head({ 'Transfer-Encoding': 'chunked' }), Buffer.from('zz\r\n')]));
  await play.raw('no HTTP', Buffer.from('hello\r\n\r\n'));
  await play.raw('no version', Buffer.from('POST /describeStream\r\n\r\n'));
  await play.raw('HTTP/2', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
  await play.raw('two lengths', Buffer.concat([head({ 'Content-Length': 1, 'content-length': 2 }), Buffer.from('{}')]));
  await play.raw('a long head', head({ 'X-Long': 'a'.repeat(40_000) }));
  await play.raw('CONNECT', Buffer.from('CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n'));
  const long = JSON.stringify({ StreamName: 'cam', More: 'a'.repeat(1_100_000) });
  await play.ask('DescribeStream', long, { why: 'too long' });
  await play.ask('DescribeStream', `${'['.repeat(50_000)}`, { why: 'too deep' });
}

export async function callers(play) {
  await play.ask('CreateStream', { StreamName: 'cam' });
  await hostsAndPages(play);
  await credentials(play);
  await otherPaths(play);
  await framing(play);
}
