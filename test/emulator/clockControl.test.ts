import { describe, expect, it } from 'vitest';
import { clockControl } from '../../src/emulator/clockControl.ts';
import { ControlError } from '../../src/emulator/controlError.ts';
import { ControllableClock } from '../../src/runtime/clock.ts';
import { LATEST } from '../../src/runtime/time.ts';
import { startEmulator } from '../support/emulator.ts';

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
