import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { ownAuthority } from '../../src/http/certificates/authority.ts';
import { bytesOperation, jsonOperation } from '../../src/operations/operation.ts';
import { post, postJson, rawSocket } from '../support/rawSocket.ts';
import { noInput, startServer } from '../support/testServer.ts';

const hello = jsonOperation({
  name: 'Hello',
  plane: 'control',
  path: '/hello',
  actsOn: 'account',
  kind: 'json',
  input: noInput,
  handle: ({ baseUrl }) => ({ baseUrl }),
});
const slow = bytesOperation({
  name: 'Slow',
  plane: 'media',
  path: '/slow',
  actsOn: 'account',
  kind: 'bytes',
  contentType: 'text/plain',
  input: noInput,
  handle: async ({ signal }) =>
    (async function* () {
      yield Buffer.from('first');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    })(),
});

describe('a connection that', () => {
  it.each([
    ['is not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['is binary', '\x00\x01\x02\x03\xff\xfe'],
    ['speaks HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['has a broken head', 'POST /hello HTTP/1.1\r\nno colon here\r\n\r\n'],
    ['has two lengths', post('/hello', 'Content-Length: 2', 'Content-Length: 3')],
    ['smuggles', post('/hello', 'Content-Length: 2', 'Transfer-Encoding: chunked')],
    ['wants a tunnel', 'CONNECT example.test:443 HTTP/1.1\r\nHost: example.test\r\n\r\n'],
  ])('%s gets 400, is closed, and harms nobody', async (_what, bytes) => {
    const { port } = await startServer([hello]);
    const client = await rawSocket(port);
    client.send(Buffer.from(bytes, 'latin1'));
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nx-amzn-RequestId: .*\{"message":"This is no/s);
    const next = await rawSocket(port);
    next.send(postJson('/hello', '{}'));
    await next.until('200 OK');
  });

  it('breaks its framing before the operation has begun gets 400', async () => {
    const { port } = await startServer([hello]);
    const client = await rawSocket(port);
    client.send(`${post('/hello', 'Transfer-Encoding: chunked')}nonsense\r\n`);
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it('sends garbage behind a good request still gets that answered', async () => {
    const { port } = await startServer([slow]);
    const client = await rawSocket(port);
    client.send(postJson('/slow', '{}'));
    await client.until('first');
    client.send('\x00\x01\x02');
    client.end();
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(client.received()).not.toContain('400');
  });

  it('sends a head without an end gets 431', async () => {
    const { port } = await startServer([hello]);
    const client = await rawSocket(port);
    client.send(`POST /hello HTTP/1.1\r\nX: ${'x'.repeat(20_000)}`);
    await client.until(/^HTTP\/1\.1 431 /);
    await client.ended;
  });

  it('sends nothing is dropped in the end', async () => {
    const { port } = await startServer([hello], { patience: { headMs: 50 } });
    const client = await rawSocket(port);
    await client.ended;
    expect(client.received()).toBe('');
  });

  it('sends half a head is dropped in the end, with 408', async () => {
    const { port } = await startServer([hello], { patience: { headMs: 50 } });
    const client = await rawSocket(port);
    client.send('POST /hello HT');
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  it('sends its first request byte by byte is served', async () => {
    const { port } = await startServer([hello]);
    const client = await rawSocket(port);
    for (const byte of postJson('/hello', '{}')) {
      await new Promise((resolve) => client.socket.write(byte, resolve));
    }
    await client.until('200 OK');
  });

  it('is closed at once by the client harms nobody', async () => {
    const { port, log } = await startServer([hello]);
    for (let i = 0; i < 5; i++) (await rawSocket(port)).socket.resetAndDestroy();
    const client = await rawSocket(port);
    client.send(postJson('/hello', '{}'));
    await client.until('200 OK');
    expect(log).toEqual([]);
  });
});

describe('https at the same port', () => {
  const call = (port: number, ca: string | undefined, host: string, servername?: string) =>
    new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const options = { port, host, path: '/hello', method: 'POST', agent: false, ...(ca ? { ca } : {}) };
      const made = request({ ...options, ...(servername ? { servername } : {}) }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          body += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode, body }));
      });
      made.on('error', reject).end('{}');
    });

  it.each(['localhost', '127.0.0.1'])('satisfies a client that trusts the CA, at %s', async (host) => {
    const server = await startServer([hello]);
    const { status, body } = await call(server.port, await server.ca(), host);
    expect(status).toBe(200);
    expect(body).toBe(`{"baseUrl":"https://${host}:${server.port}"}`);
  });

  it.each(['camera.localhost', 'kvs.example.test', 'a_b.internal'])(
    'has a certificate for whatever name a client uses: %s',
    async (servername) => {
      const server = await startServer([hello]);
      expect(await call(server.port, await server.ca(), '127.0.0.1', servername)).toMatchObject({ status: 200 });
    },
  );

  it('goes on when the certificate it began with is to be renewed, with a new one', async () => {
    let now = Date.now() - 80 * 86_400_000;
    const certificates = ownAuthority({ names: ['127.0.0.1'], now: () => now });
    const { port } = await startServer([hello], { certificates });
    const serial = async (): Promise<string> => {
      const { socket } = await rawSocket(port, await certificates.trusted());
      return (socket as TLSSocket).getPeerCertificate().serialNumber;
    };
    const first = await serial();
    now = Date.now();
    const second = await serial();
    expect(second).not.toBe(first);
    expect(await serial()).toBe(second);
  });

  it('does not satisfy a client that does not', async () => {
    const { port } = await startServer([hello]);
    await expect(call(port, undefined, 'localhost')).rejects.toThrow(/certificate/);
  });

  it('is served beside plain HTTP at the same time', async () => {
    const server = await startServer([hello]);
    const ca = await server.ca();
    const clients = await Promise.all([0, 1, 2, 3].map((i) => rawSocket(server.port, i % 2 === 0 ? undefined : ca)));
    for (const client of clients) client.send(postJson('/hello', '{}'));
    const answers = await Promise.all(clients.map((client) => client.until(/\}$/)));
    expect(answers.map((answer) => /"(https?):/.exec(answer)?.[1])).toEqual(['http', 'https', 'http', 'https']);
  });

  it('survives garbage that begins like TLS', async () => {
    const { port } = await startServer([hello]);
    const client = await rawSocket(port);
    client.send(Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5, 6, 7]));
    await client.ended;
    const next = await rawSocket(port);
    next.send(postJson('/hello', '{}'));
    await next.until('200 OK');
  });
});

