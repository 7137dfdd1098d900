import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Log } from '../../runtime/log.ts';
import type { Room } from '../../runtime/room.ts';
import { Signal } from '../../runtime/signal.ts';
import { type LimitOf, PUBLISHED } from '../limits/limits.ts';
import { MediaCounts } from '../metrics/counts.ts';
import type { PayloadDraft, PayloadShelf, PayloadStore, ShelfOwner } from '../ports.ts';
import { PageTokens } from '../resources/pageTokens.ts';
import { Archive } from './archive.ts';
import { begunFragment, type FragmentSpec } from './begunFragment.ts';
import { Departures } from './departures.ts';
import type { Fragment, FragmentHome, TellFragment } from './fragment.ts';
import { FragmentIndex, type Place, type TimeAxis } from './fragmentIndex.ts';
import { compareNumbers } from './fragmentNumbers.ts';
import { type Given, Numbering, type NumberingStart } from './numbering.ts';
import type { OldestFirst } from './oldestFirst.ts';
import { PresentFragments } from './presentFragments.ts';
import type { Layout, Recording } from './recording.ts';
import { keptFragments } from './resume.ts';
import type { SharedHeader } from './sharedHeader.ts';
import { type RunStore, type ShowSpec, Shows } from './shows.ts';

/** What a stream's fragments need from outside. */
export interface FragmentLogServices {
  readonly clock: Clock;
  /** This stream's own. */
  readonly ids: Ids;
  readonly payloads: PayloadStore;
  readonly room: Room;
  readonly log: Log;
  /** Told of what may go when there is no room; absent if nothing may. */
  readonly oldestFirst?: OldestFirst | undefined;
  /** The limits of the stream; those that are published by default. */
  readonly limit?: LimitOf;
  readonly tell?: TellFragment;
  /** Which recordings streams show; none by default. */
  readonly runs?: RunStore;
}

/** The stream, as far as its fragments need it. */
export interface FragmentLogOwner extends ShelfOwner, Pick<NumberingStart, 'blocks' | 'onBlock'> {
  readonly retentionMs: number;
}

export interface SavedFragments extends Given {
  /** Numbers of those that are not listed yet, and until when. */
  readonly unlisted: readonly (readonly [number: string, until: number])[];
}

/**
 * The fragments of one stream: numbering, the index, and the signal that wakes live readers. Made on a shelf that holds
 * some already it goes on with those.
 */
export class FragmentLog {
  /** Notified whenever a fragment begins, grows, ends, fails or the stream goes. */
  readonly changed = new Signal();
  /** For lists of these fragments: a token of another stream means nothing here. */
  readonly tokens: PageTokens;
  readonly #clock: Clock;
  /** Where they are kept. */
  readonly shelf: PayloadShelf;
  readonly #home: FragmentHome;
  readonly #numbering: Numbering;
  readonly #index = new FragmentIndex();
  /** The limits of the stream. */
  readonly limit: LimitOf;
  readonly #departures: Departures;
  readonly #present: PresentFragments;
  readonly #onDelete = new Set<() => void>();
  readonly #archive: Archive;
  readonly #shows: Shows;
  readonly #tell: TellFragment;
  readonly counts = new MediaCounts();

