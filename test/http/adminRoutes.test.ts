// Routes of the tests' own: what is tested is how they are carried.
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { type AdminRoute, nothing, route } from '../../src/admin/adminRoute.ts';
import { listOf, told } from '../../src/admin/answerShapes.ts';
import { openApi } from '../../src/admin/openApi.ts';
import { ControlError } from '../../src/emulator/controlError.ts';
import { readControl } from '../../src/emulator/controlInput.ts';
import { date, oneOrMany } from '../../src/protocol/ownShapes.ts';
import { boolean, integer, list, object, required, string } from '../../src/protocol/shapes.ts';
import { rawSocket } from '../support/rawSocket.ts';
import { deferred, startServer } from '../support/testServer.ts';

const NOWHERE = { library: ['health()'], command: ['health'], summary: '' } as const;
const rule = object({ id: string(), nth: integer({ min: 1 }) });
const things = {
  subject: 'The things',
  hint: 'Give things.',
  members: { name: required(string({ max: 20 })), on: boolean(), from: date(), of: list(string()), room: integer() },
} as const;
const rules = {
  subject: 'The rules',
  hint: 'Give rules.',
  members: { rules: required(oneOrMany(rule, 10)), set: string() },
} as const;
const blob = { subject: 'The blob', hint: 'Send bytes.', members: { name: required(string()) } } as const;

const left = deferred();
const routes: AdminRoute[] = [
  route({
    ...NOWHERE,
    kind: 'json',
    method: 'GET',
    path: '/things/{name}',
    input: things,
    answer: told({}),
    example: {},
    handle(_face, given) {
      const read = readControl(things, given);
      if (read.name === 'nobody') {
        throw new ControlError('There is no thing nobody.', 'See GET /_kvs/things.', undefined, 'missing');
      }
      return read;
    },
  }),
  route({
    ...NOWHERE,
    kind: 'json',
    method: 'PATCH',
    path: '/things/{name}',
    input: things,
    query: ['on'],
    answer: told({}),
    example: {},
    handle: (_face, given) => readControl(things, given),
  }),
  route({
    ...NOWHERE,
    kind: 'document',
    method: 'GET',
    path: '/things/sets',
    input: nothing('This'),
    contentType: 'text/plain',
    example: 'the sets',
    handle: () => 'the sets',
  }),
  route({
    ...NOWHERE,
    kind: 'json',
    method: 'POST',
    path: '/rules',
    input: rules,
    query: ['set'],
    body: 'rules',
    answer: told({ rules: listOf(rule) }),
    example: { rules: [] },
    handle(_face, given) {
      const { rules: read, set } = readControl(rules, given);
      const all = [read].flat();
      if (all.some(({ id }) => id === 'there')) {
        throw new ControlError('There is a rule there.', 'Choose another id.', '/rules/0/id', 'taken');
      }
      return { rules: all, set };
    },
  }),
  route({
    ...NOWHERE,
    kind: 'json',
    method: 'PUT',
    path: '/blobs/{name}',
    input: blob,
    bytes: { contentType: 'application/octet-stream', most: 100_000 },
    answer: told({ size: integer() }),
    example: { size: 1 },
    async handle(_face, given, { body }) {
      let size = 0;
      for await (const piece of body) size += piece.length;
      return { name: given.name, size };
    },
  }),
  route({
    ...NOWHERE,
    kind: 'stream',
    method: 'GET',
    path: '/events',
    input: nothing('This'),
    contentType: 'text/event-stream',
    example: 'data: 1\n\n',
    handle: (_face, _given, { signal }) =>
      (async function* () {
        yield new TextEncoder().encode('data: 1\n\n');
        try {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        } finally {
          left.resolve();
        }
      })(),
  }),
];
const start = async () => {
  const server = await startServer([], { admin: routes });
  return { ...server, ask: request(`http://127.0.0.1:${server.port}`) };
};

