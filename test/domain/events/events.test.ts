import { describe, expect, it } from 'vitest';
import { Events, type Happening } from '../../../src/domain/events/events.ts';

const DOOR = { account: '000000000000', region: 'us-east-1', stream: 'door' };
const OTHER = { account: '111111111111', region: 'us-east-1', stream: 'door' };

function start() {
  const events = new Events({ clock: { now: () => 1000 } });
  const heard: Happening[] = [];
  const stop = events.listen((happening) => heard.push(happening));
  return { events, heard, stop };
}

const fault = (id: string) => () => ({ id, requestId: 'r' });

describe('events', () => {
  it('ask nobody for what nobody hears', () => {
    const events = new Events({ clock: { now: () => 0 } });
    events.tell('fault', DOOR, () => {
      throw new Error('was asked');
    });
    expect(events.since(0)).toEqual([]);
  });

  it('are told with an ascending id, the time of the clock and whose they are', () => {
    const { events, heard } = start();
    events.tell('fault', DOOR, fault('a'));
    events.tell('clock', {}, () => ({}));
    expect(heard).toEqual([
      { id: 1, type: 'fault', time: 1000, whose: DOOR, data: { id: 'a', requestId: 'r' } },
      { id: 2, type: 'clock', time: 1000, whose: {}, data: {} },
    ]);
  });

  it('are kept for whoever comes back, a thousand of them', () => {
    const { events, heard, stop } = start();
    events.tell('fault', DOOR, fault('0'));
    stop();
    for (let n = 1; n <= 2500; n++) events.tell('fault', DOOR, fault(String(n)));
    expect(heard.length).toBe(1);
    expect(events.since(2499).map(({ id }) => id)).toEqual([2500, 2501]);
    expect(events.since(1)).toHaveLength(1000);
  });

  it('of an account are forgotten with it', () => {
    const { events } = start();
    events.tell('fault', DOOR, fault('a'));
    events.tell('fault', OTHER, fault('b'));
    events.tell('clock', {}, () => ({}));
    events.reset({ account: DOOR.account });
    expect(events.since(0).map(({ id }) => id)).toEqual([2, 3]);
    events.reset({});
    expect(events.since(0)).toEqual([]);
  });
});
