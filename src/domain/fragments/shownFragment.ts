import type { Payload, Reader, Reading } from '../ports.ts';
import type { Fragment, FragmentHome } from './fragment.ts';
import type { SharedHeader } from './sharedHeader.ts';

/** What shows it, as far as the nth fragment needs it. */
interface Showing {
  readonly record: { readonly leading: Uint8Array; readonly leadingSize: number };
  /** The recording's own, of which the nth is made. */
  base(n: number): Fragment;
  time(n: number): number;
  number(n: number): string;
  homeOf(n: number): FragmentHome;
  has(n: number): boolean;
  unlock(reader: Reader): Promise<void>;
}

/** A fragment of a recording as a stream shows it. It is made when somebody asks for it, each time anew. */
export class ShownFragment implements Fragment {
  readonly number: string;
  readonly begunAt: number;
  readonly serverTime: number;
  readonly producerTime: number;
  readonly timecode: bigint;
  readonly header: SharedHeader;
  readonly first: boolean;
  readonly leading: Uint8Array;
  readonly leadingSize: number;
  readonly home: FragmentHome;
  readonly state = 'complete';
  readonly sealed = true;
  readonly keptAt: number;
  readonly draft = undefined;
  readonly payload: Payload;
  readonly size: number;
  readonly lengthMs: number;
  readonly frames: number;
  readonly original: Fragment;
  readonly #run: Showing;
  readonly #n: number;

  constructor(run: Showing, n: number) {
    const base = run.base(n);
    const time = run.time(n);
    this.#run = run;
    this.#n = n;
    this.number = run.number(n);
    this.begunAt = time;
    this.serverTime = time;
    this.producerTime = time;
    this.timecode = base.timecode;
    this.header = base.header;
    this.first = base.first;
    this.leading = base.leading.length > 0 ? base.leading : run.record.leading;
    this.leadingSize = base.leadingSize + run.record.leadingSize;
    this.home = run.homeOf(n);
    this.keptAt = time + base.lengthMs;
    this.payload = new ShownPayload(run, base);
    this.size = base.size;
    this.lengthMs = base.lengthMs;
    this.frames = base.frames;
    this.original = base;
  }

  get persisted(): boolean {
    return this.#run.has(this.#n);
  }
}

/** The recording's bytes, for whoever may use the stream's key. */
class ShownPayload implements Payload {
  readonly size: number;
  readonly #run: Showing;
  readonly #base: Fragment;

  constructor(run: Showing, base: Fragment) {
    this.size = base.size;
    this.#run = run;
    this.#base = base;
  }

  admit(reader: Reader): Promise<void> {
    return this.#run.unlock(reader);
  }

  async open(reader: Reader): Promise<Reading> {
    await this.#run.unlock(reader);
    const { payload } = this.#base;
    return payload === undefined ? { take: () => undefined } : payload.open(reader);
  }

  /** The bytes are the recording's. */
  remove(): void {}
}
