import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Room } from '../../runtime/room.ts';
import { Signal } from '../../runtime/signal.ts';
import { type LimitOf, PUBLISHED } from '../limits/limits.ts';
import type { PayloadShelf, PayloadStore } from '../ports.ts';
import { PageTokens } from '../resources/pageTokens.ts';
import { FRAGMENT_COST, type Fragment, type FragmentHeader, headerCost } from './fragment.ts';
import { FragmentIndex, type Place, type TimeAxis } from './fragmentIndex.ts';
import { compareNumbers } from './fragmentNumbers.ts';
import { Gone } from './gone.ts';
import { HotBuffer } from './hotBuffer.ts';
import { Numbering } from './numbering.ts';
import type { OldestFirst } from './oldestFirst.ts';
import { PresentFragments } from './presentFragments.ts';

/** What a stream's fragments need from outside. */
export interface FragmentLogServices {
  readonly clock: Clock;
  /** This stream's own. */
  readonly ids: Ids;
  readonly payloads: PayloadStore;
  readonly room: Room;
  /** Told of what may go when there is no room; absent if nothing may. */
  readonly oldestFirst?: OldestFirst | undefined;
  /** The limits of the stream; those that are published by default. */
  readonly limit?: LimitOf;
}

/** The fragments of one stream: numbering, the index, retention, and the signal that wakes live readers. */
export class FragmentLog {
  /** Notified whenever a fragment begins, grows, ends, fails or the stream goes. */
  readonly changed = new Signal();
  /** For lists of these fragments: a token of another stream means nothing here. */
  readonly tokens: PageTokens;
  readonly #services: FragmentLogServices;
  readonly #shelf: PayloadShelf;
  readonly #numbering: Numbering;
  readonly #index = new FragmentIndex();
  #retentionMs: number;
  readonly #hot: HotBuffer;
  /** The limits of the stream. */
  readonly limit: LimitOf;
  readonly #open = new Set<Fragment>();
  /** On their way into the store, which has their room. */
  readonly #keeping = new Set<Fragment>();
  readonly #gone: Gone;
  readonly #present: PresentFragments;
  readonly #headerUses = new Map<FragmentHeader, number>();
  #expiry: { time: number; cancel: () => void } | undefined;
  readonly #onDelete = new Set<() => void>();
  /** Who reads which fragment at the moment. */
  readonly #onDrop = new Map<Fragment, Set<() => void>>();

