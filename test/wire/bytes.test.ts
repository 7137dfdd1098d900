import { Agent, get, type IncomingMessage, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOperation } from '../../src/operations/operation.ts';
import { serviceError } from '../../src/protocol/errors.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { chunk, headerNames, LAST_CHUNK, postJson, rawSocket } from '../support/rawSocket.ts';
import { deferred, noInput, startServer } from '../support/testServer.ts';
import { turnsDuring } from '../support/turns.ts';

type Pieces = AsyncIterable<Uint8Array>;
const download = (handle: (signal: AbortSignal) => Promise<Pieces>) =>
  bytesOperation({
    name: 'Download',
    plane: 'media',
    path: '/download',
    actsOn: 'account',
    kind: 'bytes',
    contentType: 'video/webm',
    input: noInput,
    handle: ({ signal }) => handle(signal),
  });

/** What long work may do in one turn of the event loop. */
const SLICE_STEPS = 1000;

const bytes = (text: string): Uint8Array => Buffer.from(text);
async function* once(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield bytes(text);
}

describe('an answer of unknown length', () => {
  it('sends its head before there is any of it', async () => {
    const go = deferred();
    const op = download(async () =>
      (async function* () {
        await go.promise;
        yield bytes('late');
      })(),
    );
    const { port } = await startServer([op]);
    const client = await rawSocket(port);
    client.send(postJson('/download', '{}'));
    const head = await client.until('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(headerNames(head)).toEqual(['x-amzn-RequestId', 'Content-Type', 'Transfer-Encoding', 'Date']);
    expect(head).toContain('\r\nContent-Type: video/webm\r\n');
    go.resolve();
    expect(await client.until(LAST_CHUNK)).toBe(`${head}${chunk('late')}${LAST_CHUNK}`);
  });

  it('leaves out pieces without bytes, which would read as its end', async () => {
    const { port } = await startServer([download(async () => once('a', '', 'b'))]);
    const client = await rawSocket(port);
    client.send(postJson('/download', '{}'));
    expect(await client.until(LAST_CHUNK)).toContain(`\r\n\r\n${chunk('a')}${chunk('b')}${LAST_CHUNK}`);
  });

  it('of very many pieces that are there at once gives others their turns', async () => {
    const count = 20_000;
    let given = 0;
    const many = async function* (): AsyncGenerator<Uint8Array> {
      for (; given < count; given++) yield bytes('a');
    };
    const { port } = await startServer([download(async () => many())]);
    const client = await rawSocket(port);
    client.send(postJson('/download', '{}'));
    let [before, most] = [0, 0];
    await turnsDuring(client.until(LAST_CHUNK), () => {
      most = Math.max(most, given - before);
      before = given;
    });
    expect(given).toBe(count);
    expect(most).toBeLessThanOrEqual(2 * SLICE_STEPS);
  });

  it('leaves the connection open for the next request, and nothing behind on it', async () => {
    const { port } = await startServer([download(async () => once('a'))]);
    const client = await rawSocket(port);
    const warnings: string[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning.name);
    process.on('warning', onWarning);
    onTestFinished(() => void process.off('warning', onWarning));
    for (let count = 1; count <= 20; count++) {
      client.send(postJson('/download', '{}'));
      await client.until(new RegExp(`(HTTP.*?a\\r\\n0\\r\\n\\r\\n){${count}}$`, 's'));
    }
    expect(warnings).not.toContain('MaxListenersExceededWarning');
  });

  it('ends with the connection for HTTP/1.0', async () => {
    const { port } = await startServer([download(async () => once('a', 'b'))]);
    const client = await rawSocket(port);
    client.send('POST /download HTTP/1.0\r\n\r\n');
    await client.ended;
    expect(client.received()).toMatch(/\r\n\r\nab$/);
    expect(headerNames(client.received())).toEqual(['x-amzn-RequestId', 'Content-Type', 'Date']);
  });

  it('is an error as long as the operation has not begun it', async () => {
    const { port } = await startServer([download(async () => Promise.reject(serviceError('streamNotFound')))]);
    const client = await rawSocket(port);
    client.send(postJson('/download', '{}'));
    expect(await client.until('}')).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
  });

  it('has no good end when the operation fails in the middle', async () => {
    const op = download(async () =>
      (async function* () {
        yield bytes('half');
        throw new Error('a bug');
      })(),
    );
    const { port, log } = await startServer([op]);
    const client = await rawSocket(port);
    client.send(postJson('/download', '{}'));
    await client.ended;
    expect(client.received()).not.toContain(LAST_CHUNK);
    expect(log).toEqual(['ERROR Download failed in mid-stream; its connection is cut.']);
  });

  it('reaches a client that has closed its own side', async () => {
    const { port } = await startServer([download(async () => once('a', 'b'))]);
    const client = await rawSocket(port);
    client.send(postJson('/download', '{}'));
    client.end();
    await client.ended;
    expect(client.received()).toMatch(/a\r\n1\r\nb\r\n0\r\n\r\n$/);
  });
});

describe('a client of an endless answer', () => {
  /** Endless; counts the pieces taken from it and tells when it is over. */
  function endless(size: number) {
    const over = deferred<string>();
    const state = { taken: 0, over: over.promise };
    const op = download(async (signal) =>
      (async function* () {
        try {
          for (;;) {
            state.taken++;
            yield new Uint8Array(size);
          }
        } finally {
          over.resolve(`aborted ${signal.aborted}`);
        }
      })(),
    );
    return { op, state };
  }

  it('that does not read holds the answer back', async () => {
    const { op, state } = endless(1024 * 1024);
    const { port } = await startServer([op]);
    const response = await new Promise<IncomingMessage>((resolve) => {
      request({ port, host: '127.0.0.1', path: '/download', method: 'POST', agent: new Agent() }, resolve).end('{}');
    });
    for (let taken = state.taken, still = 0; still < 200; still++) {
      await eventLoopTurn();
      if (state.taken !== taken) still = 0;
      taken = state.taken;
    }
    expect(state.taken).toBeLessThan(32);
    response.destroy();
    await state.over;
  });

  it('that goes away ends it', async () => {
    const { op, state } = endless(1000);
    const { port, log } = await startServer([op]);
    const client = await rawSocket(port);
    client.send(postJson('/download', '{}'));
    await client.until('\r\n\r\n');
    client.socket.resetAndDestroy();
    expect(await state.over).toBe('aborted true');
    expect(log).toEqual([]);
  });

  it('that goes away while there is nothing to send ends it, too', async () => {
    const over = deferred<string>();
    const op = download(async (signal) =>
      (async function* () {
        yield bytes('first');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        over.resolve('aborted');
      })(),
    );
    const { port } = await startServer([op]);
    const client = await rawSocket(port);
    client.send(postJson('/download', '{}'));
    await client.until('first');
    // What a process leaves behind: a closed connection that looks half-closed until something is written to it.
    client.end();
    expect(await over.promise).toBe('aborted');
  });

  it('gets a good end when the server stops', async () => {
    const op = download(async (signal) =>
      (async function* () {
        yield bytes('first');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      })(),
    );
    const server = await startServer([op]);
    const client = await rawSocket(server.port);
    client.send(postJson('/download', '{}'));
    await client.until('first');
    await Promise.all([server.stop(), client.ended.then(() => client.end())]);
    expect(client.received()).toMatch(/first\r\n0\r\n\r\n$/);
  });

  it('is one of many: others are answered meanwhile', async () => {
    const { op } = endless(100_000);
    const { port } = await startServer([op]);
    const reader = await rawSocket(port);
    reader.send(postJson('/download', '{}'));
    await reader.until('\r\n\r\n');
    const status = await new Promise((resolve) => {
      get({ port, host: '127.0.0.1', path: '/_kvs/nothing' }, (response) => resolve(response.resume().statusCode));
    });
    expect(status).toBe(404);
  });
});
