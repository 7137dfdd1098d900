// What clients send is held against --max-memory, before anybody knows what it is for.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { bytesOperation, duplexOperation, jsonOperation } from '../../src/operations/operation.ts';
import { Room } from '../../src/runtime/room.ts';
import { post, postJson, rawSocket } from '../support/rawSocket.ts';
import { deferred, noInput, startServer } from '../support/testServer.ts';

const echo = jsonOperation({
  name: 'Echo',
  plane: 'control',
  path: '/echo',
  actsOn: 'account',
  kind: 'json',
  input: noInput,
  handle: () => ({}),
});
const head = post('/echo', 'Transfer-Encoding: chunked');
const KIB = 1024;

it('a body takes room for its bytes and no more, however small the chunks it comes in', async () => {
  const room = new Room({ capacity: 128 * KIB });
  const { port } = await startServer([echo], { room });
  const client = await rawSocket(port);
  client.send(head);
  client.send(`1\r\n{\r\n${'1\r\n \r\n'.repeat(60_000)}1\r\n}\r\n0\r\n\r\n`);
  expect(await client.until(/\{\}$/)).toContain('200 OK');
  expect(room.usage().used).toBe(0);
});

it('bodies in flight are refused with 503 when together they would be too many, and taken again afterwards', async () => {
  const room = new Room({ capacity: 128 * KIB });
  const { port } = await startServer([echo], { room });
  const slow = await rawSocket(port);
  slow.send(`${head}10000\r\n{${' '.repeat(65_535)}\r\n`);
  // Another's is refused, or its own would be: who came first has the room.
  const other = await rawSocket(port);
  other.send(`${head}14000\r\n{${' '.repeat(0x14000 - 1)}\r\n`);
  await Promise.race([other, slow].map((one) => one.until('503 ').catch(() => undefined)));
  const refused = [slow, other].filter((one) => one.received().includes('503 '));
  expect(refused.length).toBe(1);
  expect(refused[0]?.received()).toContain('x-amzn-ErrorType: ServiceUnavailable');
  for (const one of [slow, other]) one.socket.destroy();
  const third = await rawSocket(port);
  third.send(`${head}2\r\n{}\r\n0\r\n\r\n`);
  expect(await third.until(/\{\}$/)).toContain('200 OK');
});

it('a body that nobody reads is taken up to half a megabyte, counted, and held back behind that', async () => {
  const room = new Room({ capacity: 4096 * KIB });
  let seen: IncomingMessage | undefined;
  const watch = (message: unknown): void => {
    seen = (message as { request: IncomingMessage }).request;
  };
  subscribe('http.server.request.start', watch);
  onTestFinished(() => void unsubscribe('http.server.request.start', watch));
  let body: AsyncIterator<Uint8Array> | undefined;
  const keep = duplexOperation({
    name: 'Keep',
    plane: 'media',
    path: '/keep',
    actsOn: 'account',
    kind: 'duplex',
    contentType: 'text/plain',
    headers: {},
    input: noInput,
    async handle(_context, _input, _target, given) {
      body = given[Symbol.asyncIterator]();
      await body.next();
      return (async function* () {
        yield 'begun\n';
        await new Promise(() => undefined);
      })();
    },
  });
  const { port } = await startServer([keep], { room });
  const client = await rawSocket(port);
  client.send(post('/keep', 'Transfer-Encoding: chunked'));
  const piece = 'x'.repeat(0x10000);
  for (let i = 0; i < 64; i++) client.send(`10000\r\n${piece}\r\n`);
  await client.until('begun');
  while (seen?.isPaused() !== true) await new Promise((resolve) => setImmediate(resolve));
  // One piece more is there when it is seen that there are enough.
  const most = (512 + 2 * 64 + 4) * KIB;
  expect(room.usage().used).toBeGreaterThan(512 * KIB);
  expect(room.usage().used).toBeLessThan(most);
  expect(seen.readableHighWaterMark).toBe(64 * KIB);
  // What is read makes room for more.
  for (let read = 0; read < 1024 * KIB; ) read += (await body?.next())?.value?.length ?? Number.NaN;
  expect(room.usage().used).toBeLessThan(most);
  client.socket.destroy();
  while (room.usage().used > 0) await body?.next().catch(() => body?.return?.());
});

describe('what waits for a reader that does not read', () => {
  /** More than all buffers between two sockets hold. */
  const MUCH = Buffer.alloc(64 * 1024 * KIB);
  const gone = deferred();
  const much = bytesOperation({
    name: 'Much',
    plane: 'media',
    path: '/much',
    actsOn: 'account',
    kind: 'bytes',
    contentType: 'text/plain',
    input: noInput,
    handle: async ({ signal }) => {
      signal.addEventListener('abort', () => gone.resolve());
      return (async function* () {
        for (let at = 0; at < MUCH.length; at += 256 * KIB) yield MUCH.subarray(at, at + 256 * KIB);
      })();
    },
  });
  const NEVER = 1e8;

  it('is counted until it has been read', async () => {
    const room = new Room({ capacity: 4096 * KIB });
    const { port } = await startServer([much], { room });
    const client = connect(port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    client.write(postJson('/much', '{}'));
    while (room.usage().used < 256 * KIB) await new Promise((resolve) => setImmediate(resolve));
    // A piece, and no other is made before that one has been taken.
    expect(room.usage().used).toBeLessThan(257 * KIB);
    client.resume();
    while (room.usage().used > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(client.destroyed).toBe(false);
  });

  it('has it cut off soon when there is no room', async () => {
    const room = new Room({ capacity: 128 * KIB });
    const { port } = await startServer([much], { room, patience: { readerMs: NEVER, lastMs: 50 } });
    const client = connect(port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    client.write(postJson('/much', '{}'));
    await gone.promise;
    expect(room.usage().used).toBe(0);
  });
});
