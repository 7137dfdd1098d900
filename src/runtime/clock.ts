import BTreeModule from 'sorted-btree';
import { LATEST } from './time.ts';
import { eventLoopTurn, wallNow } from './wall.ts';

// The package is CommonJS: its class is a member of what the default import gives.
const BTree = BTreeModule.default;

/** Something that is due at a time of the emulator's clock. It may take its time: advancing waits for it. */
export type Due = () => void | Promise<void>;

/** What something that is due is, for whoever asks what comes next. */
export interface About {
  /** `expiry`, `session`, `connection`, `state`, … */
  readonly what: string;
  /** The name of the stream it is about. */
  readonly stream?: string | undefined;
  /**
   * It may wait for more of its kind to become due, up to the next work that may not: an archive of a million fragments
   * expires in a few strokes and not one by one.
   */
  readonly patient?: boolean;
}

/** What rules may ask of time. All times are milliseconds since the epoch on the emulator's clock. */
export interface Clock {
  now(): number;
  /** Runs `due` once the clock shows `time` (at once, but not synchronously, if it already does). Returns how to call it off. */
  at(time: number, due: Due, about?: About): () => void;
  /** True once it will never call anybody again: nothing more is to be done at all. */
  readonly stopped: boolean;
}

export interface ClockReading {
  now: number;
  mode: 'running' | 'frozen';
  /** Emulated milliseconds per real millisecond while running. */
  rate: number;
  /** How far the clock is ahead of the machine's, in milliseconds. */
  offsetMs: number;
}

export interface SavedClock {
  readonly now: number;
  readonly frozen: boolean;
  readonly rate: number;
}

interface Entry {
  readonly time: number;
  readonly order: number;
  readonly due: Due;
  readonly about: About | undefined;
}

/** The same clock, which knows what it is asked for. */
export const labelled = (clock: Clock, about: About): Clock => ({
  now: () => clock.now(),
  at: (time, due, other = about) => clock.at(time, due, other),
  get stopped() {
    return clock.stopped;
  },
});

const byTime = (a: Entry, b: Entry): number => a.time - b.time || a.order - b.order;
const schedule = () => new BTree<Entry, undefined>(undefined, byTime);

export interface ClockOptions {
  readonly startTime?: number | undefined;
  readonly frozen?: boolean;
  readonly onError?: (error: unknown) => void;
  /** The machine's clock. */
  readonly wall?: () => number;
}

/** setTimeout counts in 32 bits; a later entry is simply looked at again. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * The emulator's clock: runs with the machine's clock from any starting time and at any rate, stands still, or is
 * moved by hand. Moving it forward does all work that becomes due, in order of time, before the call resolves.
 */
export class ControllableClock implements Clock {
  #base: number;
  #wallBase: number;
  #rate = 1;
  #frozen: boolean;
  /** Ascending by (time, order). Whoever opens many sessions has as many here. */
  readonly #entries = schedule();
  /** Those that are patient. */
  readonly #patient = schedule();
  readonly #underWay = new Set<Promise<void>>();
  #order = 0;
  #timer: NodeJS.Timeout | undefined;
  #moving: Promise<void> = Promise.resolve();
  #stopped = false;
  readonly #start: { readonly time: number | undefined; readonly frozen: boolean };
  #onError: (error: unknown) => void;

  readonly #wall: () => number;

