import { expect, it } from 'vitest';
import { Channels } from '../../src/domain/channels/channels.ts';
import { Limits } from '../../src/domain/limits/limits.ts';
import { Signaling } from '../../src/domain/signaling/signaling.ts';
import { channelControl } from '../../src/emulator/channelControl.ts';
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
  const control = channelControl(channels, signaling, scope);
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
  expect(control.get('front')).toEqual({ ...nobody, master: null, viewers: [], mailboxes: [], last: [] });
  join('v1').send(offer('c2VjcmV0'));
  const since = '2030-01-01T00:00:00.000Z';
  const waiting = { recipient: 'master', sender: 'v1', type: 'SDP_OFFER', expires: '2030-01-01T00:01:00.000Z' };
  expect(control.get('front')).toEqual({
    ...nobody,
    master: null,
    viewers: [{ clientId: 'v1', since, messages: 1 }],
    mailboxes: [{ ...waiting, payload: null }],
    last: [{ time: since, sender: 'v1', recipient: 'master', type: 'SDP_OFFER', outcome: 'kept' }],
  });
  expect(control.list()).toEqual({ channels: [control.get('front')], next: null });
  expect(control.list({ region: 'eu-west-1' }).channels).toEqual([]);
  expect(control.get('front', { payloads: true }).mailboxes).toEqual([{ ...waiting, payload: 'c2VjcmV0' }]);
});

it('ends one or all, lets go, and calls for new relays', () => {
  const { control, join } = start();
  const [master, one, two] = [join(), join('v1'), join('v2')];
  expect(control.reconnectIce('front', { clientId: 'v2' })).toEqual({ connections: 1 });
  expect(control.goAway('front', { clientId: 'master' })).toEqual({ connections: 1 });
  expect(control.disconnect('front', { clientId: 'v1' })).toEqual({ connections: 1 });
  expect(control.disconnect('front', { clientId: 'v9' })).toEqual({ connections: 0 });
  const types = (got: string[]) => got.map((text) => JSON.parse(text).messageType ?? text);
  expect([master, one, two].map(({ got }) => types(got))).toEqual([['GO_AWAY'], ['1001'], ['RECONNECT_ICE_SERVER']]);
  expect(control.disconnect('front')).toEqual({ connections: 2 });
});

it('says that a channel is not there', () => {
  const { control } = start();
  expect(() => control.get('back')).toThrow('There is no channel "back" of the account 000000000000 in us-east-1.');
  expect(() => control.disconnect('front', { region: 'eu-west-1' })).toThrow('There is no channel');
});

it('takes nothing that makes no sense', () => {
  const { control } = start();
  expect(() => control.get('front', { colour: 'red' } as never)).toThrow('A channel knows no "colour".');
  expect(() => control.list({ limit: 0 })).toThrow('0 cannot be "limit".');
});
