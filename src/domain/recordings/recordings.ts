import { createHash } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import type { Room } from '../../runtime/room.ts';
import { takeSliced } from '../../runtime/slices.ts';
import type { Fragment } from '../fragments/fragment.ts';
import { FragmentLog } from '../fragments/fragmentLog.ts';
import type { Recording } from '../fragments/recording.ts';
import type { RunRecord } from '../fragments/runRecord.ts';
import type { RunStore } from '../fragments/shows.ts';
import type { RecordingKeys } from '../keys/recordingKeys.ts';
import type { Limits } from '../limits/limits.ts';
import type { PayloadStore, RecordTable } from '../ports.ts';

interface Parts {
  /** Where their media are, each on a shelf of its own. */
  readonly payloads: PayloadStore;
  readonly keys: RecordingKeys;
  /** Which streams show them. */
  readonly kept: RecordTable<RunRecord>;
  readonly ids: Ids;
  readonly room: Room;
  readonly log: Log;
  readonly limits: Limits;
}

/** What a file turned out to be. */
export interface FileFacts {
  readonly durationMs: number;
  /** What PutMedia warns of, by its name. */
  readonly warnings: ReadonlyMap<string, string>;
}

/** A recording, and what PutMedia warns of if it has just been read. */
export interface Taken {
  readonly recording: Recording;
  readonly warnings: FileFacts['warnings'];
}

interface Held extends Taken {
  /** Of the file as it was read; undefined if it was read in another life. */
  readonly sha256: string | undefined;
  readonly fragments: FragmentLog;
  /** How many streams show it, and how many others want it to stay. */
  uses: number;
}

/** Nothing of a recording has its time. */
const STILL: Clock = { now: () => 0, at: () => () => undefined, stopped: false };
const NO_WARNINGS: FileFacts['warnings'] = new Map();

/** What one key has sealed is not what another has: the same file, read in another life, is another recording. */
const arnOf = (sha256: string, key: Uint8Array): string =>
  `arn:aws:kinesisvideo:::recording/${sha256}-${digest(key).slice(0, 16)}`;
const keyOf = ({ stream, sequence }: RunRecord): string => `${stream}/${sequence}`;
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Files of media that streams show: each is kept once, as long as any stream shows it. */
export class Recordings implements RunStore {
  readonly #parts: Parts;
  /** By the ARNs of the shelves that they are on. */
  readonly #held = new Map<string, Held>();
  /** Those that have been read here, by what their files were. */
  readonly #bySha = new Map<string, Held>();
  /** Those that are being read. */
  readonly #reading = new Map<string, Promise<Held>>();
  /** What was kept before, by the ARNs of streams. */
  readonly #before = new Map<string, RunRecord[]>();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.load();
  }

  /** What is shown goes with the streams that show it. */
  reset(): void {}

  /** The stores have all of it. */
  save(): object {
    return {};
  }

  /** Goes on from what the stores hold: to be done before streams do. */
  load(): void {
    this.#before.clear();
    for (const [, record] of this.#parts.kept.entries()) {
      this.#before.set(record.stream, [...(this.#before.get(record.stream) ?? []), record]);
      this.#resume(record).uses += 1;
    }
  }

  #log(arn: string): FragmentLog {
    const { payloads, ids, room, log, limits } = this.#parts;
    return new FragmentLog(
      { clock: STILL, ids: ids.of(arn), payloads, room, log, limit: (name) => limits.of(name) },
      {
        ...{ arn, keyId: () => '', retentionMs: Number.POSITIVE_INFINITY },
        ...{ blocks: 0, onBlock: () => undefined },
      },
    );
  }

  #hold(arn: string, held: Omit<Held, 'recording' | 'uses'>, all: readonly Fragment[], durationMs: number): Held {
    const { keys } = this.#parts;
    const recording: Recording = {
      ...{ arn, fragments: all, durationMs },
      key: () => keys.bytes(arn),
      unlock: (key) => keys.learn(arn, key),
    };
    const whole: Held = { ...held, recording, uses: 0 };
    this.#held.set(arn, whole);
    if (held.sha256 !== undefined) this.#bySha.set(held.sha256, whole);
    return whole;
  }

  #resume({ recording: arn, step }: RunRecord): Held {
    const known = this.#held.get(arn);
    if (known !== undefined) return known;
    const fragments = this.#log(arn);
    const all = [...fragments.all('serverTime', 0, Number.POSITIVE_INFINITY)].filter((one) => one !== undefined);
    return this.#hold(arn, { sha256: undefined, fragments, warnings: NO_WARNINGS }, all, step);
  }

  /**
   * The recording that a file is. One that is not known yet is read by `read`, which puts it into the log that it is given;
   * what it throws is thrown. It stays until somebody lets it go.
   */
  async take(file: Uint8Array, read: (into: FragmentLog) => Promise<FileFacts>): Promise<Taken> {
    const sha256 = digest(file);
    const held = this.#bySha.get(sha256) ?? (await this.#read(sha256, read));
    held.uses += 1;
    return held;
  }

  /** Whoever has taken it needs it no longer. */
  letGo({ arn }: Pick<Recording, 'arn'>): void {
    const held = this.#held.get(arn);
    if (held === undefined) return;
    held.uses -= 1;
    if (held.uses > 0) return;
    this.#held.delete(arn);
    if (held.sha256 !== undefined) this.#bySha.delete(held.sha256);
    this.#parts.keys.forget(arn);
    held.fragments.delete();
  }

  #read(sha256: string, read: (into: FragmentLog) => Promise<FileFacts>): Promise<Held> {
    const known = this.#reading.get(sha256);
    if (known !== undefined) return known;
    const reading = this.#readAnew(sha256, read).finally(() => this.#reading.delete(sha256));
    this.#reading.set(sha256, reading);
    return reading;
  }

  async #readAnew(sha256: string, read: (into: FragmentLog) => Promise<FileFacts>): Promise<Held> {
    const { keys } = this.#parts;
    const key = keys.fresh();
    const arn = arnOf(sha256, key);
    keys.learn(arn, key);
    const fragments = this.#log(arn);
    try {
      const { durationMs, warnings } = await read(fragments);
      const all = await takeSliced(fragments.all('serverTime', 0, Number.POSITIVE_INFINITY));
      return this.#hold(arn, { sha256, fragments, warnings }, all, durationMs);
    } catch (error) {
      fragments.delete();
      keys.forget(arn);
      throw error;
    }
  }

  // ------------------------------------------------------------------------------------------------ what streams show

  *of(arn: string): Generator<{ readonly record: RunRecord; readonly recording: Recording }> {
    for (const record of this.#before.get(arn) ?? []) {
      const { recording } = this.#resume(record);
      if (recording.fragments.length === record.turn) yield { record, recording };
      else {
        const facts = { stream: arn, recording: record.recording };
        this.#parts.log.error('A recording is not there any more as it was, and is left out.', facts);
        this.forget(record);
      }
    }
    this.#before.delete(arn);
  }

  keep(record: RunRecord): void {
    const held = this.#held.get(record.recording);
    if (held === undefined) throw new TypeError('A recording is shown by who has taken it.');
    this.#parts.kept.put(keyOf(record), record);
    held.uses += 1;
  }

  note(record: RunRecord): void {
    this.#parts.kept.put(keyOf(record), record);
  }

  forget(record: RunRecord): void {
    try {
      this.#parts.kept.remove(keyOf(record));
    } catch (error) {
      this.#parts.log.error('What is shown no more stays in the store until the next start.', { error });
    }
    this.letGo({ arn: record.recording });
  }
}
