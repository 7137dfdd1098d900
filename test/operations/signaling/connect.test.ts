import { once } from 'node:events';
import { expect, it } from 'vitest';
import { asC, asJavaScript, asSdk } from '../../support/presign.ts';
import { answerTo, offer } from '../../support/signaling.ts';
import { connect, refusedWith, startSignaling } from '../../support/signalingClient.ts';

const FROZEN = { clock: 'frozen', startTime: 1_705_489_836_421 } as const;
const MINUTE = '1m';
const ALMOST = '59999ms';
const MOMENT = '1ms';

it('a master and a viewer meet over TLS at the addresses that the channel hands out', async () => {
  const { emulator, arn, call } = await startSignaling();
  const input = (Role: string) => ({
    ChannelARN: arn,
    SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS', 'HTTPS'], Role },
  });
  const listed = (await call('/getSignalingChannelEndpoint', input('MASTER'))).body.ResourceEndpointList;
  expect(listed).toEqual([
    { Protocol: 'HTTPS', ResourceEndpoint: emulator.url },
    { Protocol: 'WSS', ResourceEndpoint: `wss://127.0.0.1:${emulator.port}` },
  ]);
  const endpoint = listed[1].ResourceEndpoint;
  const ca = await emulator.ca();
  const master = await connect(asJavaScript({ endpoint, arn }), { ca });
  const viewer = await connect(asSdk({ endpoint, arn, clientId: 'v1' }), { ca });
  viewer.send(offer('b2Zm'));
  expect(await master.frames(1)).toEqual(['{"messagePayload":"b2Zm","messageType":"SDP_OFFER","senderClientId":"v1"}']);
  master.send(answerTo('v1', 'YW5z'));
  expect(await viewer.frames(1)).toEqual(['{"messagePayload":"YW5z","messageType":"SDP_ANSWER"}']);
});

it.each([
  ['JavaScript, in alphabetical order', asJavaScript],
  ['SDK v3, Android and iOS, with the signature last', asSdk],
  ['C, with the ARN first and no slash before the query', asC],
])('takes a URL signed as by the clients in %s, and warns of nothing', async (_client, sign) => {
  const { emulator, arn, ws } = await startSignaling();
  emulator.requests.clear();
  await connect(sign({ endpoint: ws, arn }));
  await connect(sign({ endpoint: ws, arn, clientId: 'v1', sessionToken: 'a+b/c==' }));
  expect(
    emulator.requests.list().map((entry) => [entry.operation, entry.channel, entry.status, entry.warnings]),
  ).toEqual([
    ['ConnectAsMaster', 'front', 101, []],
    ['ConnectAsViewer', 'front', 101, []],
  ]);
});

it.each([
  [
    'signed an hour ago',
    'signatureOffTime',
    (url: string, arn: string) => asJavaScript({ endpoint: url, arn, now: Date.now() - 3_600_000 }),
  ],
  [
    'over after ten seconds',
    'signatureOffTime',
    (url: string, arn: string) => asJavaScript({ endpoint: url, arn, now: Date.now() - 60_000, expires: 10 }),
  ],
  [
    'good for a year',
    'presignedUrl',
    (url: string, arn: string) => asJavaScript({ endpoint: url, arn, expires: 31_536_000 }),
  ],
  [
    'without its signature',
    'presignedUrl',
    (url: string, arn: string) => asSdk({ endpoint: url, arn }).replace(/&X-Amz-Signature=.*/, ''),
  ],
  ['not signed at all', 'unsigned', (url: string, arn: string) => `${url}/?X-Amz-ChannelARN=${arn}`],
  [
    'with a parameter twice',
    'presignedUrl',
    (url: string, arn: string) => `${asSdk({ endpoint: url, arn })}&X-Amz-Date=20300101T000000Z`,
  ],
])('takes a URL that is %s and warns, or refuses it when strict', async (_what, difference, sign) => {
  const free = await startSignaling();
  await connect(sign(free.ws, free.arn));
  const [entry] = free.emulator.requests.list({ operation: 'ConnectAsMaster' });
  expect(entry?.warnings.map((one) => one.difference)).toContain(difference);
  const strict = await startSignaling({ strict: true });
  const master = (await strict.endpoint('MASTER')).replace(/^wss/, 'ws');
  const { status, body } = await refusedWith(sign(master, strict.arn));
  expect({ status, message: typeof JSON.parse(body).message }).toEqual({ status: 403, message: 'string' });
});