  constructor(options: ClockOptions = {}) {
    this.#wall = options.wall ?? wallNow;
    this.#onError =
      options.onError ??
      ((error) => {
        throw error;
      });
    this.#start = { time: options.startTime, frozen: options.frozen ?? false };
    this.#wallBase = this.#wall();
    this.#base = options.startTime ?? this.#wallBase;
    this.#frozen = this.#start.frozen;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  now(): number {
    if (this.#frozen) return this.#base;
    // At the end of time it stands: nothing there is could show a later one.
    return Math.min(Math.floor(this.#base + (this.#wall() - this.#wallBase) * this.#rate), LATEST);
  }

  at(time: number, due: Due, about?: About): () => void {
    const entry: Entry = { time, order: this.#order++, due, about };
    const entries = this.#listOf(entry);
    entries.set(entry, undefined);
    if (this.#next() === entry) this.#arm();
    return () => void entries.delete(entry);
  }

  state(): ClockReading {
    const now = this.now();
    return { now, mode: this.#frozen ? 'frozen' : 'running', rate: this.#rate, offsetMs: now - this.#wall() };
  }

  /** The first things that are due, in order. */
  upcoming(count: number): { readonly time: number; readonly about: About | undefined }[] {
    const first: Entry[] = [];
    for (const list of [this.#entries, this.#patient]) {
      let left = count;
      for (const entry of list.keys()) {
        if (left-- <= 0) break;
        first.push(entry);
      }
    }
    return first.sort(byTime).slice(0, count);
  }

  /** Moves the clock forward by `ms`, doing all due work on the way. */
  advance(ms: number): Promise<void> {
    return this.#move((now) => now + ms);
  }

  /** Moves the clock to `time`. Forward, all work due on the way is done; backward, nothing runs twice. */
  set(time: number): Promise<void> {
    return this.#move(() => time);
  }

  freeze(): void {
    this.#rebase(this.now());
    this.#frozen = true;
    this.#arm();
  }

  run(rate = this.#rate): void {
    this.#rebase(this.now());
    this.#rate = rate;
    this.#frozen = false;
    this.#arm();
  }

  /** Does `work` while no move is under way: a move would go on to where it was told to go before. */
  still<T>(work: () => T): Promise<T> {
    const done = this.#moving.then(work);
    this.#moving = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** Forgets all work. Time, mode and rate are as at the start again, unless they are to be kept. */
  reset({ keepTime = false } = {}): void {
    this.#forget();
    if (keepTime) return;
    this.#rebase(this.#start.time ?? this.#wall());
    this.#rate = 1;
    this.#frozen = this.#start.frozen;
  }

  /** What a clock that goes on from here has to know; not what is due. */
  save(): SavedClock {
    return { now: this.now(), frozen: this.#frozen, rate: this.#rate };
  }

  /** Goes on from there, with what is due as it is. */
  load({ now, frozen, rate }: SavedClock): void {
    this.#rebase(now);
    [this.#frozen, this.#rate] = [frozen, rate];
    this.#arm();
  }

  /** Forgets all work and never starts any again. */
  stop(): void {
    this.#stopped = true;
    this.#forget();
    clearTimeout(this.#timer);
  }

  #forget(): void {
    this.#entries.clear();
    this.#patient.clear();
  }

  #listOf({ about }: Entry): ReturnType<typeof schedule> {
    return about?.patient === true ? this.#patient : this.#entries;
  }

  #rebase(now: number): void {
    this.#base = now;
    this.#wallBase = this.#wall();
  }

  /** One move at a time: two callers who advance at once both get their whole distance. */
  #move(target: (now: number) => number): Promise<void> {
    const moved = this.#moving.then(() => this.#moveTo(target(this.now())));
    this.#moving = moved.catch(() => undefined);
    return moved;
  }

  async #moveTo(target: number): Promise<void> {
    const startedAt = this.#wall();
    // What clients sent before they asked for the move counts as before it.
    await eventLoopTurn();
    if (target < this.now()) this.#rebase(target);
    await this.#runUntil(target, { waits: true });
    // The time that the move itself has taken has passed for a running clock as well.
    this.#base = target;
    this.#wallBase = startedAt;
    this.#arm();
    await eventLoopTurn();
  }

  /** `waits` for work that takes its time; without it that goes on beside what follows. */
  async #runUntil(target: number, { waits }: { waits: boolean }): Promise<void> {
    for (let next = this.#next(); next !== undefined && next.time <= target; next = this.#next()) {
      const time = next.about?.patient === true ? this.#beforeOthers(next.time, target) : next.time;
      if (time > this.now()) this.#rebase(time);
      this.#listOf(next).delete(next);
      const work = this.#do(next.due);
      this.#underWay.add(work);
      void work.then(() => this.#underWay.delete(work));
      if (waits) await work;
      await eventLoopTurn();
    }
    if (waits) await Promise.all(this.#underWay);
  }

  async #do(due: Due): Promise<void> {
    try {
      await due();
    } catch (error) {
      this.#onError(error);
    }
  }

  #next(): Entry | undefined {
    const [first, patient] = [this.#entries.minKey(), this.#patient.minKey()];
    if (first === undefined || patient === undefined) return first ?? patient;
    return byTime(first, patient) < 0 ? first : patient;
  }

  /** As late as it may become for work that is patient: other work that is due has its turn in time. */
  #beforeOthers(time: number, target: number): number {
    const other = this.#entries.minKey()?.time ?? Number.POSITIVE_INFINITY;
    return Math.max(time, Math.min(target, other - 1));
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#next();
    if (next === undefined || this.#frozen || this.#stopped) return;
    const wait = Math.ceil((next.time - this.now()) / this.#rate);
    this.#timer = setTimeout(() => this.#runDue(), Math.min(Math.max(wait, 0), LONGEST_TIMEOUT));
    this.#timer.unref();
  }

  /** Time goes on by itself, whether work is done or not: what is due for one must not wait for another's. */
  #runDue(): void {
    this.#moving = this.#moving.then(() => this.#runUntil(this.now(), { waits: false })).then(() => this.#arm());
  }
}

/**
 * Calls `onIdle` when `touch` has not been called for `ms`, and each time that has passed again until stopped. A touch
 * costs nothing but reading the clock: the clock's entry is looked at again only when it comes due.
 */
export function watchIdle(clock: Clock, ms: number, onIdle: () => void): { touch(): void; stop(): void } {
  let last = clock.now();
  let cancel = clock.at(last + ms, check);
  function check(): void {
    if (clock.now() - last >= ms) {
      last = clock.now();
      onIdle();
    }
    cancel = clock.at(last + ms, check);
  }
  return {
    touch() {
      last = clock.now();
    },
    stop: () => cancel(),
  };
}
