// What is refused is repeated in the answer, but not at any length, and never as a page.
import { describe, expect, it } from 'vitest';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { rawSocket } from '../support/rawSocket.ts';

const LONG = 'x'.repeat(10_000);

async function ask({ port }: TestEmulator, method: string, path: string, body = '', headers: string[] = []) {
  const client = await rawSocket(port);
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  client.send(`${[...head, 'Connection: close', '', ''].join('\r\n')}${body}`);
  await client.ended;
  const [answer = '', ...rest] = client.received().split('\r\n\r\n');
  return { status: Number(answer.slice(9, 12)), head: answer, body: rest.join('\r\n\r\n') };
}
const repeated = (body: string): number => body.match(/x/g)?.length ?? 0;
const many = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}${LONG.slice(0, 500)}`, LONG.slice(0, 500)]));
const MEDIA = ['x-amzn-fragment-timecode-type: ABSOLUTE'];

describe('an error repeats at most 256 characters', () => {
  it.each([
    ['of a path', 'GET', `/_kvs/${LONG}`, ''],
    ['of a method’s path', 'PUT', `/_kvs/clock?${LONG}`, ''],
    ['of a filter’s name', 'GET', `/_kvs/requests?${LONG}=1`, ''],
    ['of a filter’s value', 'GET', `/_kvs/requests?status=${LONG}`, ''],
    ['of a query', 'POST', `/_kvs/reset?${LONG}=1`, ''],
    ['of an account', 'POST', `/_kvs/reset?account=${LONG}`, ''],
    ['of a member', 'POST', '/_kvs/clock', JSON.stringify({ [LONG]: 1 })],
    ['of members', 'POST', '/_kvs/clock', JSON.stringify({ [LONG]: 1, [`${LONG}x`]: 2 })],
    ['of a value', 'POST', '/_kvs/clock', JSON.stringify({ advance: LONG })],
    ['of a value of another kind', 'POST', '/_kvs/clock', JSON.stringify({ set: [[LONG], LONG] })],
    ['of what is no JSON', 'POST', '/_kvs/clock', LONG],
    ['of a string', 'POST', '/createStream', JSON.stringify({ StreamName: LONG })],
    [
      'of a string that breaks two rules, together',
      'POST',
      '/createStream',
      JSON.stringify({ StreamName: `!${LONG}` }),
    ],
    [
      'of many strings, together',
      'POST',
      '/createStream',
      JSON.stringify({ StreamName: LONG, DeviceName: LONG, MediaType: LONG, KmsKeyId: LONG }),
    ],
    ['of a map', 'POST', '/createStream', JSON.stringify({ StreamName: 'cam', Tags: many(60) })],
    [
      'of the keys of a map',
      'POST',
      '/createStream',
      JSON.stringify({ StreamName: 'cam', Tags: Object.fromEntries(Object.keys(many(60)).map((key) => [key, null])) }),
    ],
    [
      'of a key whose value has another type',
      'POST',
      '/createStream',
      JSON.stringify({ StreamName: 'cam', Tags: { [LONG]: 1 } }),
    ],
    ['of a list', 'POST', '/untagStream', JSON.stringify({ StreamName: 'cam', TagKeyList: Object.keys(many(60)) })],
    [
      'of a name and an ARN that disagree',
      'POST',
      '/describeStream',
      JSON.stringify({
        StreamName: 'x'.repeat(256),
        StreamARN: `arn:aws:kinesisvideo:us-east-1:000000000000:stream/${'x'.repeat(800)}/1`,
      }),
    ],
    [
      'of an ARN',
      'POST',
      '/tagStream',
      JSON.stringify({
        StreamARN: `arn:aws:kinesisvideo:us-east-1:000000000000:channel/${'x'.repeat(800)}/1`,
        Tags: { a: 'b' },
      }),
    ],
    ['of a header', 'POST', '/putMedia', '', [...MEDIA, `x-amzn-stream-name: ${LONG}`]],
    ['of another header', 'POST', '/putMedia', '', [...MEDIA, `x-amzn-stream-arn: ${LONG}`]],
    ['of a type', 'POST', '/putMedia', '', [`x-amzn-fragment-timecode-type: ${LONG}`, 'x-amzn-stream-name: a']],
    [
      'of a time',
      'POST',
      '/putMedia',
      '',
      [...MEDIA, `x-amzn-producer-start-timestamp: ${LONG}`, 'x-amzn-stream-name: a'],
    ],
    ['of a session’s token', 'GET', `/hls/v1/getHLSMasterPlaylist.m3u8?SessionToken=${LONG}`, ''],
  ] as [string, string, string, string, string[]?][])('%s', async (_what, method, path, body, headers = []) => {
    const answer = await ask(await startEmulator(), method, path, body, headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(repeated(answer.body)).toBeLessThanOrEqual(256 + 20);
    expect(answer.body).not.toContain(LONG.slice(0, 257));
  });

  it.each([
    ['of a path', 'POST', `/${LONG}`, '{}'],
    ['of a member', 'POST', '/createStream', JSON.stringify({ StreamName: 'cam', [LONG]: 1 })],
  ])('%s when it is strict', async (_what, method, path, body) => {
    const headers = ['Authorization: AWS4-HMAC-SHA256 Credential=a/20300101/us-east-1/kinesisvideo/aws4_request'];
    const answer = await ask(await startEmulator({ strict: true }), method, path, body, headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(repeated(answer.body)).toBeLessThanOrEqual(256 + 20);
  });

  it('of many fragment numbers', async () => {
    const emulator = await startEmulator();
    await ask(emulator, 'POST', '/createStream', '{"StreamName":"cam","DataRetentionInHours":1}');
    const body = JSON.stringify({ StreamName: 'cam', Fragments: Array.from({ length: 1000 }, () => '9'.repeat(100)) });
    const answer = await ask(emulator, 'POST', '/getMediaForFragmentList', body);
    expect(answer.status).toBe(400);
    expect(answer.body.length).toBeLessThan(330);
  });
});

describe('the emulator’s own API', () => {
  const DEPTH = 400_000;

  it.each([
    ['a list', '['.repeat(DEPTH) + ']'.repeat(DEPTH)],
    ['an object', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['a value', `{"advance":${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}}`],
    ['a value without an end', `{"advance":${'['.repeat(DEPTH)}`],
  ])('answers %s as deep as the body is long with 400', async (_what, body) => {
    const answer = await ask(await startEmulator(), 'POST', '/_kvs/clock', body);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String), hint: expect.any(String) });
  });

  it('takes brackets inside a string for what they are', async () => {
    const answer = await ask(
      await startEmulator(),
      'POST',
      '/_kvs/clock',
      JSON.stringify({ advance: '['.repeat(5000) }),
    );
    expect(answer.body).toMatch(/cannot be \\"advance\\"/);
  });

  it.each([
    ['GET', '/_kvs'],
    ['GET', '/_kvs/'],
    ['GET', `/_kvs/${'a/'.repeat(7000)}`],
    ['GET', '/_kvs/%zz'],
    ['GET', '/_kvs/%ff/%00'],
    ['GET', '/_kvs/../health'],
    ['GET', '/_kvs/health/'],
    ['GET', '/_kvs/HEALTH'],
    ['TRACE', '/_kvs/health'],
    ['PATCH', '/_kvs/clock'],
    ['PROPFIND', '/_kvs/x'],
    ['GET', '/_kvs?<script>'],
    ['GET', '/_kvs/<script>alert(1)</script>'],
  ])('never answers with a page: %s %s', async (method, path) => {
    const answer = await ask(await startEmulator(), method, path);
    expect([404, 405]).toContain(answer.status);
    expect(answer.head).toContain('\r\nContent-Type: application/json\r\n');
    expect(Object.keys(JSON.parse(answer.body))).toEqual(['error', 'hint']);
  });

  it.each(['/_kvsfoo', '/_kvs.html', '/_kvs%2fhealth', '/_KVS/health', '/%5fkvs/health'])(
    'is not what begins like it: %s',
    async (path) => {
      const answer = await ask(await startEmulator(), 'GET', path);
      expect(answer.status).toBe(404);
      expect(answer.body).toBe('<UnknownOperationException/>');
    },
  );
});
