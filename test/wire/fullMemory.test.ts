// What clients send is held against --max-memory, before anybody knows what it is for.
import { expect, it } from 'vitest';
import { jsonOperation } from '../../src/operations/operation.ts';
import { Room } from '../../src/runtime/room.ts';
import { post, rawSocket } from '../support/rawSocket.ts';
import { noInput, startServer } from '../support/testServer.ts';

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
