// What happens to a channel, and to one of those on it, while others are connected.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { answerTo, candidate, offer } from '../../support/signaling.ts';
import { connect, refusedWith, startSignaling } from '../../support/signalingClient.ts';

const FROZEN = { clock: 'frozen', startTime: 1_705_489_836_421 } as const;
const SENT = '{"messagePayload":"eA==","messageType":"SDP_OFFER","senderClientId":"v1"}';

async function withStorage() {
  const signaling = await startSignaling(FROZEN);
  const { call, arn } = signaling;
  const { StreamARN } = (await call('/createStream', { StreamName: 'door', DataRetentionInHours: 1 })).body;
  const store = (Status: 'ENABLED' | 'DISABLED') =>
    call('/updateMediaStorageConfiguration', {
      ChannelARN: arn,
      MediaStorageConfiguration: Status === 'ENABLED' ? { Status, StreamARN } : { Status },
    });
  return { ...signaling, store, streamArn: StreamARN as string };
}

it('storage that is enabled keeps master and viewers connected, and from each other, until it is disabled', async () => {
  const { emulator, connect: join, store, streamArn } = await withStorage();
  const [master, viewer] = [await join(), await join('v1')];
  expect((await store('ENABLED')).status).toBe(200);
  viewer.send(offer('dW5oZWFyZA=='));
  await viewer.settled();
  // The master need name nobody: it talks to the session.
  master.send({ action: 'SDP_ANSWER', messagePayload: 'dW5oZWFyZA==', correlationId: 'c-1' });
  await master.settled();
  expect([master.got, viewer.got]).toEqual([[], []]);
  const { storage, last, mailboxes } = emulator.channels.get('front');
  expect({ storage, mailboxes, outcomes: last.map(({ outcome }) => outcome) }).toEqual({
    storage: streamArn,
    mailboxes: [],
    outcomes: ['unheard', 'unheard'],
  });
  const warned = emulator.requests.list({ operation: 'ConnectAsViewer' }).flatMap(({ warnings }) => warnings);
  expect(warned.map(({ difference }) => difference)).toEqual(['storageSession']);
  expect((await store('DISABLED')).status).toBe(200);
  viewer.send(offer('eA=='));
  expect(await master.frames(1)).toEqual([SENT]);
});

it('what waited before storage was enabled is delivered, and comes from nobody else', async () => {
  const { connect: join, store } = await withStorage();
  const viewer = await join('v1');
  viewer.send(offer('eA=='));
  await viewer.settled();
  await store('ENABLED');
  viewer.send(candidate('dW5oZWFyZA=='));
  await viewer.settled();
  const master = await join();
  expect(await master.frames(1)).toEqual([SENT]);
  await master.settled();
  expect(master.got).toHaveLength(1);
});

it('a new time to live counts for what is sent from then on, and nobody’s connection ends', async () => {
  const { emulator, arn, call, connect: join } = await startSignaling(FROZEN, 60);
  const [first, second] = [await join('v1'), await join('v2')];
  first.send(offer('eA=='));
  await first.settled();
  const { ChannelInfo } = (await call('/describeSignalingChannel', { ChannelARN: arn })).body;
  const SingleMasterConfiguration = { MessageTtlSeconds: 5 };
  await call('/updateSignalingChannel', {
    ...{ ChannelARN: arn, CurrentVersion: ChannelInfo.Version, SingleMasterConfiguration },
  });
  second.send(offer('eA=='));
  await second.settled();
  expect(emulator.channels.get('front').mailboxes.map(({ sender, expires }) => `${sender} ${expires}`)).toEqual([
    'v1 2024-01-17T11:11:36.421Z',
    'v2 2024-01-17T11:10:41.421Z',
  ]);
  await emulator.clock.advance('5s');
  expect(await (await join()).frames(1)).toEqual([SENT]);
});

it('a channel that is made anew is nobody’s old one: its first master finds no mail', async () => {
  const { arn, call, url, connect: join } = await startSignaling(FROZEN);
  const viewer = await join('v1');
  viewer.send(offer('eA=='));
  await viewer.settled();
  await call('/deleteSignalingChannel', { ChannelARN: arn });
  expect(await viewer.closed).toBe('1001 Going away');
  const again = (await call('/createSignalingChannel', { ChannelName: 'front' })).body.ChannelARN;
  expect((await refusedWith(url('v1'))).status).toBe(404);
  const master = await connect(url(undefined, { arn: again }));
  await master.settled();
  expect(master.got).toEqual([]);
});

it('writes into its journal who was refused, and why', async () => {
  const { emulator, arn, url, connect: join } = await startSignaling(FROZEN);
  emulator.limits.change({ overrides: { 'signaling.viewers': 1 } });
  await join('v1');
  emulator.requests.clear();
  await refusedWith(url('v2'));
  await refusedWith(url('a b'));
  await refusedWith(url('v1', { arn: 'front' }));
  await refusedWith(url(undefined, { arn: arn.replace(/\d+$/, '1') }));
  const entries = emulator.requests.list();
  expect(entries.map(({ operation, status, error, channel }) => [operation, status, error, channel])).toEqual([
    ['ConnectAsViewer', 400, 'ClientLimitExceededException', 'front'],
    ['ConnectAsViewer', 400, 'InvalidArgumentException', 'front'],
    ['ConnectAsViewer', 400, 'InvalidArgumentException', null],
    ['ConnectAsMaster', 404, 'ResourceNotFoundException', 'front'],
  ]);
});

it('the others on a channel notice nothing of one who sends what makes no sense, or too much of it', async () => {
  const { emulator, connect: join } = await startSignaling();
  const [master, good, bad] = [await join(), await join('v1'), await join('bad')];
  const nonsense: (string | Buffer)[] = [
    ...[
      '',
      'null',
      '[]',
      '"x"',
      '7',
      '{',
      '{"action":',
      '{"action":7}',
      '{"action":"GO_AWAY","messagePayload":"e30="}',
    ],
    ...['{"action":"SDP_OFFER"}', '{"action":"SDP_OFFER","messagePayload":null}', '['.repeat(60_000)],
    ...[`{"action":"${'x'.repeat(100_000)}","messagePayload":"x"}`, '{"__proto__":{"action":"SDP_OFFER"}}'],
    ...Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? randomBytes(200) : randomBytes(200).toString('latin1'))),
  ];
  for (const frame of nonsense) bad.socket.send(frame);
  bad.send({ action: 'JUMP', messagePayload: 'x', correlationId: 'c-1' });
  const [answer] = await bad.frames(1);
  expect(JSON.parse(answer ?? '').statusResponse).toMatchObject({ correlationId: 'c-1', statusCode: '400' });
  bad.socket.send('x'.repeat(100_000_000));
  expect(await bad.closed).toMatch(/^1009/);
  good.send(offer('eA=='));
  expect(await master.frames(1)).toEqual([SENT]);
  master.send(answerTo('v1', 'eQ=='));
  expect(await good.frames(1)).toEqual(['{"messagePayload":"eQ==","messageType":"SDP_ANSWER"}']);
  const { viewers, mailboxes } = emulator.channels.get('front');
  expect({ viewers: viewers.map(({ clientId }) => clientId), mailboxes }).toEqual({ viewers: ['v1'], mailboxes: [] });
});
