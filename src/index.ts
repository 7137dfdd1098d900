import { compose } from './compose.ts';
import type { ClockControl, ClockState } from './emulator/clockControl.ts';
import { ControlError } from './emulator/controlError.ts';
import { readReset } from './operations/admin/reset.ts';
import type { JournalEntry, JournalFilter } from './runtime/journal.ts';
import { gatherLines } from './runtime/lines.ts';
import { createLog, type LogFormat, type LogLevel } from './runtime/log.ts';
import { readOptions } from './runtime/options.ts';
import type { Instant } from './runtime/time.ts';
import { unwaitedWriter } from './runtime/unwaitedWriter.ts';

export type { ClockState, Instant, JournalEntry, JournalFilter, LogFormat, LogLevel };
export { ControlError };

/** What `kvs-emulator start` takes as flags. Everything has a default. */
export interface EmulatorOptions {
  /** 0, the default, takes any free port. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** Scheme, host and port for the endpoints handed out; by default those of each request. */
  publicUrl?: string;
  /** Proxies whose `X-Forwarded-…` and `Forwarded` headers are believed, besides those on this machine: `10.0.0.0/8`. */
  trustedProxies?: string | readonly string[];
  /** More host names to answer to: `kvs.example.test`, `.example.test` with its sub-domains, `*` for all. */
  allowedHosts?: string | readonly string[];
  /** More origins whose pages may call: `https://app.example.test`, `null` for pages from a file, `*` for all. */
  allowedOrigins?: string | readonly string[];
  /** Of requests that are not signed for one. Default us-east-1. */
  region?: string;
  /** Of requests whose access key is not 12 digits. Default 000000000000. */
  account?: string;
  /** Refuse what works here and would fail on AWS, instead of warning about it. Default false. */
  strict?: boolean;
  /** How long streams and channels stay CREATING, UPDATING and DELETING: `5s`, or a number of seconds. Default 0. */
  creatingDelay?: number | string;
  updatingDelay?: number | string;
  deletingDelay?: number | string;
  /** Most streams and signaling channels an account may have in a region. Default: no limit. */
  streamLimit?: number;
  channelLimit?: number;
  /** Whether emulated time passes by itself. Default running. */
  clock?: 'running' | 'frozen';
  /** Emulated time to start at: ISO 8601, a Date, or milliseconds since the epoch. Default now. */
  startTime?: Instant;
  /** Most bytes to keep for clients, media above all, or a size like `512m`. Default 2 GiB, or half of the memory if that is less. */
  maxMemory?: number | string;
  /** What becomes of new media when memory is full: ERROR 5001, or the oldest of any stream go. Default refuse. */
  whenFull?: 'refuse' | 'drop-oldest';
  /** Makes every id the same from run to run. */
  randomSeed?: number;
  /** Path of a certificate chain for https, PEM. By default a CA of the emulator's own makes one. */
  tlsCert?: string;
  /** Path of its private key, PEM. */
  tlsKey?: string;
  /** More host names to have certificates for; a CA without name constraints signs them. */
  tlsNames?: string | readonly string[];
  /** Path of a file that is written when it listens and removed when it stops: JSON with `url`, `port` and `pid`. */
  readyFile?: string;
  /** Default warn. */
  logLevel?: LogLevel;
  /** Default pretty. */
  logFormat?: LogFormat;
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
      return { streams: await running.reset(readReset(given, [])) };
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