describe('a route', () => {
  it('takes parameters of its path, and values of the query for what they are', async () => {
    const { ask } = await start();
    const when = '2030-01-01T00:00:00Z';
    const { body } = await ask.get(`/_kvs/things/front%20door?on=true&from=${when}&of=a,b&room=7`).expect(200);
    expect(body).toEqual({ name: 'front door', on: true, from: Date.parse(when), of: ['a', 'b'], room: 7 });
    expect((await ask.get(`/_kvs/things/a%2Fb?from=${Date.parse(when)}`)).body).toEqual({
      name: 'a/b',
      from: Date.parse(when),
    });
  });

  it('without a parameter goes before one with it', async () => {
    const { ask } = await start();
    await ask.get('/_kvs/things/sets').expect(200, 'the sets').expect('Content-Type', 'text/plain');
    await ask.patch('/_kvs/things/sets').expect(405);
  });

  it.each([
    ['of the query', 'get', '/_kvs/things/a?on=maybe', undefined, '"maybe" cannot be "on".', undefined],
    ['of the path', 'get', `/_kvs/things/${'a'.repeat(30)}`, undefined, /cannot be "name"/, undefined],
    ['of the body', 'patch', '/_kvs/things/a', { room: 'x' }, '"x" cannot be "room".', '/room'],
    ['that nobody knows', 'patch', '/_kvs/things/a', { rooms: 1 }, 'The things knows no "rooms".', '/rooms'],
    ['that is said twice', 'patch', '/_kvs/things/a?on=true', { on: false }, 'The on is said twice.', '/on'],
    [
      'in the wrong place',
      'patch',
      '/_kvs/things/a?room=1',
      undefined,
      '"room" is no parameter of the query.',
      undefined,
    ],
    ['of a whole body', 'post', '/_kvs/rules', [{ nth: 1 }, { nth: 0 }], '0 cannot be "nth".', '/1/nth'],
    ['that a whole body is', 'post', '/_kvs/rules', undefined, '"rules" is missing.', undefined],
  ] as const)(
    'refuses what is wrong %s, and says where in the body',
    async (_what, method, path, body, error, place) => {
      const { ask } = await start();
      const answer = await ask[method](path)
        .send(body as object)
        .expect(400)
        .expect('Content-Type', 'application/json');
      expect(answer.body).toEqual({ error: expect.stringMatching(error), hint: expect.any(String), path: place });
    },
  );

  it('takes one or a list where its body is that', async () => {
    const { ask } = await start();
    expect((await ask.post('/_kvs/rules?set=x').send({ nth: 1 }).expect(200)).body).toEqual({
      rules: [{ nth: 1 }],
      set: 'x',
    });
    expect(
      (
        await ask
          .post('/_kvs/rules')
          .send([{ nth: 1 }, { nth: 2 }])
          .expect(200)
      ).body.rules,
    ).toHaveLength(2);
  });

  it('answers 404 for what is not there and 409 for what is there already', async () => {
    const { ask } = await start();
    const missing = await ask.get('/_kvs/things/nobody').expect(404);
    expect(missing.body).toEqual({ error: 'There is no thing nobody.', hint: 'See GET /_kvs/things.' });
    const taken = await ask
      .post('/_kvs/rules')
      .send([{ id: 'there' }])
      .expect(409);
    expect(taken.body).toEqual({ error: 'There is a rule there.', hint: 'Choose another id.', path: '/0/id' });
  });

  it('answers 405 with the methods there are', async () => {
    const { ask } = await start();
    const answer = await ask.delete('/_kvs/things/a').expect(405).expect('Allow', 'GET, PATCH');
    expect(answer.body).toEqual({ error: '/_kvs/things/a takes no DELETE.', hint: 'Use GET or PATCH.' });
  });

  it('refuses a path that cannot be decoded', async () => {
    const { ask, log } = await start();
    const answer = await ask.get('/_kvs/things/%E0%A4%A').expect(400);
    expect(answer.body).toEqual({ error: 'The path cannot be decoded.', hint: 'Write % as %25.' });
    expect(log).toEqual([]);
  });
});

describe('a route that takes bytes', () => {
  it('gets them all, whatever their type', async () => {
    const { ask } = await start();
    const answer = await ask.put('/_kvs/blobs/a').type('application/json').send('x'.repeat(70_000)).expect(200);
    expect(answer.body).toEqual({ name: 'a', size: 70_000 });
  });

  it('refuses more than it takes, announced or not', async () => {
    const { ask, port } = await start();
    const answer = await ask.put('/_kvs/blobs/a').send('x'.repeat(100_001)).expect(413);
    expect(answer.body).toEqual({ error: 'The body is too long.', hint: 'Send at most 100000 bytes.' });
    const client = await rawSocket(port);
    client.send(
      'PUT /_kvs/blobs/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n',
    );
    const piece = 'x'.repeat(60_000);
    client.send(`${piece.length.toString(16)}\r\n${piece}\r\n`.repeat(2));
    client.send('0\r\n\r\n');
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('does not wait for them for ever', async () => {
    const { port } = await startServer([], { admin: routes, patience: { bodyMs: 50 } });
    const client = await rawSocket(port);
    client.send('PUT /_kvs/blobs/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabc');
    await client.ended;
    expect(client.received()).toMatch(/^HTTP\/1\.1 408 .*The body did not come/s);
  });
});

describe('a route that answers a stream', () => {
  it('sends what there is as it comes, and learns that its reader has gone', async () => {
    const { port } = await start();
    const client = await rawSocket(port);
    client.send('GET /_kvs/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.until('data: 1\n\n');
    expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK.*Content-Type: text\/event-stream.*data: 1\n\n/s);
    client.socket.destroy();
    await left.promise;
  });

  it('sends its head alone to HEAD', async () => {
    const { ask } = await start();
    await ask.head('/_kvs/events').expect(200).expect('Content-Type', 'text/event-stream');
  });

  it('ends when the server stops', async () => {
    const { port, stop } = await start();
    const client = await rawSocket(port);
    client.send('GET /_kvs/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await client.until('data: 1\n\n');
    await Promise.all([stop(), client.ended]);
    expect(client.received()).toMatch(/0\r\n\r\n$/);
  });
});

describe('the document of such routes', () => {
  it('has their parameters, bodies and kinds of answers', () => {
    const { paths } = openApi(routes, '0') as { paths: Record<string, Record<string, Record<string, unknown>>> };
    expect(paths['/_kvs/things/{name}']?.get).toMatchObject({ operationId: 'getThingsName' });
    expect(paths['/_kvs/things/{name}']?.patch?.parameters).toMatchObject([
      { name: 'name', in: 'path', required: true },
      { name: 'on', in: 'query', schema: { type: 'boolean' } },
    ]);
    expect(paths['/_kvs/rules']?.post?.requestBody).toMatchObject({
      content: { 'application/json': { schema: { anyOf: [{ type: 'object' }, { type: 'array', maxItems: 10 }] } } },
    });
    expect(paths['/_kvs/blobs/{name}']?.put?.requestBody).toEqual({ content: { 'application/octet-stream': {} } });
    expect(paths['/_kvs/events']?.get?.responses).toHaveProperty(['200', 'content', 'text/event-stream']);
  });
});
