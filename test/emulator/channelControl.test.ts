import { expect, it } from 'vitest';
import { Channels } from '../../src/domain/channels/channels.ts';
import { Limits } from '../../src/domain/limits/limits.ts';
import { Signaling } from '../../src/domain/signaling/signaling.ts';
import { ChannelControl } from '../../src/emulator/channelControl.ts';
import { ControllableClock } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import { createRandom } from '../../src/runtime/random.ts';
import { Room } from '../../src/runtime/room.ts';
import { MemoryRecordStore } from '../../src/store/memory/records.ts';
import { offer } from '../support/signaling.ts';

const scope = { account: '000000000000', region: 'us-east-1' };

function start() {
  const clock = new ControllableClock({ startTime: Date.parse('2030-01-01T00:00:00Z'), frozen: true });
  const channels = new Channels({
    clock,
    ids: createIds(createRandom(1)),
    records: new MemoryRecordStore(),
    streams: { find: () => undefined },
  });
  const room = new Room({ capacity: 1 << 20 });
  const signaling = new Signaling({ clock, room, limits: new Limits(), displaced: 'close' });
  const channel = channels.create(scope, { name: 'front' });
  const control = new ChannelControl(channels, signaling);
  function join(clientId?: string) {
    const got: string[] = [];
    const member = signaling.of(channel).admit(clientId);
    signaling.of(channel).connect(member, {
      send: (text, sent) => {
        got.push(text);
        sent();
        return true;
      },
      close: (code) => void got.push(String(code)),
    });
    return { got, send: (frame: object) => signaling.of(channel).receive(member, JSON.stringify(frame)) };
  }
  return { control, channel, join };
}

it('shows who is connected, what waits and what went by, and what is in it only if asked', () => {
  const { control, channel, join } = start();
  const nobody = { name: 'front', ...scope, arn: channel.record.arn, status: 'ACTIVE', storage: null };
  expect(control.get(scope, 'front')).toEqual({ ...nobody, master: null, viewers: [], mailboxes: [], last: [] });
  join('v1').send(offer('c2VjcmV0'));
  const since = '2030-01-01T00:00:00.000Z';
  const waiting = { recipient: 'master', sender: 'v1', type: 'SDP_OFFER', expires: '2030-01-01T00:01:00.000Z' };
  expect(control.get(scope, 'front')).toEqual({
    ...nobody,
    master: null,
    viewers: [{ clientId: 'v1', since, messages: 1 }],
    mailboxes: [waiting],
    last: [{ time: since, sender: 'v1', recipient: 'master', type: 'SDP_OFFER', outcome: 'kept' }],
  });
  expect(control.get(scope, 'front', { payloads: true }).mailboxes).toEqual([{ ...waiting, payload: 'c2VjcmV0' }]);
});

it('ends one or all, lets go, and calls for new relays', () => {
  const { control, join } = start();
  const [master, one, two] = [join(), join('v1'), join('v2')];
  expect(control.reconnectIce(scope, 'front', 'v2')).toBe(1);
  expect(control.goAway(scope, 'front', 'master')).toBe(1);
  expect(control.disconnect(scope, 'front', 'v1')).toBe(1);
  expect(control.disconnect(scope, 'front', 'v9')).toBe(0);
  const types = (got: string[]) => got.map((text) => JSON.parse(text).messageType ?? text);
  expect([master, one, two].map(({ got }) => types(got))).toEqual([['GO_AWAY'], ['1001'], ['RECONNECT_ICE_SERVER']]);
  expect(control.disconnect(scope, 'front')).toBe(2);
});

it('says that a channel is not there', () => {
  const { control } = start();
  expect(() => control.get(scope, 'back')).toThrow(
    'There is no channel "back" of the account 000000000000 in us-east-1.',
  );
  expect(() => control.disconnect({ ...scope, region: 'eu-west-1' }, 'front')).toThrow('There is no channel');
});