  constructor(services: FragmentLogServices, owner: FragmentLogOwner) {
    const { clock, ids, payloads, room, log, oldestFirst } = services;
    this.#clock = clock;
    this.limit = services.limit ?? ((name) => PUBLISHED.of(name));
    this.#tell = services.tell ?? (() => undefined);
    const { limit } = this;
    const tell = this.#tell;
    this.shelf = payloads.shelf(owner);
    this.tokens = new PageTokens(() => ids.lasting('page tokens'));
    const index = this.#index;
    const { headers } = this.shelf;
    const { runs: store = NO_RUNS } = services;
    const tellReaders = (): void => this.#departures.tellShown();
    this.#shows = new Shows({
      ...{ arn: owner.arn, index, shelf: this.shelf, clear: room.clear, store, tell, log, tellReaders },
    });
    const expireShown = (time: number): void => this.#shows.expire(time, (fragment) => this.#overAt(fragment));
    const parts = { clock, room, log, oldestFirst, index, headers, limit, tell, expireShown };
    this.#departures = new Departures(parts, owner.retentionMs);
    const departures = this.#departures;
    const { gone, overhead, lost, retention } = departures;
    const { counts, changed } = this;
    const cleared = (): Promise<void> | undefined => this.shelf.cleared();
    this.#archive = new Archive({ clock, index, departures, counts, tell, cleared, changed: () => changed.notify() });
    this.#present = new PresentFragments({ index, gone, expire: () => retention.look() });
    const { shelf } = this;
    const home = { shelf, lost, clear: room.clear };
    this.#home = home;
    const kept = keptFragments({ home, overhead, log });
    for (const fragment of kept) {
      index.add(fragment);
      this.#departures.held += fragment.size;
    }
    const { blocks, onBlock } = owner;
    const last = later(kept.at(-1), this.#shows.resume());
    this.#numbering = new Numbering(ids.lasting('fragment numbers').version(), { blocks, onBlock, last });
    if (last !== undefined) this.#departures.areArchivedFrom(kept[0]);
  }

  /** When its time in the archive is over. */
  #overAt({ serverTime }: Fragment): number {
    return serverTime + this.retentionMs;
  }

  /** What is known of the fragments beyond the shelf. */
  save(): SavedFragments {
    return { ...this.#numbering.save(), unlisted: this.#archive.unlisted.save() };
  }

  /** Goes on from there, with the shelf as it was. */
  load({ unlisted, ...given }: SavedFragments): void {
    this.#numbering.load(given);
    for (const [number, until] of unlisted) {
      const fragment = this.#index.get(number);
      if (fragment !== undefined) this.#archive.unlisted.add(fragment, until);
    }
  }

  get retentionMs(): number {
    return this.#departures.retention.ms;
  }

  get deleted(): boolean {
    return this.#departures.gone.all;
  }

  /** A new retention period, in milliseconds; 0 keeps nothing but the hot buffer. What is older than it goes at once. */
  setRetention(ms: number): void {
    this.#departures.retention.change(ms);
    this.#shows.note();
  }

  /** The stream is gone: so is every fragment, and whoever writes or reads is told. Memory follows in slices. */
  delete(): void {
    this.shelf.leave();
    this.#departures.gone.takeAll();
    for (const tell of [...this.#onDelete]) tell();
    this.#archive.unlisted.clear();
    this.#shows.clear();
    this.#departures.dropAll();
    this.changed.notify();
  }

  /** Calls `tell` when the stream is deleted. Returns how to call that off. */
  onDelete(tell: () => void): () => void {
    this.#onDelete.add(tell);
    return () => this.#onDelete.delete(tell);
  }

  /** Calls `tell` before the fragment's bytes go. Returns how to call that off. */
  onDrop(fragment: Fragment, tell: () => void): () => void {
    return this.#departures.onDrop(fragment, tell);
  }

  // ------------------------------------------------------------------------------------------------------- writing

  /** Gives a fragment its number and server time. `session` is whatever is the same object for one session's fragments. */
  open(session: unknown, spec: FragmentSpec): Fragment | undefined {
    const { gone, overhead, open } = this.#departures;
    const cost = { header: spec.header, leadingSize: spec.leading.length };
    if (gone.all || !overhead.take(cost)) return undefined;
    let fragment: Fragment;
    try {
      fragment = this.#begin(session, spec);
    } catch (error) {
      overhead.giveBack(cost);
      throw error;
    }
    this.#index.add(fragment);
    open.add(fragment);
    this.#tell('begun', fragment);
    this.changed.notify();
    return fragment;
  }

  #begin(session: unknown, spec: FragmentSpec): Fragment {
    const begunAt = spec.begunAt ?? this.#clock.now();
    const place = this.#numbering.next(session, begunAt);
    const draft = this.shelf.draft({ number: place.number, writer: spec.writer });
    return begunFragment(spec, place, begunAt, this.#home, draft);
  }

  /**
   * Whether a fragment that has begun has a key to be kept under, as the store says: undefined if so, a promise if that
   * is still to be found out. Throws, or rejects with, a StoreError if not.
   */
  secured({ draft }: Fragment): Promise<void> | undefined {
    return draft?.secured();
  }

  /** Adds bytes to an open fragment; false if there is no room for them, or the fragment is gone. */
  append(fragment: Fragment, piece: Uint8Array): boolean {
    const { draft } = fragment;
    if (fragment.state !== 'open' || draft === undefined) return false;
    if (!draft.append(piece) && !this.#makeRoom(draft, piece)) return false;
    fragment.size += piece.length;
    this.#departures.held += piece.length;
    this.changed.notify();
    return true;
  }

  /** In a method of its own: of a function with a closure in it each call costs memory, used or not. */
  #makeRoom(draft: PayloadDraft, piece: Uint8Array): boolean {
    return this.#departures.untilItFits(() => draft.append(piece));
  }

  /**
   * All of the fragment has come. Resolves to true once it is in the archive, to false if the stream keeps none.
   * @param listDelay how much later than that it is listed, in ms
   * @throws StoreError if it cannot be kept; the fragment is then gone
   */
  complete(fragment: Fragment, lengthMs: number, listDelay = 0): Promise<boolean> {
    return this.#archive.complete(fragment, lengthMs, listDelay);
  }

  /** The rest of the fragment will never come; nothing of it is kept. */
  fail(fragment: Fragment): void {
    if (this.#index.kept.get(fragment.number) === fragment) this.#departures.drop(fragment);
    this.changed.notify();
  }

  /**
   * Shows a recording behind all there is, as if it had come when it was made. Resolves to how many fragments are there, and
   * how many of them are over at once. Rejects with a StoreError, and shows nothing, if there is no key or no room.
   */
  async show(recording: Recording, layout: Layout, spec: ShowSpec): Promise<{ fragments: number; expired: number }> {
    const run = await this.#shows.show(recording, layout, spec, this.#numbering);
    if (this.deleted) this.#shows.clear();
    await this.#departures.retention.dropExpired();
    this.changed.notify();
    return { fragments: run.size, expired: run.count - run.size };
  }

  // ------------------------------------------------------------------------------------------------------- reading

  /** How many fragments there are, and how many bytes they hold. */
  get held(): { readonly fragments: number; readonly bytes: number } {
    this.#departures.retention.look();
    return { fragments: this.#index.size, bytes: this.#departures.held + this.#index.shown.bytes };
  }

  /** The oldest and the newest there is, by number. */
  ends(): { readonly oldest: Fragment | undefined; readonly newest: Fragment | undefined } {
    const oldest = this.after(undefined);
    const newest = oldest === undefined ? undefined : this.#index.newest();
    return { oldest, newest };
  }

  /** The fragment of that number, open or complete. */
  fragment(number: string): Fragment | undefined {
    return this.#present.get(number);
  }

  /** All fragments with `start` <= time <= `end`, open ones among them, as `archived` gives them. */
  all(axis: TimeAxis, start: number, end: number, behind?: Place): Generator<Fragment | undefined> {
    return this.#present.range(axis, start, end, behind);
  }

  /** The next fragment in order of number, open or complete; the oldest if `number` is undefined. */
  after(number: string | undefined): Fragment | undefined {
    return this.#present.after(number);
  }

  /** The newest fragment that is still being received. */
  inProgress(): Fragment | undefined {
    let newest: Fragment | undefined;
    for (const fragment of this.#departures.open) {
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
      if (fragment === undefined || this.lists(fragment)) yield fragment;
    }
  }

  /** True if it is in the archive and has its place in lists, which it may be given later. */
  lists(fragment: Fragment): boolean {
    return fragment.persisted && !this.#archive.unlisted.has(fragment);
  }

  /** True if producer times go up with the numbers: whatever is recorded is recorded once. */
  get recordedInOrder(): boolean {
    this.#departures.retention.look();
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
  newestHeader(): SharedHeader | undefined {
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
}

const NO_RUNS: RunStore = {
  of: () => [],
  keep: () => undefined,
  note: () => undefined,
  forget: () => undefined,
};

type Last = Pick<Fragment, 'number' | 'serverTime'>;
const later = (a: Last | undefined, b: Last | undefined): Last | undefined =>
  a === undefined || (b !== undefined && compareNumbers(a.number, b.number) < 0) ? b : a;
