import type { ControllableClock } from '../runtime/clock.ts';
import { LATEST, parseDuration, parseInstant, toIso } from '../runtime/time.ts';
import { ControlError } from './controlError.ts';

export interface ClockState {
  /** ISO 8601, UTC, with milliseconds. */
  readonly now: string;
  readonly mode: 'running' | 'frozen';
  /** Emulated seconds per real second while it runs. */
  readonly rate: number;
  /** How far it is ahead of the machine's clock, in milliseconds. */
  readonly offsetMs: number;
}

/** What can be asked of the clock in one go: `advance` alone, or any of the others together. */
export interface ClockChange {
  /** Seconds, or a duration like `90m`, `25h`, `PT25H`. */
  readonly advance?: unknown;
  /** ISO 8601, or milliseconds since the epoch. */
  readonly set?: unknown;
  readonly mode?: unknown;
  readonly rate?: unknown;
}

const SLOWEST = 1 / 1000;
const FASTEST = 1_000_000;

const FORMS =
  'Send {"advance":"25h"}, or any of {"set":"2030-01-01T00:00:00Z"}, {"mode":"frozen"} or {"mode":"running"}, {"rate":60}.';
const NAMES: readonly string[] = ['advance', 'set', 'mode', 'rate'];

/** What may be done to the emulated time. Every way to the clock goes through here, so every bound stands here. */
export class ClockControl {
  readonly #clock: ControllableClock;

  constructor(clock: ControllableClock) {
    this.#clock = clock;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  state(): ClockState {
    const { now, mode, rate, offsetMs } = this.#clock.state();
    return { now: toIso(now), mode, rate, offsetMs };
  }

  /** Resolves to the new state when all work that became due is done. Of what makes no sense nothing is done. */
  async change(wanted: unknown): Promise<ClockState> {
    const change = checkMembers(wanted);
    if ('advance' in change) {
      await this.#clock.advance(this.#distance(change.advance));
      return this.state();
    }
    const time = 'set' in change ? checkTime(change.set) : undefined;
    const rate = 'rate' in change ? checkRate(change.rate) : undefined;
    const mode = 'mode' in change ? checkMode(change.mode) : undefined;
    if (time !== undefined) await this.#clock.set(time);
    if (rate !== undefined || mode === 'running') this.#clock.run(rate);
    if (mode === 'frozen') this.#clock.freeze();
    return this.state();
  }

  #distance(value: unknown): number {
    const ms = typeof value === 'number' || typeof value === 'string' ? parseDuration(value) : undefined;
    if (ms === undefined) {
      const hint = 'Give seconds as a number, or a duration like "90m", "25h", "7d", "1h30m", "PT25H".';
      throw wrong('advance', value, hint);
    }
    if (ms < 0) throw wrong('advance', value, 'Time is advanced forward only; to go back, set a date.');
    if (this.#clock.now() + ms > LATEST) throw wrong('advance', value, `The clock ends at ${toIso(LATEST)}.`);
    return ms;
  }
}

function checkMembers(wanted: unknown): ClockChange {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) {
    throw new ControlError('The body is not a JSON object.', FORMS);
  }
  const names = Object.keys(wanted);
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new ControlError(`The clock knows no "${unknown.slice(0, 64)}".`, FORMS, `/${pointer(unknown)}`);
  }
  if (names.length === 0) throw new ControlError('The body says nothing to do.', FORMS);
  if ('advance' in wanted && names.length > 1) {
    const others = names.filter((name) => name !== 'advance').map((name) => `"${name}"`);
    throw new ControlError(`"advance" goes alone, not with ${others.join(', ')}.`, FORMS, '/advance');
  }
  return wanted;
}

function checkTime(value: unknown): number {
  const time = parseInstant(value);
  if (time !== undefined) return time;
  const seconds = typeof value === 'number' && value > 0 && value < 1e11;
  const hint = seconds
    ? 'A number is milliseconds since the epoch; this looks like seconds.'
    : 'Give an ISO 8601 date from 1970 to 9999, like "2030-01-01T00:00:00Z".';
  throw wrong('set', value, hint);
}

function checkRate(value: unknown): number {
  if (typeof value === 'number' && value >= SLOWEST && value <= FASTEST) return value;
  const hint = `Give a number from ${SLOWEST} to ${FASTEST}: emulated seconds per real second. To stop time, use {"mode":"frozen"}.`;
  throw wrong('rate', value, hint);
}

function checkMode(value: unknown): 'running' | 'frozen' {
  if (value === 'running' || value === 'frozen') return value;
  throw wrong('mode', value, 'The modes are "running" and "frozen".');
}

const wrong = (name: string, value: unknown, hint: string): ControlError =>
  new ControlError(`${shown(value)} cannot be "${name}".`, hint, `/${name}`);

const shown = (value: unknown): string =>
  (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))).slice(0, 64);

/** A member's name inside a JSON pointer (RFC 6901). */
const pointer = (name: string): string => name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');
