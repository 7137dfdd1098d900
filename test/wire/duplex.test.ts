import { describe, expect, it } from 'vitest';
import { BodyReadError, type DuplexOperation, duplexOperation } from '../../src/operations/operation.ts';
import { serviceError } from '../../src/protocol/errors.ts';
import { string, structure } from '../../src/protocol/shapes.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { chunk, headerNames, LAST_CHUNK, post, postJson, rawSocket } from '../support/rawSocket.ts';
import { deferred, startServer } from '../support/testServer.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
const EXPECT = 'Expect: 100-continue';
const utf8 = new TextDecoder();

type Handle = DuplexOperation['handle'];
const upload = (handle: Handle) =>
  duplexOperation({
    name: 'Upload',
    plane: 'media',
    path: '/upload',
    actsOn: 'account',
    kind: 'duplex',
    contentType: 'application/json',
    input: structure({ Name: string({ max: 5 }) }),
    headers: { Name: 'x-name' },
    handle,
  });

/** Answers each piece with a line, and a broken body with the reason. */
const echo = upload(async (_context, _input, _target, body) =>
  (async function* () {
    try {
      for await (const piece of body) yield `${utf8.decode(piece)}\n`;
      yield 'over\n';
    } catch (error) {
      if (!(error instanceof BodyReadError)) throw error;
      yield 'broken\n';
    }
  })(),
);
const refuse = upload(async () => {
  throw serviceError('streamNotFound');
});

describe('the answer to a streaming upload', () => {
  it('begins before any of the body is sent, with the headers the service sends, in its order', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED));
    const head = await client.until('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(headerNames(head)).toEqual(['x-amzn-RequestId', 'Content-Type', 'Transfer-Encoding', 'Date']);
    expect(head).toMatch(/x-amzn-RequestId: [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\r\n/);
  });

  it('comes line by line while the body is still being sent', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED) + chunk('one'));
    await client.until(chunk('one\n'));
    client.send(chunk('two'));
    await client.until(chunk('two\n'));
    client.send(LAST_CHUNK);
    expect(await client.until(LAST_CHUNK)).toContain(chunk('one\n') + chunk('two\n') + chunk('over\n'));
  });

  const threeLines = upload(async (_context, _input, _target, body) =>
    (async function* () {
      for await (const _ of body);
      yield* ['a\n', 'b\n', 'c\n'];
    })(),
  );

  it('puts each line, and the end, into a write of its own, for who drops what comes together', async () => {
    const server = await startServer([threeLines]);
    const client = await rawSocket(server.port, await server.ca());
    client.send(post('/upload', 'Content-Length: 0', 'User-Agent: AWS-SDK-KVS-PRODUCER/1.12.2 JAVA/17.0.2'));
    await client.until(LAST_CHUNK);
    expect(client.reads().slice(1)).toEqual([chunk('a\n'), chunk('b\n'), chunk('c\n'), LAST_CHUNK]);
  });

  it('puts lines that come together into one write, each a chunk, for everybody else', async () => {
    const server = await startServer([threeLines]);
    const client = await rawSocket(server.port, await server.ca());
    client.send(post('/upload', 'Content-Length: 0', 'User-Agent: AWS-SDK-KVS/3.4.1 GCC/12.2.0 Linux/6.1 x86_64'));
    await client.until(LAST_CHUNK);
    expect(client.reads()[1]).toBe(chunk('a\n') + chunk('b\n') + chunk('c\n'));
  });

  it('leaves the connection open for the next request after a whole body', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED) + chunk('one') + LAST_CHUNK);
    await client.until(LAST_CHUNK);
    client.send(post('/upload', CHUNKED) + chunk('two') + LAST_CHUNK);
    await client.until(chunk('two\n') + chunk('over\n') + LAST_CHUNK);
  });

  it('closes the connection after a whole body if the client asked for that', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED, 'Connection: close') + LAST_CHUNK);
    await client.ended;
    expect(client.received()).toMatch(/over\n\r\n0\r\n\r\n$/);
    expect(headerNames(client.received())).not.toContain('Connection');
  });

  it('is not chunked for HTTP/1.0, and ends with the connection', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send('POST /upload HTTP/1.0\r\nContent-Length: 3\r\n\r\none');
    await client.ended;
    expect(client.received()).toMatch(/\r\n\r\none\nover\n$/);
  });
});

