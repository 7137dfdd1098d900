import { readReset } from './admin/reset.ts';
import { compose } from './compose.ts';
import { type GivenOptions, readOptions } from './config/options.ts';
import type { JournalEntry, JournalFilter } from './domain/journal/journal.ts';
import type { ClockControl, ClockState } from './emulator/clockControl.ts';
import { ControlError } from './emulator/controlError.ts';
import { gatherLines } from './runtime/lines.ts';
import { createLog, type LogFormat, type LogLevel } from './runtime/log.ts';
import type { Instant } from './runtime/time.ts';
import { unwaitedWriter } from './runtime/unwaitedWriter.ts';

export type { ClockState, Instant, JournalEntry, JournalFilter, LogFormat, LogLevel };
export { ControlError };

/** What `kvs-emulator start` takes as flags. Everything has a default. */
export interface EmulatorOptions extends GivenOptions {
  /** Gets each line of the log. Default: standard error. */
  log?: (line: string) => void;
}

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
}

/** What to reset; everything by default. */
export interface ResetOptions {
  account?: string;
  region?: string;
  /** Lets the emulated time go on as it is. */
  clock?: 'keep';
}

export interface Emulator {
  /** Base address over HTTP, without a trailing slash: the `endpoint` of an AWS client. HTTPS is at the same port. */
  readonly url: string;
  readonly port: number;
  readonly clock: EmulatorClock;
  /** The last 1,000 requests, oldest first, and what AWS would have done differently. */
  readonly requests: {
    list(filter?: JournalFilter): readonly Readonly<JournalEntry>[];
    clear(): void;
  };
  /**
   * Takes everything back to how it started: no streams, channels, sessions and requests, the clock and the ids as at
   * first. Of an account, a region or both only what is theirs goes, and clock and ids go on. Open connections end as
   * if their stream were deleted.
   */
  reset(which?: ResetOptions): Promise<{ readonly streams: number }>;
  /** Ends open streams and frees the port. Calling it again does nothing. */
  stop(): Promise<void>;
}

/**
 * Starts an emulator in this process. Rejects with a sentence that names the option if one makes no sense, and with
 * node's error (`EADDRINUSE`, …) if it cannot listen.
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { log: toCaller, ...given } = options;
  const settings = readOptions({ port: 0, logLevel: 'warn', ...given });
  const write = toCaller === undefined ? toStandardError() : (line: string) => toCaller(line);
  const log = createLog({ level: settings.logLevel, format: settings.logFormat, write });
  const running = await compose(settings, log);
  return {
    url: running.url,
    port: running.port,
    clock: clockOf(running.clock),
    requests: running.journal,
    async reset(which = {}) {
      const given = Object.entries(which).filter(([, value]) => value !== undefined);
      return { streams: await running.reset.reset(readReset(given, [])) };
    },
    stop: () => running.stop(),
  };
}

/** One for all emulators of the process. */
let standardError: ReturnType<typeof gatherLines> | undefined;
function toStandardError(): ReturnType<typeof gatherLines> {
  standardError ??= gatherLines(unwaitedWriter(process.stderr));
  return standardError;
}

const clockOf = (clock: ClockControl): EmulatorClock => ({
  now: () => clock.now(),
  state: () => clock.state(),
  advance: (duration) => clock.change({ advance: duration }),
  set: (time) => clock.change({ set: time }),
  freeze: () => clock.change({ mode: 'frozen' }),
  run: (rate) => clock.change(rate === undefined ? { mode: 'running' } : { rate }),
});
