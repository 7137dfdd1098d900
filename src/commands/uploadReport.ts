import type { FragmentAck } from '../client/putMedia.ts';
import { monotonicNow } from '../runtime/wall.ts';
import type { CommandIO, ExitCode } from './command.ts';
import { formatBytes, formatSpan, plural } from './format.ts';
import { Speed, StatusLine, uploadLine } from './progress.ts';
import type { SessionWarning } from './sessionWarnings.ts';

/**
 * What `put` says while it sends: a progress bar where standard error is a terminal, and otherwise a line on standard
 * output for each fragment that is safe. And one line at the end.
 */
export class UploadReport {
  bytes = 0;
  readonly #io: CommandIO;
  readonly #total: number | undefined;
  /** The acknowledgment that is the last one of a fragment in this stream. */
  readonly #stage: 'PERSISTED' | 'RECEIVED';
  /** All is said at the end, as one document. */
  readonly #json: boolean;
  readonly #line: StatusLine;
  readonly #speed = new Speed();
  readonly #began = monotonicNow();
  readonly #numbers: string[] = [];
  #fragments = 0;
  readonly #warned = new Set<string>();

  constructor(io: CommandIO, total: number | undefined, retains: boolean, json: boolean) {
    this.#io = io;
    this.#json = json;
    this.#total = total;
    this.#stage = retains ? 'PERSISTED' : 'RECEIVED';
    this.#line = new StatusLine(io.stderr);
  }

  sent(bytes: number): void {
    this.bytes += bytes;
    this.#draw();
  }

  ack(ack: FragmentAck): void {
    if (ack.EventType !== this.#stage) return;
    this.#fragments++;
    // Of all numbers only the first and the last are wanted.
    this.#numbers.splice(1, 1, ack.FragmentNumber ?? '?');
    if (this.#line.active) this.#draw();
    else if (!this.#json)
      this.#io.stdout.write(`${this.#stage.toLowerCase()} ${ack.FragmentNumber} timecode ${ack.FragmentTimecode}\n`);
  }

  /** What the emulator says that AWS would not take: each kind once, however often the file is sent. */
  warn({ difference, text }: SessionWarning): void {
    if (this.#warned.has(difference)) return;
    this.#warned.add(difference);
    this.#line.clear();
    this.#io.stderr.write(`Warning: ${text}\n`);
  }

  /** Takes the bar away. */
  clear(): void {
    this.#line.clear();
  }

  /** The last word: on standard output what was sent, on standard error what went wrong. */
  end(error: string | null): ExitCode {
    this.#line.clear();
    const { stdout, stderr } = this.#io;
    if (this.#json) stdout.write(`${JSON.stringify({ ...this.#facts(), error }, undefined, 2)}\n`);
    if (error !== null) stderr.write(`kvs-emulator: ${error}\n`);
    if (!this.#json) (error === null ? stdout : stderr).write(`Sent ${this.#summary()}.\n`);
    return error === null ? 0 : 1;
  }

  #facts() {
    const [first = null, last = first] = this.#numbers;
    const durationMs = Math.round(monotonicNow() - this.#began);
    const warnings = [...this.#warned];
    return { bytes: this.bytes, fragments: this.#fragments, stage: this.#stage, first, last, durationMs, warnings };
  }

  /** `1.07 MB in 0.4 s (2.68 MB/s), 15 fragments persisted: 9134... to 9134...` */
  #summary(): string {
    const elapsed = monotonicNow() - this.#began;
    const rate = formatBytes(Math.round((this.bytes * 1000) / Math.max(elapsed, 1)));
    const [first, last = first] = this.#numbers;
    const range = first === undefined ? '' : first === last ? `: ${first}` : `: ${first} to ${last}`;
    const kept = this.#stage === 'PERSISTED' ? '' : ' (the stream retains nothing)';
    const fragments = `${plural(this.#fragments, 'fragment')} ${this.#stage.toLowerCase()}${kept}${range}`;
    return `${formatBytes(this.bytes)} in ${formatSpan(elapsed)} (${rate}/s), ${fragments}`;
  }

  #draw(): void {
    this.#line.show((columns) => {
      const now = monotonicNow();
      const state = {
        bytes: this.bytes,
        total: this.#total,
        fragments: this.#fragments,
        stage: this.#stage.toLowerCase(),
        elapsedMs: now - this.#began,
        speed: this.#speed.at(now, this.bytes),
      };
      return uploadLine(state, columns);
    });
  }
}