it('refuses the eleventh viewer byte by byte as captured, and goes on', async () => {
  const { connect: join, url } = await startSignaling();
  for (let i = 0; i < 10; i++) await join(`v${i}`);
  const { status, headers, body } = await refusedWith(url('v10'));
  expect(status).toBe(400);
  expect(body).toBe('{"Message":"Maximum number of clients connected to the channel !"}');
  expect(body).toHaveLength(66);
  const [, date, , , , , , , , id] = headers;
  expect(headers).toEqual([
    ...['Date', date, 'Content-Type', 'application/json; charset=UTF-8', 'Content-Length', '66'],
    ...['Connection', 'keep-alive', 'x-amz-apigw-id', id],
  ]);
  expect(id).toMatch(/^[\w+/]{15}=$/);
});

it.each([
  ['an id with a space', { clientId: 'a b' }, '{"message":"Invalid ClientId specified !"}'],
  ['an empty id', { clientId: '' }, '{"message":"Invalid ClientId specified !"}'],
  ['an id of 257 characters', { clientId: 'a'.repeat(257) }, '{"message":"Invalid ClientId specified !"}'],
  ['an id of the service', { clientId: 'aWs_x' }, '{"message":"Invalid ClientId specified !"}'],
  ['an ARN that is none', { arn: 'front' }, '{"message":"Invalid ChannelARN specified !"}'],
  ['an empty ARN', { arn: '' }, '{"message":"Invalid ChannelARN specified !"}'],
  [
    'an ARN that is too long',
    { arn: `arn:aws:kinesisvideo:us-east-1:000000000000:channel/${'a'.repeat(1000)}/1` },
    '{"message":"Invalid ChannelARN specified !"}',
  ],
])('refuses %s with 400', async (_what, wish, text) => {
  const { url } = await startSignaling();
  const { status, body } = await refusedWith(url('v1', wish));
  expect({ status, body }).toEqual({ status: 400, body: text });
});

it('refuses a channel that is not there, that is gone, and that is of another time, with 404', async () => {
  const { arn, call, url, connect: join } = await startSignaling();
  expect((await refusedWith(url(undefined, { arn: arn.replace('front', 'back') }))).status).toBe(404);
  expect((await refusedWith(url(undefined, { arn: arn.replace(/\d+$/, '1') }))).status).toBe(404);
  expect((await refusedWith(url(undefined, { region: 'eu-west-1' }))).status).toBe(404);
  const [master, viewer] = [await join(), await join('v1')];
  expect((await call('/deleteSignalingChannel', { ChannelARN: arn })).status).toBe(200);
  expect([await master.closed, await viewer.closed]).toEqual(['1001 Going away', '1001 Going away']);
  const { status, body } = await refusedWith(url());
  expect({ status, body }).toEqual({
    status: 404,
    body: '{"Message":"The requested channel is not found or not active."}',
  });
});

it('with names of their own for endpoints, tells roles by them and by the client id', async () => {
  const { arn, endpoint } = await startSignaling({ strict: true });
  const plain = async (role: 'MASTER' | 'VIEWER') => (await endpoint(role)).replace(/^wss/, 'ws');
  const [master, viewer] = [await plain('MASTER'), await plain('VIEWER')];
  expect(master).toMatch(/\/m-[0-9a-f]{8}$/);
  expect(viewer).toMatch(/\/v-[0-9a-f]{8}$/);
  await connect(asJavaScript({ endpoint: master, arn }));
  await connect(asJavaScript({ endpoint: viewer, arn, clientId: 'v1' }));
  const { status, body } = await refusedWith(asJavaScript({ endpoint: viewer, arn }));
  expect({ status, body }).toEqual({ status: 400, body: '{"message":"Invalid ClientId specified !"}' });
  expect((await refusedWith(asJavaScript({ endpoint: `${master.slice(0, -8)}00000000`, arn }))).status).toBe(400);
});

