import type { SharedHeader } from './sharedHeader.ts';

/** When the frames of a session are, in ticks of its header: those of the open fragment, and the latest of the one before. */
export class FrameTimes {
  /** Latest frame of each track: of the previous fragments, and of the open one. */
  #latestBefore = new Map<number, number>();
  #latest = new Map<number, number>();
  /** Latest frame of the previous fragment, of whatever track. */
  latestOfAll = Number.NEGATIVE_INFINITY;
  #earliestTick = 0;
  #latestTick = 0;
  #baseTick = 0;
  /** Of the header: nanoseconds in a tick. */
  #tickNs = 1;

  header({ timestampScale }: Pick<SharedHeader, 'timestampScale'>): void {
    this.#tickNs = Number(timestampScale);
  }

  /** Another document follows: its timecodes may begin anew. */
  documentEnd(): void {
    this.#latestBefore.clear();
    this.latestOfAll = Number.NEGATIVE_INFINITY;
  }

  begin(timecode: bigint): void {
    // Exact up to 2^53 ticks; beyond (an epoch counted in 100 ns) two ticks more or less do not change an order in ms.
    this.#baseTick = Number(timecode);
    this.#latest = new Map();
  }

  end(): void {
    for (const [track, tick] of this.#latest) this.#latestBefore.set(track, tick);
    this.latestOfAll = this.#latestTick;
  }

  /** Of a time in a Block. */
  tick(time: number): number {
    return this.#baseTick + time;
  }

  /** The track's latest frame in the open fragment. */
  latest(track: number): number | undefined {
    return this.#latest.get(track);
  }

  /** The track's latest frame in the fragments before. */
  before(track: number): number | undefined {
    return this.#latestBefore.get(track);
  }

  /** Of the open fragment. */
  get hasFrames(): boolean {
    return this.#latest.size > 0;
  }

  /** Counts a frame of the open fragment; `latest` is the latest of its track so far. */
  add(track: number, tick: number, latest: number | undefined): void {
    if (this.#latest.size === 0) {
      this.#earliestTick = tick;
      this.#latestTick = tick;
    } else {
      if (tick < this.#earliestTick) this.#earliestTick = tick;
      if (tick > this.#latestTick) this.#latestTick = tick;
    }
    if (latest === undefined || tick > latest) this.#latest.set(track, tick);
  }

  /** From the first frame of the open fragment to its last. */
  get lengthMs(): number {
    return ((this.#latestTick - this.#earliestTick) * this.#tickNs) / 1e6;
  }
}
