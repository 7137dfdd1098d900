// Nothing waits for ever. Times are those of the network, so they are real ones, and short.
import { describe, expect, it } from 'vitest';
import { nothing, route } from '../../src/admin/adminRoute.ts';
import { told } from '../../src/admin/answerShapes.ts';
import { bytesOperation, duplexOperation, jsonOperation, resourceOperation } from '../../src/operations/operation.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { post, postJson, rawSocket } from '../support/rawSocket.ts';
import { deferred, noInput, startServer } from '../support/testServer.ts';

const SOON = { headMs: 50, bodyMs: 50, readerMs: 50, lastMs: 50 };
const NEVER = { headMs: 1e8, bodyMs: 1e8, readerMs: 1e8, lastMs: 1e8 };
/** More than all buffers between two sockets hold. */
const MUCH = Buffer.alloc(64 * 1024 * 1024);

const act = jsonOperation({
  name: 'Act',
  plane: 'control',
  path: '/act',
  actsOn: 'account',
  kind: 'json',
  input: noInput,
  handle: () => ({ done: true }),
});
const file = resourceOperation({
  name: 'File',
  plane: 'archived',
  path: '/hls/v1/file',
  actsOn: 'account',
  kind: 'resource',
  input: noInput,
  handle: () => ({ contentType: 'text/plain', body: 'short' }),
});
const own = route({
  kind: 'json',
  method: 'POST',
  path: '/act',
  summary: '',
  input: nothing('This'),
  answer: told({}),
  example: {},
  library: [],
  command: [],
  handle: () => ({}),
});

/** An operation with an answer that is too long to be sent unread; `gone` resolves when its caller has been given up. */
function endless() {
  const gone = deferred();
  const begun = deferred();
  const operation = bytesOperation({
    name: 'Endless',
    plane: 'media',
    path: '/endless',
    actsOn: 'account',
    kind: 'bytes',
    contentType: 'text/plain',
    input: noInput,
    handle: async ({ signal }) => {
      signal.addEventListener('abort', () => gone.resolve());
      return (async function* () {
        begun.resolve();
        for (;;) yield MUCH;
      })();
    },
  });
  return { operation, gone: gone.promise, begun: begun.promise };
}

describe('a body that does not come', () => {
  it.each([
    ['at all', post('/act', 'Content-Length: 10')],
    ['to its end', `${post('/act', 'Content-Length: 10')}{`],
    ['to its last chunk', `${post('/act', 'Transfer-Encoding: chunked')}1\r\n{\r\n`],
    ['to the end of a chunk', `${post('/act', 'Transfer-Encoding: chunked')}5\r\n{`],
    ['after it was told to', post('/act', 'Content-Length: 10', 'Expect: 100-continue')],
  ])('%s is waited for a while, then answered with 408 and cut', async (_what, sent) => {
    const { port } = await startServer([act], { patience: SOON });
    const client = await rawSocket(port);
    client.send(sent);
    await client.ended;
    expect(client.received()).toMatch(
      /HTTP\/1\.1 408 Request Timeout\r\n.*x-amzn-ErrorType: RequestTimeoutException:.*did not come in time/s,
    );
  });

  it('is waited for no longer because a byte comes now and then', async () => {
    const { port } = await startServer([act], { patience: SOON });
    const client = await rawSocket(port);
    let over = false;
    void client.closed.then(() => {
      over = true;
    });
    client.send(post('/act', 'Content-Length: 1000000'));
    while (!over) {
      client.socket.write(' ');
      await eventLoopTurn();
    }
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('is not waited for at /_kvs either', async () => {
    const { port } = await startServer([], { patience: SOON, admin: [own] });
    const client = await rawSocket(port);
    client.send(post('/_kvs/act', 'Content-Length: 10'));
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 .*\{"error":"The body did not come\.","hint":/s);
  });

  it('and was not needed for the answer is cut behind it', async () => {
    const { port } = await startServer([file], { patience: SOON });
    const client = await rawSocket(port);
    client.send('GET /hls/v1/file HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n');
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*short$/s);
  });

  it('of a guest who was refused is cut too', async () => {
    const { port } = await startServer([act], { patience: SOON });
    const client = await rawSocket(port);
    client.send(post('/act', 'Content-Length: 10', 'Origin: https://evil.example'));
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 403 /);
  });

  it('whole leaves the connection to the next request', async () => {
    const { port } = await startServer([act], { patience: { ...NEVER, lastMs: 0 } });
    const client = await rawSocket(port);
    client.send(postJson('/act', '{}'));
    await client.until('"done"');
    client.send(postJson('/act', '{}'));
    await client.until(/"done".*"done"/s);
  });

  it('may take its time if it is an upload', async () => {
    const received = deferred<string>();
    const upload = duplexOperation({
      name: 'Upload',
      plane: 'media',
      path: '/upload',
      actsOn: 'account',
      kind: 'duplex',
      contentType: 'text/plain',
      headers: {},
      input: noInput,
      handle: async (_context, _input, _target, body) =>
        (async function* () {
          for await (const piece of body) received.resolve(Buffer.from(piece).toString());
          yield 'over\n';
        })(),
    });
    const { port } = await startServer([upload, act], { patience: { ...NEVER, bodyMs: 1 } });
    const client = await rawSocket(port);
    client.send(post('/upload', 'Content-Length: 5'));
    await client.until('200 OK');
    // Another's body is long overdue by now.
    const other = await rawSocket(port);
    other.send(post('/act', 'Content-Length: 10'));
    await other.until('408 ');
    client.send('media');
    await client.until('over\n');
    expect(await received.promise).toBe('media');
  });
});

