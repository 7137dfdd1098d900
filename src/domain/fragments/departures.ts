import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Room } from '../../runtime/room.ts';
import type { LimitOf } from '../limits/limits.ts';
import type { RecordTable } from '../ports.ts';
import { type Fragment, setSealed, type TellFragment } from './fragment.ts';
import type { FragmentIndex } from './fragmentIndex.ts';
import type { HeaderRecord } from './fragmentRecord.ts';
import { Gone } from './gone.ts';
import { HotBuffer } from './hotBuffer.ts';
import type { Dispensable, OldestFirst } from './oldestFirst.ts';
import { Overhead } from './overhead.ts';
import { Retention } from './retention.ts';

interface Parts {
  readonly clock: Clock;
  readonly room: Room;
  readonly log: Log;
  readonly oldestFirst: OldestFirst | undefined;
  readonly limit: LimitOf;
  readonly index: FragmentIndex;
  readonly headers: RecordTable<HeaderRecord>;
  readonly tell: TellFragment;
  /** Lets go of what recordings show and has a time up to that. */
  readonly expireShown: (time: number) => void;
}

/** Why a fragment goes: its time is over, or it goes before. */
type Why = 'expired' | 'dropped';

/**
 * How a stream's fragments go: when their time is over, when there is no room for what comes, when they cannot be read,
 * when they will never be whole, and with the stream. Whoever reads one is told before.
 */
export class Departures implements Dispensable {
  /** Still being received. */
  readonly open = new Set<Fragment>();
  /** On their way into the store, which has their room. */
  readonly keeping = new Set<Fragment>();
  readonly gone: Gone;
  readonly retention: Retention;
  readonly overhead: Overhead;
  /** Bytes of all fragments there are. */
  held = 0;
  readonly #parts: Parts;
  readonly #hot: HotBuffer;
  /** Who reads which fragment at the moment, by its number. */
  readonly #onDrop = new Map<string, { readonly fragment: Fragment; readonly tells: Set<() => void> }>();

  constructor(parts: Parts, retentionMs: number) {
    this.#parts = parts;
    const { clock, room, log, index, headers: kept, expireShown } = parts;
    const hot = new HotBuffer(parts.limit);
    this.#hot = hot;
    this.gone = new Gone({
      index: index.kept,
      hot,
      drop: (fragment) => this.drop(fragment, this.#why),
      letGo: (fragment) => this.#letGo(fragment, this.#why),
      coming: [this.open, this.keeping],
      stopped: () => clock.stopped,
    });
    this.retention = new Retention({ clock, index, hot, gone: this.gone, expireShown }, retentionMs);
    const reserve = (bytes: number): boolean => this.untilItFits(() => room.reserve(bytes));
    this.overhead = new Overhead({ room, reserve, kept, log });
  }

  /** Calls `tell` before the fragment's bytes go. Returns how to call that off. */
  onDrop(fragment: Fragment, tell: () => void): () => void {
    const { number } = fragment;
    const { tells } = this.#onDrop.get(number) ?? { tells: new Set() };
    this.#onDrop.set(number, { fragment, tells: tells.add(tell) });
    return () => {
      if (tells.delete(tell) && tells.size === 0) this.#onDrop.delete(number);
    };
  }

  /** Tells readers of what is shown no more. */
  tellShown(): void {
    const left = [...this.#onDrop.values()].filter(({ fragment }) => fragment.original && !fragment.persisted);
    for (const { tells } of left) for (const tell of tells) tell();
  }

  /** It is whole, in a stream that archives nothing. */
  isHot(fragment: Fragment): void {
    this.#hot.add(fragment, this.#parts.clock.now());
    this.#parts.oldestFirst?.note(this, fragment.serverTime);
    while (this.#hot.full) this.#dropOldestHot();
    this.retention.dueAt(this.#hot.until);
  }

  /** It has come into the archive. Returns whether its time there is over already. */
  isArchived(fragment: Fragment): boolean {
    const until = fragment.serverTime + this.retention.ms;
    if (until <= this.#parts.clock.now()) {
      this.drop(fragment, 'expired');
      return true;
    }
    this.gone.spare(fragment);
    this.#parts.oldestFirst?.note(this, fragment.serverTime);
    this.retention.dueAt(until);
    return false;
  }

  /** The archive was there before the emulator was: what is kept in it, from this fragment on. */
  areArchivedFrom(oldest: Fragment | undefined): void {
    if (oldest !== undefined) this.#parts.oldestFirst?.note(this, oldest.serverTime);
    void this.retention.dropExpired();
  }

  /** The oldest fragment that may go when memory is full: whole, and not on its way into the store. */
  oldest(): Fragment | undefined {
    const all = this.#parts.index.kept.range('serverTime', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    for (const fragment of all) if (fragment.persisted || fragment === this.#hot.oldest) return fragment;
    return undefined;
  }

  dropOldest(fragment: Fragment): void {
    if (fragment === this.#hot.oldest) this.#dropOldestHot();
    else this.drop(fragment);
  }

  /** Gives up what is gone, and the hot buffer's oldest fragments, until it fits: nobody was promised those. */
  untilItFits(fits: () => boolean): boolean {
    if (fits()) return true;
    this.retention.look();
    while (!fits()) if (!this.gone.dropNext() && !this.#dropOldestHot()) return false;
    return true;
  }

  /** All of them go, for good: at once for whoever looks, and from memory in slices. */
  dropAll(): void {
    for (const fragment of this.open) this.drop(fragment);
    this.#hot.clear();
    this.retention.stop();
    void this.gone.sweep();
  }

  drop(fragment: Fragment, why: Why = 'dropped'): void {
    this.#parts.index.kept.remove(fragment);
    this.#letGo(fragment, why);
  }

  /** Of those that are gone before they are dropped. */
  get #why(): Why {
    return this.gone.all ? 'dropped' : 'expired';
  }

  /** Gives back what a fragment takes that is not in the index any more. */
  #letGo(fragment: Fragment, why: Why): void {
    for (const tell of this.#onDrop.get(fragment.number)?.tells ?? []) tell();
    this.open.delete(fragment);
    this.gone.forget(fragment);
    if (fragment.state === 'open') fragment.state = 'failed';
    // Of one that is on its way into the store that is still to be.
    if (!this.keeping.has(fragment)) setSealed(fragment);
    fragment.persisted = false;
    if (fragment.payload !== undefined) fragment.payload.remove();
    else if (!this.keeping.has(fragment)) this.forget(fragment);
    this.overhead.giveBack(fragment);
    this.held -= fragment.size;
    const isOver = why === 'expired' && this.retention.ms > 0;
    this.#parts.tell(why, fragment, isOver ? fragment.serverTime + this.retention.ms : undefined);
  }

  /** A fragment's bytes cannot be read any more: it is one that is gone. */
  readonly lost = (fragment: Fragment, { message: reason }: Error): void => {
    const { index, log } = this.#parts;
    if (index.kept.get(fragment.number) !== fragment) return;
    log.error('A fragment cannot be read any more, and is left out.', { fragment: fragment.number, reason });
    this.drop(fragment);
  };

  /** Gives up bytes that are not in the archive. */
  forget(fragment: Fragment): void {
    fragment.draft?.discard();
    fragment.draft = undefined;
  }

  #dropOldestHot(): boolean {
    const oldest = this.#hot.take();
    if (oldest !== undefined) this.drop(oldest);
    return oldest !== undefined;
  }
}
