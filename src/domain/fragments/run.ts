import type { PayloadShelf, Reader } from '../ports.ts';
import type { Fragment, FragmentHome } from './fragment.ts';
import { compareNumbers, FragmentNumbers } from './fragmentNumbers.ts';
import { type Recording, timeIn } from './recording.ts';
import type { RunRecord } from './runRecord.ts';
import { ShownFragment } from './shownFragment.ts';

/** What is sealed with the stream's own key, by what it is called where it is. */
export const RECORDING_KEY = 'key of a recording';
export const RUN_LEADING = 'metadata of a recording';

/** The order of a stream's fragments: by either of their times, and by their numbers. */
export interface Spot {
  readonly time: number;
  readonly number: string;
}

/**
 * A recording that a stream shows, turn after turn. Both times of its fragments are the same and ascend with their numbers,
 * so that the nth is known by arithmetic: none is kept.
 */
export class Run {
  readonly record: RunRecord;
  readonly recording: Recording;
  /** So many have gone, from the first on. */
  gone: number;
  /** Gone out of turn. */
  readonly #missing = new Set<number>();
  readonly #numbers: FragmentNumbers;
  readonly #home: FragmentHome;
  /** Bytes of the recording's fragments up to each. */
  readonly #bytes: readonly number[];

  constructor(record: RunRecord, recording: Recording, home: FragmentHome) {
    this.record = record;
    this.recording = recording;
    this.gone = record.gone;
    this.#home = home;
    this.#numbers = new FragmentNumbers(record.secret);
    let bytes = 0;
    this.#bytes = [0, ...recording.fragments.map(({ size }) => (bytes += size))];
  }

  get count(): number {
    return this.record.count;
  }

  /** How many are there, and how many bytes their media are. */
  get size(): number {
    return this.count - this.gone - this.#missing.size;
  }

  get bytes(): number {
    let bytes = this.#bytesTo(this.count) - this.#bytesTo(this.gone);
    for (const n of this.#missing) bytes -= this.base(n).size;
    return bytes;
  }

  #bytesTo(n: number): number {
    const { length } = this.recording.fragments;
    const [turns, rest] = [Math.floor(n / length), n % length];
    return turns * (this.#bytes[length] ?? 0) + (this.#bytes[rest] ?? 0);
  }

  time(n: number): number {
    return timeIn(this.recording, this.record.start, n);
  }

  number(n: number): string {
    return this.#numbers.make(this.record.sequence + n, this.time(n));
  }

  /** The recording's own, of which the nth is made. */
  base(n: number): Fragment {
    const { fragments } = this.recording;
    return fragments[n % fragments.length] as Fragment;
  }

  has(n: number): boolean {
    return n >= this.gone && n < this.count && !this.#missing.has(n);
  }

  /** Which one has that number, whether or not it has gone. */
  indexOf(number: string): number | undefined {
    const sequence = this.#numbers.sequenceOf(number);
    const n = sequence === undefined ? -1 : sequence - this.record.sequence;
    return n >= 0 && n < this.count && this.number(n) === number ? n : undefined;
  }

  /** Less than 0 if the nth stands before that spot. */
  compare(n: number, { time, number }: Spot): number {
    return this.time(n) - time || compareNumbers(this.number(n), number);
  }

  fragment(n: number): Fragment {
    return new ShownFragment(this, n);
  }

  /** This one is gone, and no other. */
  miss(n: number): void {
    this.#missing.add(n);
  }

  /** All up to the nth are gone, without that. */
  goneTo(n: number): void {
    this.gone = n;
    for (const one of this.#missing) if (one < n) this.#missing.delete(one);
  }

  /** Where the nth is, for whoever reads it. */
  homeOf(n: number): FragmentHome {
    const { lost, clear } = this.#home;
    const base = this.base(n);
    const unseal: PayloadShelf['unseal'] = (number, what, sealed, reader) =>
      number === this.number(n) ? this.#leading(base, reader) : base.home.shelf.unseal(number, what, sealed, reader);
    return { shelf: { unseal }, lost, clear };
  }

  /** Whether that reader may read, as the key of the stream says; if so, the recording can be. */
  async unlock(reader: Reader): Promise<void> {
    this.recording.unlock(await this.#unseal(RECORDING_KEY, this.record.key, reader));
  }

  /** What stands in front of a fragment: what stood there in the file, and the metadata. */
  async #leading(base: Fragment, reader: Reader): Promise<Uint8Array> {
    const { leading } = this.record;
    const own = leading.length === 0 ? leading : await this.#unseal(RUN_LEADING, leading, reader);
    if (base.leading.length === 0) return own;
    const front = await base.home.shelf.unseal(base.number, 'leading', base.leading, reader);
    return new Uint8Array(Buffer.concat([front, own]));
  }

  #unseal(what: string, sealed: Uint8Array, reader: Reader): Uint8Array | Promise<Uint8Array> {
    return this.#home.shelf.unseal(this.number(0), what, sealed, reader);
  }
}
