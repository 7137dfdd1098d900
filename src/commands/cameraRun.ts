import type { AdminOptions } from '../client/call.ts';
import type { FragmentAck } from '../client/fragmentAck.ts';
import { putMedia } from '../client/putMedia.ts';
import { TestCamera } from '../media/testPicture/testCamera.ts';
import { toIso } from '../runtime/time.ts';
import { monotonicNow, wallSleep, wallTimeout } from '../runtime/wall.ts';
import { live, recorded } from './cameraBody.ts';
import { lossOf, waitBefore } from './cameraLosses.ts';
import type { CameraPlan } from './cameraPlan.ts';
import { CommandError, type CommandIO } from './command.ts';
import { emulatorNow } from './emulatorNow.ts';
import { dataEndpoint, ensureStream } from './ensureStream.ts';
import { formatSpan } from './format.ts';
import { placePast } from './placePast.ts';

/** Pictures a second of what it has filmed before, enough to find something in, and how many are in a fragment of then. */
const PAST_RATE = 2;
const PAST_FRAGMENT = 20;
/** What was sent may still be acknowledged when all is over. Milliseconds. */
const LAST_WORDS = 1500;

export interface CameraReport {
  say(line: string): void;
  /** Something was sent or acknowledged. */
  moved(): void;
}

/** One camera, for as long as it films: sessions one after the other. */
export class CameraRun {
  readonly stream: string;
  bytes = 0;
  fragments = 0;
  pictures = 0;
  sessions = 0;
  /** Why it has given up. */
  error: string | null = null;
  readonly #plan: CameraPlan;
  readonly #io: CommandIO;
  readonly #options: AdminOptions;
  readonly #report: CameraReport;
  #attempts = 0;

  constructor(stream: string, plan: CameraPlan, io: CommandIO, options: AdminOptions, report: CameraReport) {
    this.stream = stream;
    this.#plan = plan;
    this.#io = io;
    // Stopping ends the body, not the connection: what is on its way is to arrive.
    const { signal: _, ...others } = options;
    this.#options = others;
    this.#report = report;
  }

  /** Resolves when it has ended, or has given up. */
  async film(): Promise<void> {
    const { signal } = this.#io;
    const { duration = Number.POSITIVE_INFINITY } = this.#plan;
    const began = monotonicNow();
    while (!signal.aborted && monotonicNow() - began < duration) {
      const before = this.fragments;
      try {
        return await this.#session(duration - (monotonicNow() - began));
      } catch (error) {
        if (signal.aborted) return;
        const loss = lossOf(error);
        if (loss === undefined) throw error;
        if (!loss.passes) {
          this.error = loss.what;
          this.#say(`${loss.what} It ends.`);
          return;
        }
        // Who is ended at once has not come of age.
        const wait = loss.usual && this.fragments > before ? 0 : waitBefore(++this.#attempts);
        this.#say(
          `${loss.what} ${wait === 0 ? 'It goes on in a new session.' : `Tries again in ${formatSpan(wait)}.`}`,
        );
        await wallSleep(wait, signal);
      }
    }
  }

  async #session(length: number): Promise<void> {
    const { format, retention, past } = this.#plan;
    const { signal } = this.#io;
    const options = { ...this.#options, signal };
    const { info, created } = await ensureStream(options, this.stream, retention);
    if (created) this.#say(`created, retains ${info.DataRetentionInHours} h`);
    if (past > 0 && this.sessions === 0 && this.#attempts === 0) {
      if (info.DataRetentionInHours === 0) throw new CommandError(`${this.stream} retains nothing, so it has no past.`);
      await this.#past((await emulatorNow(options)) - past, past, options);
    }
    const endpoint = await dataEndpoint(options, this.stream, 'PUT_MEDIA');
    const start = await emulatorNow(options);
    const camera = new TestCamera({ ...format, name: this.stream, start, origin: 0, frame: this.pictures });
    await this.#send(camera, length, endpoint, info.DataRetentionInHours > 0);
  }

  async #past(start: number, length: number, options: AdminOptions & { readonly signal: AbortSignal }): Promise<void> {
    const { format } = this.#plan;
    const rate = Math.min(format.rate, PAST_RATE);
    const picture = { ...format, rate, fragment: PAST_FRAGMENT, bitrate: undefined };
    const camera = new TestCamera({ ...picture, name: this.stream, start, origin: start, frame: 0 });
    const placed = { stream: this.stream, past: { start: toIso(start) }, json: false };
    await placePast(this.#io, options, placed, recorded(camera, length, options.signal));
  }

  async #send(camera: TestCamera, length: number, endpoint: string, retains: boolean): Promise<void> {
    const { signal } = this.#io;
    const tooLong = new AbortController();
    const stopped = (): void => void wallTimeout(() => tooLong.abort(), LAST_WORDS);
    signal.addEventListener('abort', stopped, { once: true });
    const onLate = (ms: number): void => this.#say(`is ${formatSpan(ms)} late, and leaves that out.`);
    const pace = { began: monotonicNow(), until: length, signal, onLate };
    const body = this.#counted(live(camera, pace), camera);
    const how = { fragmentTimecodeType: 'ABSOLUTE', onRequestId: () => void this.sessions++ } as const;
    const session = putMedia({
      ...{ ...this.#options, ...how, endpoint, streamName: this.stream, body },
      signal: tooLong.signal,
    });
    try {
      for await (const ack of session) this.#take(ack, retains ? 'PERSISTED' : 'RECEIVED');
    } catch (error) {
      if (!tooLong.signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stopped);
    }
  }

  #say(line: string): void {
    this.#report.say(`${this.stream}: ${line}`);
  }

  #take({ EventType: type }: FragmentAck, stage: FragmentAck['EventType']): void {
    if (type !== stage) return;
    this.fragments++;
    if (this.#attempts > 0) this.#say('is back.');
    this.#attempts = 0;
    this.#report.moved();
  }

  async *#counted(body: AsyncIterable<Uint8Array>, camera: TestCamera): AsyncGenerator<Uint8Array> {
    for await (const piece of body) {
      yield piece;
      this.bytes += piece.length;
      this.pictures = camera.frame;
      this.#report.moved();
    }
  }
}
