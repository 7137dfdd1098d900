import { once } from 'node:events';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { jsonOperation, socketOperation } from '../../src/operations/operation.ts';
import { string, structure } from '../../src/protocol/shapes.ts';
import { rawSocket } from '../support/rawSocket.ts';
import { deferred, noInput, startServer } from '../support/testServer.ts';

/** Says everything twice, and tells who ended it how. */
function twice() {
  const ended = deferred<string>();
  const operation = socketOperation({
    name: 'Twice',
    plane: 'control',
    path: '/twice',
    actsOn: 'account',
    kind: 'socket',
    input: structure({ Word: string({ max: 5 }) }),
    handle:
      (_context, { Word = '' }) =>
      (connection) => {
        if (Word !== '') connection.send(Word);
        connection.onMessage((text) => connection.send(text + text));
        connection.onClose((code, reason) => ended.resolve(`${code} ${reason}`));
      },
  });
  return { operation, ended: ended.promise };
}

const hello = jsonOperation({
  name: 'Hello',
  plane: 'control',
  path: '/hello',
  actsOn: 'account',
  kind: 'json',
  input: noInput,
  handle: () => ({ Hello: 'you' }),
});

const start = async () => {
  const { operation, ended } = twice();
  const server = await startServer([operation, hello]);
  return { ...server, ended, url: `ws://127.0.0.1:${server.port}/twice` };
};

const next = async (socket: WebSocket): Promise<string> => String((await once(socket, 'message'))[0]);

it('an operation of this kind has the connection to itself, with parameters from the query', async () => {
  const { url, ended } = await start();
  const socket = new WebSocket(`${url}?Word=first`);
  expect(await next(socket)).toBe('first');
  socket.send('ab');
  expect(await next(socket)).toBe('abab');
  socket.close(4000, 'enough');
  expect(await ended).toBe('4000 enough');
});

it('is served over TLS at the same port', async () => {
  const { port, ca } = await start();
  const socket = new WebSocket(`wss://localhost:${port}/twice`, { ca: await ca() });
  await once(socket, 'open');
  socket.send('x');
  expect(await next(socket)).toBe('xx');
  socket.terminate();
});

it.each([
  ['by its own constraints', '?Word=toolong', {}, 400, 'ValidationException'],
  ['as a page of another origin', '', { origin: 'https://evil.example' }, 403, 'AccessDeniedException'],
])('is refused %s before it is a WebSocket', async (_why, query, options, status, error) => {
  const { url } = await start();
  const socket = new WebSocket(`${url}${query}`, options);
  const [, response] = await once(socket, 'unexpected-response');
  expect(response.statusCode).toBe(status);
  expect(response.headers['x-amzn-errortype']).toContain(error);
  expect(response.headers.connection).toBeUndefined();
  socket.on('error', () => undefined);
  response.destroy();
});

const HANDSHAKE =
  'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';

it('answers a handshake as the service does: compression if asked for, and no subprotocol', async () => {
  const { port } = await start();
  const client = await rawSocket(port);
  const wishes =
    'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Protocol: wss\r\n';
  client.send(`GET /twice HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}${wishes}\r\n`);
  const head = (await client.until('\r\n\r\n')).split('\r\n');
  expect(head.map((line) => line.replace(/^Date: .* GMT$/, 'Date: now'))).toEqual([
    'HTTP/1.1 101 Switching Protocols',
    'Date: now',
    'Connection: upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=',
    'Sec-WebSocket-Extensions: permessage-deflate',
    '',
    '',
  ]);
  client.end();
});

it('a connection that was refused goes on as one of HTTP', async () => {
  const { port } = await start();
  const client = await rawSocket(port);
  client.send(`GET /twice?Word=toolong HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`);
  expect(await client.until('toolong')).toMatch(/^HTTP\/1\.1 400 /);
  client.send('POST /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}');
  expect(await client.until('{"Hello":"you"}')).toContain('HTTP/1.1 200 ');
  client.end();
});

it('a refused request with a body, which nobody has read, ends its connection', async () => {
  const { port } = await start();
  const client = await rawSocket(port);
  client.send(
    `GET /twice?Word=toolong HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40\r\n${HANDSHAKE}\r\nPOST /hello HTTP/1.1\r\n`,
  );
  await client.ended;
  expect(client.received()).toMatch(/^HTTP\/1\.1 400 [\s\S]*Connection: close/);
});

it.each([
  ['a key that is none', HANDSHAKE.replace(/AAAA.*==/, 'x')],
  ['an unknown version', HANDSHAKE.replace('13', '7')],
])('a handshake with %s is refused, and its connection ends', async (_what, handshake) => {
  const { port, log } = await start();
  const client = await rawSocket(port);
  client.send(`GET /twice HTTP/1.1\r\nHost: localhost\r\n${handshake}\r\n`);
  await client.ended;
  expect(client.received()).toMatch(/^HTTP\/1\.1 400 /);
  expect(log).toEqual([]);
});

it.each([
  ['of more than 128 KiB', Buffer.alloc(200_000, 'a'), 1009, false],
  ['that is compressed and grows to more than that', Buffer.alloc(50_000_000, 'a'), 1009, true],
])('a frame %s ends its connection, and no other', async (_what, frame, code, compressed) => {
  const { url } = await start();
  const [bad, good] = [new WebSocket(url, { perMessageDeflate: compressed }), new WebSocket(url)];
  await Promise.all([once(bad, 'open'), once(good, 'open')]);
  bad.send(String(frame));
  expect((await once(bad, 'close'))[0]).toBe(code);
  good.send('ab');
  expect(await next(good)).toBe('abab');
  good.terminate();
});

it('what breaks the rules of the protocol ends its connection, and no other', async () => {
  const { port, url } = await start();
  const good = new WebSocket(url);
  await once(good, 'open');
  const client = await rawSocket(port);
  client.send(`GET /twice HTTP/1.1\r\nHost: localhost\r\n${HANDSHAKE}\r\n`);
  await client.until('\r\n\r\n');
  // Not masked, and of a kind that there is not.
  client.send(Buffer.from([0x83, 0x02, 0x61, 0x62]));
  await client.ended;
  good.send('ab');
  expect(await next(good)).toBe('abab');
  good.terminate();
});

it('binary frames go unheard', async () => {
  const { url } = await start();
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.send(Buffer.from('zz'));
  socket.send('ab');
  expect(await next(socket)).toBe('abab');
  socket.terminate();
});

it('ends as going away when the emulator stops', async () => {
  const { url, stop } = await start();
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const closed = once(socket, 'close');
  await stop();
  expect((await closed)[0]).toBe(1001);
});

it.each([
  ['HTTP/2, with which Java begins', 'Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nConnection: Upgrade, HTTP2-Settings'],
  ['a WebSocket where there is none', 'Upgrade: websocket\r\nConnection: Upgrade'],
])('a request that would like %s is answered as the ordinary one that it is', async (_what, wish) => {
  const { port } = await start();
  const client = await rawSocket(port);
  const request = `POST /hello HTTP/1.1\r\nHost: localhost\r\n${wish}\r\nContent-Length: 2\r\n\r\n{}`;
  client.send(request);
  expect(await client.until('{"Hello":"you"}')).toMatch(/^HTTP\/1\.1 200 /);
  client.send(request);
  expect(await client.until('{"Hello":"you"}')).toMatch(/^HTTP\/1\.1 200 /);
  client.end();
});
