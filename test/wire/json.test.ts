import { describe, expect, it } from 'vitest';
import { jsonOperation } from '../../src/operations/operation.ts';
import { serviceError } from '../../src/protocol/errors.ts';
import { string, structure } from '../../src/protocol/shapes.ts';
import { chunk, headerNames, LAST_CHUNK, post, postJson, rawSocket } from '../support/rawSocket.ts';
import { startServer } from '../support/testServer.ts';

const say = jsonOperation({
  name: 'Say',
  plane: 'control',
  path: '/say',
  actsOn: 'account',
  kind: 'json',
  input: structure({ Word: string({ max: 5 }) }),
  handle({ account, region, baseUrl }, { Word }) {
    if (Word === 'none') throw serviceError('streamNotFound');
    if (Word === 'bug') throw new Error('secret detail');
    return { Word: Word ?? null, account, baseUrl, region };
  },
});
const nothing = jsonOperation({
  name: 'Nothing',
  plane: 'control',
  path: '/nothing',
  actsOn: 'account',
  kind: 'json',
  input: structure({}),
  handle: () => undefined,
});

/** The whole answer to what is sent. */
async function answerTo(sent: string, ends: RegExp | string = /\}$/): Promise<string> {
  const { port } = await startServer([say, nothing]);
  const client = await rawSocket(port);
  client.send(sent);
  return client.until(ends);
}
const bodyOf = (answer: string): unknown => JSON.parse(answer.split('\r\n\r\n')[1] as string);

describe('a JSON operation', () => {
  it('answers with the headers of the service in its order', async () => {
    const answer = await answerTo(postJson('/say', '{"Word":"hi"}'));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(headerNames(answer)).toEqual(['Date', 'Content-Type', 'Content-Length', 'x-amzn-RequestId']);
    expect(bodyOf(answer)).toMatchObject({ Word: 'hi', account: '000000000000', region: 'us-east-1' });
  });

  it('dates its answer by the machine’s clock', async () => {
    const answer = await answerTo(postJson('/say', '{}'));
    const date = /\r\nDate: ([^\r]+ GMT)\r\n/.exec(answer)?.[1] as string;
    expect(Math.abs(Date.parse(date) - Date.now())).toBeLessThan(60_000);
  });

  it('counts the length of its answer in bytes', async () => {
    const answer = await answerTo(postJson('/say', '{"Word":"äöü€"}'));
    const body = answer.split('\r\n\r\n')[1] as string;
    expect(answer).toContain(`\r\nContent-Length: ${body.length}\r\n`);
    expect(Buffer.from(body, 'latin1').toString()).toContain('"Word":"äöü€"');
  });

  it('answers {} when it has nothing to say', async () => {
    expect(await answerTo(postJson('/nothing', '{}'))).toMatch(/\r\n\r\n\{\}$/);
  });

  it.each([
    ['no body', post('/say', 'Content-Length: 0')],
    ['no length', post('/say')],
    ['chunks', `${post('/say', 'Transfer-Encoding: chunked')}${chunk('{"Wor')}${chunk('d":null}')}${LAST_CHUNK}`],
    ['no content type', `${post('/say', 'Content-Length: 2')}{}`],
    ['an absolute target', postJson('http://elsewhere:1/say', '{}')],
    ['a doubled slash', postJson('//say', '{}')],
    ['a query', postJson('/say?a=b', '{}')],
    ['HTTP/1.0', 'POST /say HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}'],
    ['no Host', 'POST /say HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}'],
    ['a strange expectation', postJson('/say', '{}', 'Expect: the-unexpected')],
  ])('takes a request with %s', async (_what, sent) => {
    expect(await answerTo(sent)).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it('says 100 first to a client that waits for it', async () => {
    const answer = await answerTo(postJson('/say', '{}', 'Expect: 100-continue'));
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  });

  it('answers pipelined requests in order', async () => {
    const sent = postJson('/say', '{"Word":"one"}') + postJson('/say', '{"Word":"two"}');
    expect(await answerTo(sent, /"two"[^}]*\}$/)).toMatch(/"one".*"two"/s);
  });

  it('answers a client that has closed its own side', async () => {
    const { port } = await startServer([say]);
    const client = await rawSocket(port);
    client.send(postJson('/say', '{}'));
    client.end();
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\}$/s);
  });

  it('closes the connection when the client asks for that, and says so', async () => {
    const { port } = await startServer([say]);
    const client = await rawSocket(port);
    client.send(postJson('/say', '{}', 'Connection: close'));
    await client.ended;
    expect(client.received()).toContain('\r\nConnection: close\r\n');
  });
});