it('answers a ping with its payload, and a close without a code in kind', async () => {
  const { connect: join } = await startSignaling();
  const viewer = await join('v1');
  viewer.socket.ping('hello');
  expect(String((await once(viewer.socket, 'pong'))[0])).toBe('hello');
  expect(await viewer.close()).toBe('1005');
});

it('ends silent connections after ten minutes of its clock, all after an hour, and hears pings', async () => {
  const { emulator, connect: join } = await startSignaling(FROZEN);
  const [silent, alive] = [await join(), await join('v1')];
  for (let minute = 1; minute <= 10; minute++) {
    alive.socket.ping();
    await alive.settled();
    await emulator.clock.advance(minute < 10 ? MINUTE : ALMOST);
  }
  await alive.settled();
  expect(silent.socket.readyState).toBe(1);
  await emulator.clock.advance(MOMENT);
  expect(await silent.closed).toBe('1001 Going away');
  for (let minute = 11; minute <= 59; minute++) {
    await alive.settled();
    await emulator.clock.advance(MINUTE);
  }
  expect(await alive.frames(1)).toEqual(['{"messagePayload":"e30=","messageType":"GO_AWAY"}']);
  await emulator.clock.advance(ALMOST);
  await alive.settled();
  await emulator.clock.advance(MOMENT);
  expect(await alive.closed).toBe('1001 Going away');
});

it('keeps messages for whoever is not there on its clock, to the millisecond', async () => {
  const { emulator, connect: join } = await startSignaling(FROZEN, 5);
  const viewer = await join('v1');
  viewer.send(offer('gone'));
  await viewer.settled();
  await emulator.clock.advance(MOMENT);
  viewer.send(offer('again', { action: 'ICE_CANDIDATE' }));
  await viewer.settled();
  await emulator.clock.advance('4999ms');
  expect(await (await join()).frames(1)).toEqual([
    '{"messagePayload":"again","messageType":"ICE_CANDIDATE","senderClientId":"v1"}',
  ]);
});

it('closes the master whose place another takes and warns of that, or leaves it deaf if told', async () => {
  const closing = await startSignaling();
  const first = await closing.connect();
  await closing.connect();
  expect(await first.closed).toBe('1001 Going away');
  const warned = closing.emulator.requests.list({ operation: 'ConnectAsMaster' }).map(({ warnings }) => warnings);
  expect(warned.map((all) => all.map(({ difference }) => difference))).toEqual([[], ['displacedPeer']]);
  const { connect: join } = await startSignaling({ displacedPeers: 'deaf' });
  const [deaf, master, viewer] = [await join(), await join(), await join('v1')];
  viewer.send(offer('x'));
  await master.frames(1);
  deaf.send(answerTo('v1', 'y'));
  expect(await viewer.frames(1)).toEqual(['{"messagePayload":"y","messageType":"SDP_ANSWER"}']);
  expect(deaf.got).toEqual([]);
});

it('writes connects and messages into its journal by their names, and never what is in them', async () => {
  const { emulator, connect: join } = await startSignaling();
  emulator.requests.clear();
  const [master, viewer] = [await join(), await join('v1')];
  viewer.send(offer('c2VjcmV0'));
  await master.frames(1);
  master.send({ action: 'SDP_ANSWER', messagePayload: 'c2VjcmV0', correlationId: 'c-1' });
  await master.frames(2);
  const entries = emulator.requests.list({ channel: 'front' });
  expect(entries.map(({ operation, status, error }) => [operation, status, error])).toEqual([
    ['ConnectAsMaster', 101, null],
    ['ConnectAsViewer', 101, null],
    ['SDP_OFFER', 200, null],
    ['SDP_ANSWER', 400, 'InvalidArgumentException'],
  ]);
  expect(JSON.stringify(entries)).not.toContain('c2VjcmV0');
  expect(entries[0]?.warnings.map(({ difference, text }) => `${difference} ${text}`)).toEqual([
    'refusedMessage A message was refused. The master must name a recipientClientId.',
  ]);
});