describe('a streaming upload', () => {
  it.each([
    ['with a length', post('/upload', 'Content-Length: 3')],
    ['to an absolute target', post('https://kvs.test/upload', 'Content-Length: 3')],
    ['with a doubled slash', post('//upload', 'Content-Length: 3')],
    ['with a query', post('/upload?X-Amz-Signature=1', 'Content-Length: 3')],
    ['with a broken signature', post('/upload', 'Content-Length: 3', 'Authorization: AWS4-HMAC-SHA256 nonsense')],
  ])('is taken %s', async (_how, head) => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(`${head}one`);
    await client.until(chunk('one\n') + chunk('over\n') + LAST_CHUNK);
  });

  it('gets 100 and then 200 at once when it expects to be told to go on', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED, EXPECT));
    expect(await client.until(/200 OK.*\r\n\r\n/s)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    client.send(chunk('one') + LAST_CHUNK);
    await client.until(chunk('one\n') + chunk('over\n') + LAST_CHUNK);
  });

  it('that is refused gets the error in place of 100', async () => {
    const { port } = await startServer([refuse]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED, EXPECT));
    const answer = await client.until('}');
    expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
    expect(answer).toContain(
      '\r\nx-amzn-ErrorType: ResourceNotFoundException:https://kinesisvideo.amazonaws.com/doc/2017-09-30/\r\n',
    );
    client.end();
    await client.closed;
  });

  it('that is refused may still send a body that ends, and the connection serves on', async () => {
    const { port } = await startServer([refuse]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED));
    await client.until('}');
    client.send(chunk('x'.repeat(100_000)) + LAST_CHUNK + post('/upload', CHUNKED));
    await client.until(/404.*404.*}/s);
  });

  it('has its headers checked as the members they stand for', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED, 'X-NAME: too long') + LAST_CHUNK);
    expect(await client.until('}')).toContain("Value 'too long' at 'name' failed to satisfy constraint");
  });

  it('is held back when nobody reads it', async () => {
    const go = deferred();
    const lazy = upload(async (_context, _input, _target, body) =>
      (async function* () {
        let size = 0;
        for await (const piece of body) {
          if (size === 0) await go.promise;
          size += piece.length;
        }
        yield `${size}\n`;
      })(),
    );
    const { port } = await startServer([lazy]);
    const client = await rawSocket(port);
    const size = 64 * 1024 * 1024;
    client.send(post('/upload', `Content-Length: ${size}`));
    await client.until('\r\n\r\n');
    for (let sent = 0; sent < size; sent += 1024 * 1024) client.send(Buffer.alloc(1024 * 1024));
    // Until as much is with the kernel as it takes.
    for (let left = client.socket.writableLength, still = 0; still < 200; still++) {
      await eventLoopTurn();
      if (client.socket.writableLength !== left) still = 0;
      left = client.socket.writableLength;
    }
    expect(client.socket.writableLength).toBeGreaterThan(size / 2);
    go.resolve();
    await client.until(`${size}\n`);
  });
});

