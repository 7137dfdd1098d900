import { describe, expect, it } from 'vitest';
import { clockControl } from '../../src/emulator/clockControl.ts';
import { ControlError } from '../../src/emulator/controlError.ts';
import { ControllableClock } from '../../src/runtime/clock.ts';
import { LATEST } from '../../src/runtime/time.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { openPut } from '../support/putMedia.ts';
import { ask } from '../support/tour.ts';

describe('every bound of the clock', () => {
  const wrong: readonly (readonly [method: 'advance' | 'set' | 'run', value: unknown])[] = [
    ['advance', -1],
    ['advance', Number.NaN],
    ['advance', Number.POSITIVE_INFINITY],
    ['advance', 'P1Y'],
    ['advance', '99999999d'],
    ['set', '+010000-01-01T00:00:00Z'],
    ['set', LATEST + 1],
    ['set', -1],
    ['set', 1_700_000_000],
    ['set', new Date(Number.NaN)],
    ['run', 0.0001],
    ['run', -1],
    ['run', 2e6],
    ['run', Number.NaN],
  ];

  it.each(wrong)('holds in the library: %s %s', async (method, value) => {
    const { clock } = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
    const before = clock.state();
    await expect(clock[method](value as never)).rejects.toThrow(ControlError);
    expect(clock.state()).toMatchObject({ now: before.now, mode: before.mode, rate: before.rate });
  });

  it.each(['1960-01-01T00:00:00Z', '+012000-01-01T00:00:00Z'])('holds at the start: %s', async (startTime) => {
    await expect(startEmulator({ startTime })).rejects.toThrow('startTime must be an ISO 8601 date from 1970 to 9999');
  });
});

it('stands still at the end of time, however fast it runs', async () => {
  const clock = new ControllableClock({ startTime: LATEST - 5, frozen: true });
  const control = clockControl(clock);
  await control.change({ rate: 1_000_000 });
  // A turn of the wall clock is a thousand seconds of this one.
  const wall = Date.now();
  while (Date.now() === wall);
  expect(control.state().now).toBe('9999-12-31T23:59:59.999Z');
  clock.stop();
});

it('repeats no more of what it refuses than is needed to know it again', async () => {
  const control = clockControl(new ControllableClock({ frozen: true }));
  const error = await control.change({ set: 'x'.repeat(1_000_000) }).catch((thrown: Error) => thrown);
  expect((error as Error).message.length).toBeLessThan(256);
});

it('tells the first ten things that are due, on both faces', async () => {
  const emulator = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
  expect(emulator.clock.state().next).toEqual([]);
  const producer = openPut({ url: emulator.url, producerStart: '1893456000' });
  await producer.send(fixture('h264-gop2s.mkv'));
  await producer.next();
  const { next } = emulator.clock.state();
  expect(next.every(({ stream }) => stream === 'cam')).toBe(true);
  expect(next[0]).toMatchObject({ what: 'connection' });
  expect(next.at(-1)).toEqual({ at: '2030-01-01T01:00:00.000Z', what: 'expiry', stream: 'cam' });
  expect(await (await fetch(`${emulator.url}/_kvs/clock`)).json()).toEqual(
    expect.objectContaining({ next: emulator.clock.state().next }),
  );
  await emulator.clock.advance('1m');
  await producer.rest();
  const session = {
    StreamName: 'cam',
    PlaybackMode: 'ON_DEMAND',
    HLSFragmentSelector: {
      FragmentSelectorType: 'SERVER_TIMESTAMP',
      TimestampRange: { StartTimestamp: 1893455000, EndTimestamp: 1893457000 },
    },
  };
  expect((await ask(emulator, '/getHLSStreamingSessionURL', session)).text).toMatch('SessionToken');
  expect(emulator.clock.state().next.map(({ at, what }) => [at, what])).toEqual([
    ['2030-01-01T00:06:00.000Z', 'session'],
    // The producer's, and the player's.
    ['2030-01-01T00:45:00.000Z', 'dataKey'],
    ['2030-01-01T00:46:00.000Z', 'dataKey'],
    ['2030-01-01T01:00:00.000Z', 'expiry'],
  ]);
  for (let many = 0; many < 20; many++) await ask(emulator, '/getHLSStreamingSessionURL', session);
  expect(emulator.clock.state().next).toHaveLength(10);
});

it('tells when a passing state ends', async () => {
  const emulator = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z', creatingDelay: '10s' });
  await ask(emulator, '/createStream', { StreamName: 'cam' });
  const due = { at: '2030-01-01T00:00:10.000Z', what: 'state', stream: 'cam' };
  expect(emulator.clock.state().next).toEqual([due]);
  await ask(emulator, '/createSignalingChannel', { ChannelName: 'door' });
  expect(emulator.clock.state().next).toEqual([due, { ...due, stream: null }]);
});