  constructor(services: FragmentLogServices, retentionMs: number) {
    this.#services = services;
    this.#shelf = services.payloads.shelf();
    this.#retentionMs = retentionMs;
    this.limit = services.limit ?? ((name) => PUBLISHED.of(name));
    this.#hot = new HotBuffer(this.limit);
    this.#numbering = new Numbering(services.ids.of('fragment numbers').version());
    this.tokens = new PageTokens(services.ids.of('page tokens'));
    this.#gone = new Gone({
      index: this.#index,
      hot: this.#hot,
      drop: (fragment) => this.#drop(fragment),
      coming: [this.#open, this.#keeping],
      stopped: () => services.clock.stopped,
    });
    this.#present = new PresentFragments({ index: this.#index, gone: this.#gone, expire: () => this.#expire() });
  }

  get retentionMs(): number {
    return this.#retentionMs;
  }

  get deleted(): boolean {
    return this.#gone.all;
  }

  /** A new retention period, in milliseconds; 0 keeps nothing but the hot buffer. What is older than it goes at once. */
  setRetention(ms: number): void {
    // What expired under the old one is gone, whether anybody has looked or not.
    this.#expire();
    this.#retentionMs = ms;
    void this.#dropExpired();
  }

  /** The stream is gone: so is every fragment, and whoever writes or reads is told. Memory follows in slices. */
  delete(): void {
    this.#gone.takeAll();
    for (const tell of [...this.#onDelete]) tell();
    for (const fragment of this.#open) this.#drop(fragment);
    this.#hot.clear();
    this.#expiry?.cancel();
    void this.#gone.sweep();
    this.changed.notify();
  }

  /** Calls `tell` when the stream is deleted. Returns how to call that off. */
  onDelete(tell: () => void): () => void {
    this.#onDelete.add(tell);
    return () => this.#onDelete.delete(tell);
  }

  /** Calls `tell` before the fragment's bytes go. Returns how to call that off. */
  onDrop(fragment: Fragment, tell: () => void): () => void {
    const told = this.#onDrop.get(fragment) ?? new Set();
    this.#onDrop.set(fragment, told.add(tell));
    return () => {
      if (told.delete(tell) && told.size === 0) this.#onDrop.delete(fragment);
    };
  }

  // ------------------------------------------------------------------------------------------------------- writing

  /** Gives a fragment its number and server time. `session` is whatever is the same object for one session's fragments. */
  open(
    session: unknown,
    spec: Pick<Fragment, 'producerTime' | 'timecode' | 'header' | 'first' | 'leading'>,
  ): Fragment | undefined {
    if (this.#gone.all || !this.#useHeader(spec.header)) return undefined;
    if (!this.#reserve(FRAGMENT_COST + spec.leading.length)) {
      this.#releaseHeader(spec.header);
      return undefined;
    }
    const { producerTime, timecode, header, first, leading } = spec;
    const begunAt = this.#services.clock.now();
    const { number, serverTime } = this.#numbering.next(session, begunAt);
    // Member by member: of a literal with a spread in it V8 makes a hidden class for every object.
    const fragment: Fragment = {
      number,
      begunAt,
      serverTime,
      producerTime,
      timecode,
      header,
      first,
      leading,
      state: 'open',
      persisted: false,
      draft: this.#shelf.draft(),
      payload: undefined,
      size: 0,
      lengthMs: 0,
    };
    this.#index.add(fragment);
    this.#open.add(fragment);
    this.changed.notify();
    return fragment;
  }

  /** Adds bytes to an open fragment; false if there is no room for them, or the fragment is gone. */
  append(fragment: Fragment, piece: Uint8Array): boolean {
    if (fragment.state !== 'open' || !this.#reserve(piece.length)) return false;
    fragment.draft?.append(piece);
    fragment.size += piece.length;
    this.changed.notify();
    return true;
  }

  /**
   * All of the fragment has come. Resolves to true once it is in the archive, to false if the stream keeps none.
   * @throws whatever the store throws; the fragment is then gone
   */
  async complete(fragment: Fragment, lengthMs: number): Promise<boolean> {
    const { draft } = fragment;
    if (fragment.state !== 'open' || draft === undefined) return false;
    fragment.lengthMs = lengthMs;
    fragment.state = 'complete';
    this.#open.delete(fragment);
    draft.end();
    this.changed.notify();
    if (this.#retentionMs === 0) {
      this.#hot.add(fragment, this.#services.clock.now());
      this.#services.oldestFirst?.note(this, fragment.serverTime);
      while (this.#hot.full) this.#dropOldestHot();
      this.#dueAt(this.#hot.until);
      return false;
    }
    this.#keeping.add(fragment);
    try {
      fragment.payload = await draft.keep();
    } catch (error) {
      this.#keeping.delete(fragment);
      // Who dropped it meanwhile left it to the store.
      if (this.#index.get(fragment.number) !== fragment) this.#forget(fragment);
      this.fail(fragment);
      throw error;
    }
    this.#keeping.delete(fragment);
    fragment.draft = undefined;
    if (this.#index.get(fragment.number) !== fragment) {
      fragment.payload.remove();
      return false;
    }
    if (this.#gone.all) return false;
    fragment.persisted = true;
    const until = fragment.serverTime + this.#retentionMs;
    if (until <= this.#services.clock.now()) this.#drop(fragment);
    else {
      this.#gone.spare(fragment);
      this.#services.oldestFirst?.note(this, fragment.serverTime);
      this.#dueAt(until);
    }
    return true;
  }

  /** The rest of the fragment will never come; nothing of it is kept. */
  fail(fragment: Fragment): void {
    if (this.#index.get(fragment.number) === fragment) this.#drop(fragment);
    this.changed.notify();
  }

  // ------------------------------------------------------------------------------------------------------- reading

  /** The next fragment in order of number, open or complete; the oldest if `number` is undefined. */
  after(number: string | undefined): Fragment | undefined {
    return this.#present.after(number);
  }

  /** The newest fragment that is still being received. */
  inProgress(): Fragment | undefined {
    let newest: Fragment | undefined;
    for (const fragment of this.#open) {
      if (newest === undefined || compareNumbers(fragment.number, newest.number) > 0) newest = fragment;
    }
    return newest;
  }

  /** The number last given, whatever became of its fragment. */
  get newestNumber(): string | undefined {
    return this.#numbering.newest;
  }

  /** The server timestamp last given. It may be ahead of the clock. */
  get latestServerTime(): number {
    return this.#numbering.latestTime;
  }

  /** The fragment whose time is at `time`, or that was the current one then; undefined if there is none yet. */
  covering(axis: TimeAxis, time: number): Promise<Fragment | undefined> {
    return this.#present.covering(axis, time);
  }

  /** Archived fragments with `start` <= time <= `end`, ascending by (time, number); undefined is a turn for others. */
  *archived(axis: TimeAxis, start: number, end: number, behind?: Place): Generator<Fragment | undefined> {
    for (const fragment of this.#present.range(axis, start, end, behind)) {
      if (fragment === undefined || fragment.persisted) yield fragment;
    }
  }

  /** True if producer times go up with the numbers: whatever is recorded is recorded once. */
  get recordedInOrder(): boolean {
    this.#expire();
    return this.#index.inOrder;
  }

  /**
   * Complete fragments of a stream with retention from the newest down; the newest may still be on their way in.
   * Undefined is a turn for others.
   */
  *newestFirst(): Generator<Fragment | undefined> {
    for (const fragment of this.#present.newestFirst()) {
      if (fragment === undefined || fragment.state === 'complete') yield fragment;
    }
  }

  /** What stands in front of the newest complete fragment. */
  newestHeader(): FragmentHeader | undefined {
    for (const fragment of this.newestFirst()) if (fragment !== undefined) return fragment.header;
    return undefined;
  }

  /** The archived fragment of that number. */
  archivedFragment(number: string): Fragment | undefined {
    const found = this.#present.get(number);
    return found?.persisted ? found : undefined;
  }

  /** True if this stream once gave that number to a fragment, whatever became of it. */
  gave(number: string): boolean {
    return this.#numbering.gave(number);
  }

  // ----------------------------------------------------------------------------------------------------- retention

  /** The oldest fragment that may go when memory is full: whole, and not on its way into the store. */
  oldest(): Fragment | undefined {
    for (const fragment of this.#index.range('serverTime', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) {
      if (fragment.persisted || fragment === this.#hot.oldest) return fragment;
    }
    return undefined;
  }

  dropOldest(fragment: Fragment): void {
    if (fragment === this.#hot.oldest) this.#dropOldestHot();
    else this.#drop(fragment);
  }

  /** Takes room, giving up the hot buffer's oldest fragments for it: nobody was promised those. */
  #reserve(bytes: number): boolean {
    while (!this.#services.room.reserve(bytes)) {
      this.#expire();
      if (!this.#gone.dropNext() && !this.#dropOldestHot()) return false;
    }
    return true;
  }

  #dropOldestHot(): boolean {
    const oldest = this.#hot.take();
    if (oldest !== undefined) this.#drop(oldest);
    return oldest !== undefined;
  }

  /** Answers must be right to the millisecond, so readers look too and do not rely on the clock having called. */
  #expire(): void {
    if (this.#expiry !== undefined && this.#expiry.time <= this.#services.clock.now()) void this.#dropExpired();
  }

  /** Asks the clock to be called at `time`, unless it will call earlier. */
  #dueAt(time: number | undefined): void {
    if (time === undefined || (this.#expiry !== undefined && this.#expiry.time <= time)) return;
    this.#expiry?.cancel();
    this.#expiry = { time, cancel: this.#services.clock.at(time, () => this.#dropExpired()) };
  }

  /** What has expired is gone for whoever looks from now on. Resolves when its memory is free as well. */
  #dropExpired(): Promise<void> | undefined {
    this.#expiry?.cancel();
    this.#expiry = undefined;
    const now = this.#services.clock.now();
    const oldestKept = now - this.#retentionMs;
    this.#gone.takeExpired(oldestKept, now);
    const next = this.#index.behind('serverTime', oldestKept);
    this.#dueAt(next && next.serverTime + this.#retentionMs);
    this.#dueAt(this.#hot.until);
    return this.#gone.sweep();
  }

  #drop(fragment: Fragment): void {
    for (const tell of this.#onDrop.get(fragment) ?? []) tell();
    this.#index.remove(fragment);
    this.#open.delete(fragment);
    this.#gone.forget(fragment);
    if (fragment.state === 'open') fragment.state = 'failed';
    fragment.persisted = false;
    if (fragment.payload !== undefined) fragment.payload.remove();
    else if (!this.#keeping.has(fragment)) this.#forget(fragment);
    this.#services.room.release(FRAGMENT_COST + fragment.leading.length);
    this.#releaseHeader(fragment.header);
  }

  /** Gives up bytes that are not in the archive. */
  #forget(fragment: Fragment): void {
    fragment.draft?.discard();
    fragment.draft = undefined;
  }

  /** A header has room as long as a fragment uses it. False if there is none for it. */
  #useHeader(header: FragmentHeader): boolean {
    const uses = this.#headerUses.get(header) ?? 0;
    if (uses === 0 && !this.#reserve(headerCost(header))) return false;
    this.#headerUses.set(header, uses + 1);
    return true;
  }

  #releaseHeader(header: FragmentHeader): void {
    const uses = (this.#headerUses.get(header) ?? 0) - 1;
    if (uses > 0) this.#headerUses.set(header, uses);
    else if (this.#headerUses.delete(header)) this.#services.room.release(headerCost(header));
  }
}
