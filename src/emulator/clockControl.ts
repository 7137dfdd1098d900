import type { Events } from '../domain/events/events.ts';
import { date, duration, fraction, type Given } from '../protocol/ownShapes.ts';
import { oneOf } from '../protocol/shapes.ts';
import type { ControllableClock } from '../runtime/clock.ts';
import { type Instant, LATEST, toIso } from '../runtime/time.ts';
import { type ControlTable, readControl, wrongValue } from './controlInput.ts';

export interface ClockState {
  /** ISO 8601, UTC, with milliseconds. */
  readonly now: string;
  readonly mode: 'running' | 'frozen';
  /** Emulated seconds per real second while it runs. */
  readonly rate: number;
  /** How far it is ahead of the machine's clock, in milliseconds. */
  readonly offsetMs: number;
  /** The first ten things that are due. */
  readonly next: readonly DueState[];
}

export interface DueState {
  /** ISO 8601, UTC, with milliseconds. */
  readonly at: string;
  /**
   * `expiry` of fragments, end of a playback `session`, a limit of a `connection`, end of a passing `state`, of a `token` of a
   * relay, of the time of a `message`.
   */
  readonly what: string;
  /** The stream it is about, if it is about one. */
  readonly stream: string | null;
}

const MOST_DUE = 10;

const SLOWEST = 1 / 1000;
const FASTEST = 1_000_000;

const FORMS =
  'Send {"advance":"25h"}, or any of {"set":"2030-01-01T00:00:00Z"}, {"mode":"frozen"} or {"mode":"running"}, {"rate":60}.';

const backward = (value: unknown): string | undefined =>
  typeof value === 'number' && value < 0 ? 'Time is advanced forward only; to go back, set a date.' : undefined;

export const clockChange = {
  subject: 'The clock',
  hint: FORMS,
  members: {
    advance: duration({
      means: 'forward by so much',
      hint: (value) =>
        backward(value) ?? 'Give seconds as a number, or a duration like "90m", "25h", "7d", "1h30m", "PT25H".',
    }),
    set: date({ means: 'to this time, forward or back' }),
    mode: { ...oneOf('running', 'frozen'), hint: 'The modes are "running" and "frozen".' },
    rate: fraction({
      min: SLOWEST,
      max: FASTEST,
      means: 'emulated seconds per real second',
      hint: `Give a number from ${SLOWEST} to ${FASTEST}: emulated seconds per real second. To stop time, use {"mode":"frozen"}.`,
    }),
  },
  together(names) {
    if (names.length === 0) return ['The body says nothing to do.'];
    if (!names.includes('advance') || names.length === 1) return undefined;
    const others = names.filter((name) => name !== 'advance').map((name) => `"${name}"`);
    return [`"advance" goes alone, not with ${others.join(', ')}.`, 'advance'];
  },
} as const satisfies ControlTable;

/**
 * `advance` alone (seconds, or a duration like `25h`), or any of `set` (a time), `mode` (`running` or `frozen`) and `rate`
 * (emulated seconds per real one).
 */
export type ClockChange = Given<typeof clockChange.members>;

/** Emulated time, from 1970 to 9999. Moving it resolves when all work that became due is done. Rejects with a ControlError. */
export interface EmulatorClock {
  /** Milliseconds since the epoch. */
  now(): number;
  state(): ClockState;
  /** Forward by seconds, or by a duration like `90m`, `25h`, `7d`, `PT25H`. */
  advance(duration: number | string): Promise<ClockState>;
  /** To a date: ISO 8601, a Date, or milliseconds since the epoch. */
  set(time: Instant): Promise<ClockState>;
  freeze(): Promise<ClockState>;
  /** Lets it run, at `rate` emulated seconds per real second, 0.001 to 1,000,000; at the rate it had if none is given. */
  run(rate?: number): Promise<ClockState>;
  /** `advance` alone, or any of `set`, `mode` and `rate` together. Of what makes no sense nothing is done. */
  change(wanted: ClockChange): Promise<ClockState>;
}

/** @param events is told when somebody has moved it */
export function clockControl(clock: ControllableClock, events?: Pick<Events, 'tell'>): EmulatorClock {
  const state = (): ClockState => {
    const { now, mode, rate, offsetMs } = clock.state();
    const next = clock.upcoming(MOST_DUE).map(({ time, about }) => ({
      at: toIso(Math.min(time, LATEST)),
      what: about?.what ?? 'work',
      stream: about?.stream ?? null,
    }));
    return { now: toIso(now), mode, rate, offsetMs, next };
  };

  /** Looks where it is right behind the move: whatever waits for that, a reset say, comes after. */
  async function change(wanted: ClockChange): Promise<ClockState> {
    const { advance, set, mode, rate } = readControl(clockChange, wanted);
    if (advance !== undefined) {
      if (clock.now() + advance > LATEST) {
        throw wrongValue('advance', wanted.advance, `The clock ends at ${toIso(LATEST)}.`);
      }
      await clock.advance(advance);
    } else {
      // Where it is to stand still, it stands there to the millisecond.
      if (mode === 'frozen') {
        if (rate !== undefined) clock.run(rate);
        clock.freeze();
      }
      if (set !== undefined) await clock.set(set);
      if (mode === 'running' || (mode === undefined && rate !== undefined)) clock.run(rate);
    }
    events?.tell('clock', {}, () => ({}));
    return state();
  }

  return {
    now: () => clock.now(),
    state,
    advance: (distance) => change({ advance: distance }),
    set: (time) => change({ set: time }),
    freeze: () => change({ mode: 'frozen' }),
    run: (rate) => change(rate === undefined ? { mode: 'running' } : { rate }),
    change,
  };
}
