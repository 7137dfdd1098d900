// What is told of channels while things happen on them, and what the clock says is due.
import { expect, it } from 'vitest';
import type { EmulatorEvent } from '../../src/emulator/eventView.ts';
import { candidate, offer } from '../support/signaling.ts';
import { refusedWith, startSignaling } from '../support/signalingClient.ts';

const FROZEN = { clock: 'frozen', startTime: '2030-01-01T00:00:00Z' } as const;
const TIME = '2030-01-01T00:00:00.000Z';

async function take(events: AsyncIterable<EmulatorEvent>, count: number): Promise<EmulatorEvent[]> {
  const taken: EmulatorEvent[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
}

const brief = ({ type, data }: EmulatorEvent): string =>
  type === 'channel' ? [data.channel, data.event, data.role, data.clientId, data.type].join(' ') : type;

it('events tell who has come to a channel, what kind of message was sent, and who has gone', async () => {
  const { emulator, connect } = await startSignaling(FROZEN);
  const follows = emulator.events.follow({ types: ['channel'], channel: 'front' });
  const elsewhere = emulator.events.follow({ types: ['channel', 'clock'], channel: 'back' });
  const viewer = await connect('v1');
  viewer.send(offer('c2VjcmV0'));
  await viewer.settled();
  const master = await connect();
  await master.frames(1);
  master.send({ ...candidate('c2VjcmV0'), recipientClientId: 'v1' });
  await viewer.frames(1);
  await viewer.close();
  const told = await take(follows, 5);
  expect(told.map(brief)).toEqual([
    'front connected VIEWER v1 ',
    'front message VIEWER v1 SDP_OFFER',
    'front connected MASTER  ',
    'front message MASTER  ICE_CANDIDATE',
    'front gone VIEWER v1 ',
  ]);
  const whose = { time: TIME, channel: 'front', account: '000000000000', region: 'us-east-1' };
  expect(told[0]).toEqual({
    id: told[0]?.id,
    type: 'channel',
    data: { ...whose, event: 'connected', role: 'VIEWER', clientId: 'v1', type: null },
  });
  expect(JSON.stringify(told)).not.toContain('c2VjcmV0');
  await emulator.stop();
  expect(await take(elsewhere, 1)).toEqual([]);
});

it('events tell that one has gone whom a newer one displaces, a reset ends, or its own time', async () => {
  const { emulator, connect } = await startSignaling(FROZEN);
  const follows = emulator.events.follow({ types: ['channel'] });
  const first = await connect();
  await connect();
  await first.closed;
  const idle = await connect('v1');
  await emulator.clock.advance('10m');
  await idle.closed;
  expect((await take(follows, 6)).map(brief).sort()).toEqual([
    ...['front connected MASTER  ', 'front connected MASTER  ', 'front connected VIEWER v1 '],
    ...['front gone MASTER  ', 'front gone MASTER  ', 'front gone VIEWER v1 '],
  ]);
});

it('events tell nothing of one who was refused', async () => {
  const { emulator, url, connect } = await startSignaling(FROZEN);
  const follows = emulator.events.follow({ types: ['channel'] });
  expect((await refusedWith(url('a b'))).status).toBe(400);
  await connect('v1');
  expect((await take(follows, 1)).map(brief)).toEqual(['front connected VIEWER v1 ']);
});

it('the clock tells when the time of a message and of a connection is over', async () => {
  const { emulator, connect } = await startSignaling(FROZEN, 5);
  const viewer = await connect('v1');
  viewer.send(offer('x'));
  await viewer.settled();
  const due = (): string[] => emulator.clock.state().next.map(({ at, what, stream }) => `${at} ${what} ${stream}`);
  expect(due()).toEqual([
    '2030-01-01T00:00:05.000Z message null',
    '2030-01-01T00:10:00.000Z connection null',
    '2030-01-01T00:59:00.000Z connection null',
  ]);
  await connect();
  expect(due().filter((text) => text.includes('message'))).toEqual([]);
});
