import { describe, expect, it } from 'vitest';
import { Channels } from '../../../src/domain/channels/channels.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { createRandom } from '../../../src/runtime/random.ts';

const HERE = { account: '111122223333', region: 'us-east-1' };
const THERE = { account: '999999999999', region: 'us-east-1' };

function emulated() {
  const clock = new ControllableClock({ startTime: 1_700_000_000_000, frozen: true });
  const transitions = { creating: 10, updating: 10, deleting: 10 };
  return { clock, channels: new Channels({ clock, ids: createIds(createRandom(1)), transitions }) };
}
const names = (channels: Channels) => [...channels.all()].map(({ record }) => record.name);

describe('reset of channels', () => {
  it('forgets all, or those of one account', () => {
    const { channels } = emulated();
    channels.create(HERE, { name: 'a' });
    channels.create(THERE, { name: 'b' });
    channels.reset({ account: HERE.account });
    expect(names(channels)).toEqual(['b']);
    channels.reset();
    expect(names(channels)).toEqual([]);
  });

  it('calls off what they waited for', async () => {
    const { clock, channels } = emulated();
    channels.create(HERE, { name: 'a' });
    await clock.advance(10);
    channels.delete(channels.resolve(HERE, { ChannelName: 'a' }), undefined);
    channels.reset();
    const again = channels.create(HERE, { name: 'a' });
    await clock.advance(9);
    expect(again.record.status).toBe('CREATING');
    await clock.advance(1);
    expect(again.record.status).toBe('ACTIVE');
    expect(names(channels)).toEqual(['a']);
  });
});
