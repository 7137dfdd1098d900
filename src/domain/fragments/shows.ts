import type { Log } from '../../runtime/log.ts';
import type { PayloadShelf } from '../ports.ts';
import type { Fragment, FragmentHome, TellFragment } from './fragment.ts';
import type { FragmentIndex } from './fragmentIndex.ts';
import type { Numbering } from './numbering.ts';
import { type Layout, type Recording, timeIn } from './recording.ts';
import { RECORDING_KEY, RUN_LEADING, Run } from './run.ts';
import type { RunRecord } from './runRecord.ts';

/** Where it is kept which stream shows which recording. */
export interface RunStore {
  /** Those of a stream, by its ARN. */
  of(arn: string): Iterable<{ readonly record: RunRecord; readonly recording: Recording }>;
  /** Throws a StoreError, and nothing is kept, if that cannot be. */
  keep(record: RunRecord): void;
  /** Something about it has changed. Throws a StoreError if that cannot be kept. */
  note(record: RunRecord): void;
  /** None of it is shown any more. */
  forget(record: RunRecord): void;
}

interface Parts {
  readonly arn: string;
  readonly index: FragmentIndex;
  readonly shelf: PayloadShelf;
  readonly clear: FragmentHome['clear'];
  readonly store: RunStore;
  readonly tell: TellFragment;
  readonly log: Log;
  /** Has readers of what is shown no more told. */
  readonly tellReaders: () => void;
}

/** What is sealed with each fragment of a recording besides its bytes, and who is taken for the one who sent it. */
export interface ShowSpec {
  readonly leading: Uint8Array;
  readonly writer: string;
}

/** So many that expire at once are each told of, the last ones. */
const MOST_TOLD = 100;

/** The recordings that a stream shows: how they come, and how they go. */
export class Shows {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Those that were shown before, and the last fragment of them all. */
  resume(): Pick<Fragment, 'number' | 'serverTime'> | undefined {
    const { arn, store, index } = this.#parts;
    for (const { record, recording } of store.of(arn)) index.addRun(this.#run(record, recording));
    const last = index.shown.list.at(-1);
    const n = (last?.count ?? 0) - 1;
    return last && { number: last.number(n), serverTime: last.time(n) };
  }

  #run(record: RunRecord, recording: Recording): Run {
    const { index, log, shelf, clear } = this.#parts;
    const lost: FragmentHome['lost'] = ({ number }, { message: reason }) => {
      const found = index.shown.find(number);
      if (found === undefined) return;
      log.error('A fragment of a recording cannot be read any more, and is left out.', { fragment: number, reason });
      found.run.miss(found.n);
      this.#forgetOver();
    };
    return new Run(record, recording, { shelf, lost, clear });
  }

  /**
   * Shows a recording behind all there is. Rejects with a StoreError if there is no key to seal it with or no room; nothing is
   * shown then.
   */
  async show(recording: Recording, { start, count }: Layout, spec: ShowSpec, numbering: Numbering): Promise<Run> {
    const { arn, index, shelf, store, tell } = this.#parts;
    const lastTime = timeIn(recording, start, count - 1);
    const sequence = numbering.reserve(count, lastTime);
    const bare = {
      ...{ stream: arn, recording: recording.arn, sequence, secret: numbering.secret },
      ...{
        start,
        step: recording.durationMs,
        turn: recording.fragments.length,
        count,
        gone: 0,
        leadingSize: spec.leading.length,
      },
    };
    const nothing = new Uint8Array();
    const { number } = this.#run({ ...bare, key: nothing, leading: nothing }, recording).fragment(0);
    const seal = await shelf.sealer({ number, writer: spec.writer });
    const record: RunRecord = {
      ...bare,
      key: seal(RECORDING_KEY, recording.key() ?? nothing),
      leading: spec.leading.length > 0 ? seal(RUN_LEADING, spec.leading) : nothing,
    };
    store.keep(record);
    const run = this.#run(record, recording);
    index.addRun(run);
    tell('persisted', run.fragment(count - 1));
    return run;
  }

  /** Lets go of all that has a time up to that. */
  expire(time: number, until?: (fragment: Fragment) => number): void {
    const { index, tell, tellReaders } = this.#parts;
    if (index.shown.list.length === 0) return;
    const spans = index.shown.expire(time);
    if (spans.length === 0) return;
    tellReaders();
    for (const { run, from, to } of spans) {
      for (let n = Math.max(from, to - MOST_TOLD); n < to; n += 1) {
        const fragment = run.fragment(n);
        tell('expired', fragment, until?.(fragment));
      }
    }
    this.#forgetOver();
  }

  /** Keeps what is gone by now: under another retention nobody could tell any more. */
  note(): void {
    const { index, store } = this.#parts;
    for (const { record, gone } of index.shown.list) store.note({ ...record, gone });
  }

  /** Nothing is shown any more. */
  clear(): void {
    const { index, store, tellReaders } = this.#parts;
    const all = index.shown.takeAll();
    for (const run of all) run.goneTo(run.count);
    tellReaders();
    for (const { record } of all) store.forget(record);
  }

  #forgetOver(): void {
    const { index, store } = this.#parts;
    for (const { record } of index.shown.takeOver()) store.forget(record);
  }
}