describe('an upload that breaks', () => {
  it('in its framing still gets the last lines of the answer, and then the end of the connection', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED) + chunk('one'));
    await client.until(chunk('one\n'));
    client.send('this is no chunk\r\n');
    await client.ended;
    expect(client.received()).toMatch(/one\n\r\n7\r\nbroken\n\r\n0\r\n\r\n$/);
  });

  it('by a half-closed connection still gets the last lines of the answer', async () => {
    const { port } = await startServer([echo]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED) + chunk('one'));
    await client.until(chunk('one\n'));
    client.end();
    await client.ended;
    expect(client.received()).toMatch(/7\r\nbroken\n\r\n0\r\n\r\n$/);
  });

  it('because the client vanishes tells the operation, and lets it finish', async () => {
    const seen = deferred<string[]>();
    const op = upload(async ({ signal }, _input, _target, body) =>
      (async function* () {
        const events: string[] = [];
        try {
          for await (const piece of body) yield `${utf8.decode(piece)}\n`;
        } catch (error) {
          events.push(error instanceof BodyReadError ? 'BodyReadError' : String(error));
        }
        yield 'to nobody\n';
        events.push(`aborted ${signal.aborted}`, 'finished');
        seen.resolve(events);
      })(),
    );
    const { port, log } = await startServer([op]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED) + chunk('one'));
    await client.until(chunk('one\n'));
    client.socket.resetAndDestroy();
    expect(await seen.promise).toEqual(['BodyReadError', 'aborted true', 'finished']);
    expect(log).toEqual([]);
  });

  it('leaves other connections alone', async () => {
    const { port } = await startServer([echo]);
    const [broken, good] = [await rawSocket(port), await rawSocket(port)];
    good.send(post('/upload', CHUNKED) + chunk('one'));
    broken.send(post('/upload', CHUNKED) + chunk('one'));
    await broken.until(chunk('one\n'));
    broken.socket.resetAndDestroy();
    good.send(chunk('two') + LAST_CHUNK);
    await good.until(chunk('two\n') + chunk('over\n') + LAST_CHUNK);
  });
});

describe('an operation that ends before the body', () => {
  const impatient = upload(async (_context, _input, _target, body) =>
    (async function* () {
      for await (const _ of body) break;
      yield 'enough\n';
    })(),
  );

  it.each(['keep-alive', 'close'])('gets its last line across though the client goes on sending: %s', async (wish) => {
    const { port } = await startServer([impatient]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED, `Connection: ${wish}`));
    let open = true;
    void client.ended.then(() => {
      open = false;
    });
    while (open) {
      client.send(chunk('x'.repeat(65_536)));
      await eventLoopTurn();
    }
    expect(client.received()).toMatch(/7\r\nenough\n\r\n0\r\n\r\n$/);
    client.end();
    await client.closed;
  });

  it('does not take what else the client sends for another request', async () => {
    let calls = 0;
    const counting = upload(async () => {
      calls++;
      return (async function* () {
        yield 'enough\n';
      })();
    });
    const server = await startServer([counting]);
    const client = await rawSocket(server.port);
    client.send(post('/upload', CHUNKED) + chunk('one'));
    await client.ended;
    client.send(LAST_CHUNK + post('/upload', CHUNKED) + LAST_CHUNK);
    client.end();
    // The server is done with the connection when it can stop.
    await server.stop();
    expect(calls).toBe(1);
    expect(client.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('cuts the connection when it fails in mid-stream, so that nobody takes the answer for whole', async () => {
    const failing = upload(async (_context, _input, _target, body) =>
      (async function* () {
        for await (const _ of body) {
          yield 'so far\n';
          throw new Error('a bug');
        }
      })(),
    );
    const { port, log } = await startServer([failing]);
    const client = await rawSocket(port);
    client.send(post('/upload', CHUNKED) + chunk('one'));
    await client.ended;
    expect(client.received()).toMatch(/so far\n\r\n$/);
    expect(log).toEqual(['ERROR Upload failed in mid-stream; its connection is cut.']);
  });
});

describe('stopping the server', () => {
  it('ends an open upload with the last lines of its answer', async () => {
    const server = await startServer([echo]);
    const client = await rawSocket(server.port);
    client.send(post('/upload', CHUNKED) + chunk('one'));
    await client.until(chunk('one\n'));
    await Promise.all([server.stop(), client.ended.then(() => client.end())]);
    expect(client.received()).toMatch(/7\r\nbroken\n\r\n0\r\n\r\n$/);
  });

  it('does not wait for connections on which nothing happens', async () => {
    const server = await startServer([echo]);
    const silent = await rawSocket(server.port);
    const idle = await rawSocket(server.port);
    idle.send(postJson('/unknown', '{}'));
    await idle.until('}');
    await server.stop();
    await Promise.all([silent.ended, idle.ended]);
  });
});