describe('a request for what is no operation', () => {
  const CORAL = '{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException"},"Version":"1.0"}';

  async function ask(sent: string) {
    const { port, log } = await startServer([hello]);
    const client = await rawSocket(port);
    client.send(sent);
    return { answer: await client.until(/[}>]$/), log };
  }

  it.each([
    ['in the wrong case', '/Hello', 'application/json'],
    ['of another host', '/listFragments', 'application/x-amz-json-1.0'],
    ['with a charset', '/hello/', 'application/json; charset=utf-8'],
  ])('gets 200 and 90 bytes if it is JSON: a path %s', async (_what, path, type) => {
    const { answer, log } = await ask(`${post(path, `Content-Type: ${type}`, 'Content-Length: 2')}{}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain('\r\nContent-Length: 90\r\n');
    expect(answer.split('\r\n\r\n')[1]).toBe(CORAL);
    expect(log).toEqual([expect.stringMatching(/^WARN POST .* works here and would not on AWS.*case matters/)]);
  });

  it.each([
    ['has no content type', post('/unknown', 'Content-Length: 0')],
    ['is a GET', 'GET /hello HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['is a GET of the root', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'],
    ['is a PUT', 'PUT /hello HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}'],
    ['has a path that cannot be decoded', 'GET /%ff%zz HTTP/1.1\r\nHost: h\r\n\r\n'],
  ])('gets 404 and XML if it %s', async (_what, sent) => {
    const { answer, log } = await ask(sent);
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(answer).toContain('\r\nContent-Type: application/xml\r\n');
    expect(answer.split('\r\n\r\n')[1]).toBe('<UnknownOperationException/>');
    expect(log).toEqual([expect.stringMatching(/^WARN .* works here and would not on AWS.*case matters/)]);
  });

  it('gets no body if it is a HEAD', async () => {
    const { port } = await startServer([hello]);
    const client = await rawSocket(port);
    client.send('HEAD /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n');
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 404 Not Found\r\n.*Content-Length: 28\r\n.*\r\n\r\n$/s);
  });

  it('is told before it sends a body that it waits to send', async () => {
    const { answer } = await ask(post('/unknown', 'Content-Length: 5', 'Expect: 100-continue'));
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  });

  it('leaves the connection open for the next', async () => {
    const { port } = await startServer([hello]);
    const client = await rawSocket(port);
    client.send(postJson('/unknown', '{}') + postJson('/hello', '{}'));
    await client.until('"baseUrl"');
  });
});
