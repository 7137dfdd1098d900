// Rules about signaling: what masters, viewers and senders of offers see of them.
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { refusedWith, startSignaling } from '../support/signalingClient.ts';

const offer = (messagePayload: string, more: object = {}) => ({ action: 'SDP_OFFER', messagePayload, ...more });
const payloads = (frames: readonly string[]): string[] => frames.map((frame) => JSON.parse(frame).messagePayload);

async function start() {
  const signaling = await startSignaling({ clock: 'frozen' });
  return { ...signaling, faults: signaling.emulator.faults, clock: signaling.emulator.clock };
}

it('a connection is refused with the status that is asked for, or ends in the handshake', async () => {
  const { faults, url, connect } = await start();
  faults.add([
    { match: { operation: 'ConnectAsViewer', channel: 'fr?nt', times: 1 }, effect: { refuse: 403 } },
    { match: { operation: 'ConnectAsMaster', nth: 1 }, effect: { error: 'ResourceNotFoundException' } },
  ]);
  expect((await refusedWith(url('v1'))).status).toBe(403);
  expect((await refusedWith(url())).status).toBe(404);
  await connect('v1');
  faults.replace([{ match: { operation: 'ConnectAsMaster', nth: 1 }, effect: { reset: true } }]);
  const [error] = await once(new WebSocket(url()), 'error');
  expect(error.code).toBe('ECONNRESET');
  await connect();
});

it('messages are dropped, sent twice, late by the clock, or behind later ones', async () => {
  const { faults, connect, clock, emulator } = await start();
  const [master, viewer] = [await connect(), await connect('v1')];
  faults.add([
    { id: 'lost', match: { operation: 'SDP_OFFER', nth: 1 }, effect: { drop: true } },
    { id: 'twice', match: { operation: 'SDP_OFFER', nth: 2 }, effect: { duplicate: true } },
    { id: 'late', match: { operation: 'SDP_OFFER', nth: 3 }, effect: { latency: '2s' } },
    { id: 'behind', match: { operation: 'SDP_OFFER', nth: 4 }, effect: { reorder: 1 } },
  ]);
  for (const payload of ['a', 'b', 'c', 'd', 'e']) viewer.send(offer(payload));
  await viewer.settled();
  expect(payloads(await master.frames(4))).toEqual(['b', 'b', 'e', 'd']);
  await clock.advance('1999ms');
  expect(master.got).toHaveLength(4);
  await clock.advance('1ms');
  expect(payloads(await master.frames(5)).at(-1)).toBe('c');
  const noted = emulator.requests.list({ operation: 'SDP_OFFER' });
  expect(noted.map((entry) => entry.faults)).toEqual([['lost'], ['twice'], ['late'], ['behind'], []]);
  expect(faults.get('late')).toMatchObject({ fired: 1, lastRequests: [noted[2]?.requestId] });
});

it('a message is refused as the service refuses, with the error or status that is asked for', async () => {
  const { faults, connect, emulator } = await start();
  const viewer = await connect('v1');
  faults.add([
    { match: { operation: 'SDP_OFFER', nth: 1 }, effect: { refuse: 403 } },
    { match: { operation: 'SDP_OFFER', nth: 2 }, effect: { error: 'ClientLimitExceededException' } },
  ]);
  for (const correlationId of ['one', 'two', 'three']) viewer.send(offer('a', { correlationId }));
  await viewer.settled();
  expect((await viewer.frames(2)).map((frame) => JSON.parse(frame).statusResponse)).toEqual([
    { correlationId: 'one', errorType: 'AccessDeniedException', statusCode: '403', success: false },
    { correlationId: 'two', errorType: 'ClientLimitExceededException', statusCode: '400', success: false },
  ]);
  expect(emulator.requests.list({ operation: 'SDP_OFFER' }).map(({ status }) => status)).toEqual([403, 400, 200]);
});

it('an offer over HTTPS is refused by a rule about messages, and effects of messages reach planes, too', async () => {
  const { faults, call, arn, connect } = await start();
  const send = () =>
    call('/v1/send-alexa-offer-to-master', { ChannelARN: arn, SenderClientId: 'alexa', MessagePayload: 'YQ==' });
  faults.add({ match: { operation: 'SDP_OFFER' }, effect: { refuse: 503 } });
  expect((await send()).status).toBe(503);
  faults.replace([{ match: { operation: 'signaling' }, effect: { duplicate: true } }]);
  const [master, viewer] = [await connect(), await connect('v1')];
  viewer.send(offer('a'));
  expect(payloads(await master.frames(2))).toEqual(['a', 'a']);
});