it('takes payloads of more than 10,000 characters and warns, or refuses them when strict', async () => {
  const payload = 'x'.repeat(12_000);
  const free = await startSignaling();
  const [master, viewer] = [await free.connect(), await free.connect('v1')];
  viewer.send(offer(payload));
  expect((await master.frames(1))[0]).toContain(payload);
  const [entry] = free.emulator.requests.list({ operation: 'ConnectAsViewer' });
  expect(entry?.warnings.map(({ difference }) => difference)).toEqual(['longPayload']);
  const strict = await startSignaling({ strict: true });
  const endpoint = (await strict.endpoint('VIEWER')).replace(/^wss/, 'ws');
  const refused = await connect(asJavaScript({ endpoint, arn: strict.arn, clientId: 'v1' }));
  refused.send(offer(payload, { correlationId: 'c-1' }));
  expect(await refused.frames(1)).toEqual([
    '{"messageType":"STATUS_RESPONSE","statusResponse":{"correlationId":"c-1","errorType":"InvalidArgumentException","statusCode":"400","success":false}}',
  ]);
});

it('ends connections with a reset, of their account alone if it is of one, and when it stops', async () => {
  const { emulator, arn, url, connect: join } = await startSignaling();
  const master = await join();
  await emulator.reset({ account: '111111111111' });
  await master.settled();
  await emulator.reset();
  expect(await master.closed).toBe('1001 Going away');
  expect((await refusedWith(url())).status).toBe(404);
  expect(arn).toContain('channel/front');
  const other = await startSignaling();
  const viewer = await other.connect('v1');
  await other.emulator.stop();
  expect(await viewer.closed).toBe('1001 Going away');
});

it('is seen and ended from outside, by routes and by the library', async () => {
  const { emulator, arn, connect: join } = await startSignaling(FROZEN);
  const [viewer, other] = [await join('v1'), await join('v2')];
  viewer.send(offer('c2VjcmV0'));
  await viewer.settled();
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${emulator.url}/_kvs/channels${path}`, init);
    const body = (await response.json()) as { channels?: unknown; mailboxes?: { payload: string | null }[] };
    return { status: response.status, body };
  };
  const seen = await ask('/front');
  expect(seen).toMatchObject({
    status: 200,
    body: { arn, master: null, mailboxes: [{ sender: 'v1', payload: null }] },
  });
  expect(seen.body).toEqual(emulator.channels.get('front'));
  expect((await ask('')).body.channels).toEqual([seen.body]);
  expect((await ask('/front?payloads=true')).body.mailboxes?.[0]?.payload).toBe('c2VjcmV0');
  expect((await ask('/back')).status).toBe(404);
  expect((await ask('/front/disconnect', { method: 'POST', body: '{"client":"v1"}' })).status).toBe(400);
  const ended = await ask('/front/disconnect', { method: 'POST', body: '{"clientId":"v1"}' });
  expect(ended).toEqual({ status: 200, body: { connections: 1 } });
  expect(await viewer.closed).toBe('1001 Going away');
  expect((await ask('/front/reconnectIce', { method: 'POST' })).body).toEqual({ connections: 1 });
  expect((await ask('/front/goAway', { method: 'POST' })).body).toEqual({ connections: 1 });
  expect((await other.frames(2)).map((text) => JSON.parse(text).messageType)).toEqual([
    'RECONNECT_ICE_SERVER',
    'GO_AWAY',
  ]);
  await emulator.clock.advance(MINUTE);
  expect(await other.closed).toBe('1001 Going away');
});