describe('an error', () => {
  it('of the service names itself in a header, with the headers of the service in its order', async () => {
    const answer = await answerTo(postJson('/say', '{"Word":"none"}'));
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    const names = ['x-amzn-RequestId', 'x-amzn-ErrorType', 'Content-Type', 'Content-Length', 'Date'];
    expect(headerNames(answer)).toEqual(names);
    expect(bodyOf(answer)).toEqual({ Message: 'The requested stream is not found or not active.' });
  });

  it('that is a bug of ours tells the log, and the client nothing', async () => {
    const { port, log } = await startServer([say]);
    const client = await rawSocket(port);
    client.send(postJson('/say', '{"Word":"bug"}'));
    const answer = await client.until('}');
    expect(answer).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
    expect(answer).toContain('\r\nx-amzn-ErrorType: InternalFailure:http://internal.amazon.com/');
    expect(answer).not.toContain('secret detail');
    expect(log).toEqual(['ERROR Say failed.']);
  });

  it.each([
    ['is no JSON', '{"Word"'],
    ['is no object', '[]'],
    ['has a member of the wrong type', '{"Word":1}'],
  ])('for a body that %s is a SerializationException', async (_what, body) => {
    const answer = await answerTo(postJson('/say', body));
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('\r\nx-amzn-ErrorType: SerializationException:');
  });

  it('leaves the connection open for the next request', async () => {
    const sent = postJson('/say', '{') + postJson('/say', '{"Word":"ok"}');
    await answerTo(sent, /^HTTP\/1\.1 400.*HTTP\/1\.1 200.*"ok"[^}]*\}$/s);
  });

  it('answers a body over 1 MiB before it is over, and serves on once it is', async () => {
    const { port } = await startServer([say]);
    const client = await rawSocket(port);
    const size = 3 * 1024 * 1024;
    client.send(post('/say', `Content-Length: ${size}`));
    client.send('x'.repeat(size / 2));
    const answer = await client.until('}');
    expect(answer).toMatch(/^HTTP\/1\.1 413 Payload Too Large\r\n/);
    expect(answer).toContain('\r\nx-amzn-ErrorType: RequestEntityTooLargeException:');
    client.send('x'.repeat(size / 2) + postJson('/say', '{"Word":"ok"}'));
    await client.until('"ok"');
  });

  it('takes a body of just 1 MiB', async () => {
    const body = `{"Word":"ok"${' '.repeat(1024 * 1024 - 13)}}`;
    expect(await answerTo(postJson('/say', body))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });
});

describe('who calls', () => {
  const credential = (scope: string): string =>
    `Authorization: AWS4-HMAC-SHA256 Credential=${scope}/kinesisvideo/aws4_request, SignedHeaders=host, Signature=00`;

  it.each([
    ['has the access key for an account if that is 12 digits', '123456789012/20260101/eu-west-1', '123456789012'],
    ['has the configured account otherwise', 'AKIDEXAMPLE/20260101/eu-west-1', '000000000000'],
  ])('%s, and the region of the credential scope', async (_what, scope, account) => {
    const answer = await answerTo(postJson('/say', '{}', credential(scope)));
    expect(bodyOf(answer)).toMatchObject({ account, region: 'eu-west-1' });
  });

  it('may have signed the query instead', async () => {
    const scope = encodeURIComponent('123456789012/20260101/ap-south-1/kinesisvideo/aws4_request');
    const answer = await answerTo(postJson(`/say?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${scope}`, '{}'));
    expect(bodyOf(answer)).toMatchObject({ account: '123456789012', region: 'ap-south-1' });
  });

  it.each(['Basic abc', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA256 Credential=a/b', ''])(
    'may send an Authorization that makes no sense: %j',
    async (value) => {
      const answer = await answerTo(postJson('/say', '{}', `Authorization: ${value}`));
      expect(bodyOf(answer)).toMatchObject({ account: '000000000000', region: 'us-east-1' });
    },
  );
});

describe('the address a caller is led back to', () => {
  async function baseUrl(host: string | undefined, publicUrl?: string, overTls = false): Promise<[string, number]> {
    const guests = { allowedHosts: ['*'] };
    const server = await startServer([say], { guests, ...(publicUrl === undefined ? {} : { publicUrl }) });
    const client = await rawSocket(server.port, overTls ? await server.ca() : undefined);
    const line = host === undefined ? '' : `Host: ${host}\r\n`;
    client.send(`POST /say HTTP/1.1\r\n${line}Content-Length: 2\r\n\r\n{}`);
    const answer = await client.until(/\}$/);
    return [(bodyOf(answer) as { baseUrl: string }).baseUrl, server.port];
  }

  it('has the host and port of the call', async () => {
    expect((await baseUrl('kvs.test:9000'))[0]).toBe('http://kvs.test:9000');
    expect((await baseUrl('[::1]:9000'))[0]).toBe('http://[::1]:9000');
  });

  it('has the scheme of the call', async () => {
    expect((await baseUrl('kvs.test:9000', undefined, true))[0]).toBe('https://kvs.test:9000');
  });

  it('has the listening port when the call names none, as the C and Java producers do', async () => {
    const [url, port] = await baseUrl('localhost');
    expect(url).toBe(`http://localhost:${port}`);
  });

  it('leaves out the port that the scheme has anyway', async () => {
    expect((await baseUrl('kvs.test:80'))[0]).toBe('http://kvs.test');
    expect((await baseUrl('kvs.test:443', undefined, true))[0]).toBe('https://kvs.test');
  });

  it.each([undefined, 'not a host', 'a/b', 'a:b:c'])('is localhost when the Host is %j', async (host) => {
    const [url, port] = await baseUrl(host);
    expect(url).toBe(`http://localhost:${port}`);
  });

  it('is the public one if that is configured', async () => {
    expect((await baseUrl('localhost', 'https://kvs.example.test/base'))[0]).toBe('https://kvs.example.test/base');
  });
});