describe('an answer that nobody reads', () => {
  it.each([false, true])('is given up after a while, and the connection with it (over TLS: %s)', async (tls) => {
    const { operation, gone } = endless();
    const server = await startServer([operation], { patience: { ...NEVER, readerMs: 50 } });
    const client = await rawSocket(server.port, tls ? await server.ca() : undefined);
    client.socket.pause();
    client.send(postJson('/endless', '{}'));
    await gone;
  });

  it('is given up when its time is over, however patient the network is', async () => {
    const { operation, gone, begun } = endless();
    let over: () => void = () => undefined;
    const timed = bytesOperation({
      ...operation,
      handle: (context, input, target) => {
        over = () => context.timeIsOver();
        return operation.handle(context, input, target);
      },
    });
    const { port } = await startServer([timed], { patience: { ...NEVER, lastMs: 50 } });
    const client = await rawSocket(port);
    client.socket.pause();
    client.send(postJson('/endless', '{}'));
    await begun;
    over();
    await gone;
  });

  it('ends as it should for one who reads when its time is over', async () => {
    const { operation } = endless();
    let over: () => void = () => undefined;
    const timed = bytesOperation({
      ...operation,
      handle: async (context) => {
        over = () => context.timeIsOver();
        return (async function* () {
          for (;;) {
            yield Buffer.from('piece');
            await eventLoopTurn();
          }
        })();
      },
    });
    const { port } = await startServer([timed], { patience: NEVER });
    const client = await rawSocket(port);
    client.send(postJson('/endless', '{}'));
    await client.until('piece');
    over();
    await client.until(/piece\r\n0\r\n\r\n$/);
  });

  it('is given up if it is a whole one', async () => {
    const whole = resourceOperation({ ...file, handle: () => ({ contentType: 'text/plain', body: MUCH }) });
    const { port } = await startServer([whole], { patience: { ...NEVER, readerMs: 50 } });
    const client = await rawSocket(port);
    client.socket.pause();
    client.send('GET /hls/v1/file HTTP/1.1\r\nHost: localhost\r\n\r\n');
    // To the client, which does not read, nothing happens: one of the two ends in this process goes away.
    const ends = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    while (ends() < 2) await eventLoopTurn();
    const before = ends();
    while (ends() === before) await eventLoopTurn();
    expect(client.socket.destroyed).toBe(false);
  });

  it('is given up if it is the acknowledgements of an upload that is over', async () => {
    const written = deferred();
    const upload = duplexOperation({
      name: 'Upload',
      plane: 'media',
      path: '/upload',
      actsOn: 'account',
      kind: 'duplex',
      contentType: 'text/plain',
      headers: {},
      input: noInput,
      handle: async (context) =>
        (async function* () {
          context.timeIsOver();
          yield MUCH.toString('latin1');
          written.resolve();
        })(),
    });
    const { port } = await startServer([upload], { patience: { ...NEVER, lastMs: 50 } });
    const client = await rawSocket(port);
    client.socket.pause();
    client.send(post('/upload', 'Transfer-Encoding: chunked'));
    await written.promise;
  });
});

describe('a TLS connection', () => {
  it.each([
    ['begins its handshake and stops', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00])],
    ['sends its first byte and stops', Buffer.from([0x16])],
  ])('that %s is dropped in the end', async (_what, bytes) => {
    const { port } = await startServer([act], { patience: SOON });
    const client = await rawSocket(port);
    client.send(bytes);
    await client.ended;
  });

  it('that then asks for nothing is dropped in the end', async () => {
    const server = await startServer([act], { patience: SOON });
    const client = await rawSocket(server.port, await server.ca());
    await client.ended;
  });
});

it('a stop ends them all', async () => {
  const { operation, begun } = endless();
  const server = await startServer([act, operation, file], { patience: NEVER });
  const reader = await rawSocket(server.port);
  reader.socket.pause();
  reader.send(postJson('/endless', '{}'));
  await begun;
  const others = await Promise.all(
    [
      '',
      'POST /act HT',
      post('/act', 'Content-Length: 10'),
      post('/act', 'Content-Length: 10', 'Expect: 100-continue'),
      Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00]),
      'GET /hls/v1/file HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n',
      postJson('/act', '{}'),
    ].map(async (bytes) => {
      const client = await rawSocket(server.port);
      client.send(bytes);
      return client;
    }),
  );
  await server.stop();
  await Promise.all(others.map(({ ended }) => ended));
});
