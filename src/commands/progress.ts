import { monotonicNow } from '../runtime/wall.ts';
import type { OutputStream } from './command.ts';
import { formatBytes, formatClock, plural } from './format.ts';

/** Ten times a second is as often as anybody can see. */
const REDRAW_MS = 100;
/** Speed is that of the last few seconds: an average would hide that nothing moves any more. */
const SPEED_MS = 3000;
const NARROWEST = 20;

export interface UploadState {
  readonly bytes: number;
  /** undefined: nobody knows how much there will be. */
  readonly total: number | undefined;
  readonly fragments: number;
  /** `persisted`, or `received` where nothing is. */
  readonly stage: string;
  readonly elapsedMs: number;
  /** Bytes per second. */
  readonly speed: number;
}

/** `[=====>    ]  42%  12.3/29.5 MB  8.10 MB/s  6 fragments persisted  eta 0:02`, in at most `columns`. */
export function uploadLine(state: UploadState, columns: number): string {
  const { bytes, total, speed } = state;
  const rate = `${formatBytes(Math.round(speed))}/s`;
  const fragments = `${plural(state.fragments, 'fragment')} ${state.stage}`;
  if (total === undefined)
    return shortened(`${formatBytes(bytes)}  ${rate}  ${fragments}  ${formatClock(state.elapsedMs)}`, columns);
  const done = total === 0 ? 1 : Math.min(1, bytes / total);
  const eta = done === 1 ? 'finishing' : speed > 0 ? `eta ${formatClock(((total - bytes) / speed) * 1000)}` : 'waiting';
  const percent = `${Math.floor(done * 100)}%`.padStart(4);
  const text = `${percent}  ${formatBytes(bytes)} of ${formatBytes(total)}  ${rate}  ${fragments}  ${eta}`;
  const room = Math.min(30, columns - text.length - 3);
  if (room < 5) return shortened(text.trimStart(), columns);
  const filled = Math.floor(done * room);
  const bar = filled === room ? '='.repeat(room) : `${'='.repeat(filled)}>`.padEnd(room);
  return `[${bar}] ${text}`;
}

/** `3 fragments  1.20 MB  500 kB/s  0.9 s behind`: without a bar, since nobody knows where it ends. */
const shortened = (text: string, columns: number): string => (text.length <= columns ? text : text.slice(0, columns));

/** Bytes per second over the last seconds. */
export class Speed {
  #samples: { at: number; bytes: number }[] = [];

  at(now: number, bytes: number): number {
    this.#samples.push({ at: now, bytes });
    while (this.#samples.length > 2 && now - (this.#samples[1] as { at: number }).at >= SPEED_MS) this.#samples.shift();
    const first = this.#samples[0] as { at: number; bytes: number };
    return now > first.at ? ((bytes - first.bytes) * 1000) / (now - first.at) : 0;
  }
}

/**
 * One line of a terminal that is written over and over. On anything else it shows nothing. Whoever writes something
 * else takes it away first.
 */
export class StatusLine {
  readonly #out: OutputStream;
  readonly #now: () => number;
  #last = Number.NEGATIVE_INFINITY;
  #shown = false;

  constructor(out: OutputStream, now: () => number = monotonicNow) {
    this.#out = out;
    this.#now = now;
  }

  get active(): boolean {
    return this.#out.isTTY === true;
  }

  /** Calls `line` with the columns there are, unless the last time was a moment ago. */
  show(line: (columns: number) => string): void {
    if (!this.active || this.#now() - this.#last < REDRAW_MS) return;
    this.#last = this.#now();
    this.#shown = true;
    // The last column stays free: writing there makes some terminals go to the next line.
    const columns = Math.max(NARROWEST, (this.#out.columns ?? 80) - 1);
    this.#out.write(`\r${shortened(line(columns), columns)}\x1b[K`);
  }

  clear(): void {
    if (this.#shown) this.#out.write('\r\x1b[K');
    this.#shown = false;
  }
}
