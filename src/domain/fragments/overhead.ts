import type { Log } from '../../runtime/log.ts';
import type { Room } from '../../runtime/room.ts';
import type { RecordTable } from '../ports.ts';
import { FRAGMENT_COST, type Fragment, headerCost } from './fragment.ts';
import type { HeaderRecord } from './fragmentRecord.ts';
import { SharedHeader } from './sharedHeader.ts';

interface Parts {
  readonly room: Room;
  /** Takes room, whatever has to give way for it; false if there is none. */
  readonly reserve: (bytes: number) => boolean;
  readonly kept: RecordTable<HeaderRecord>;
  readonly log: Log;
}

interface Use {
  count: number;
  /** What it is kept by, if it is. */
  key: string | undefined;
}

type Costly = Pick<Fragment, 'header' | 'leadingSize'>;
const ownCost = ({ leadingSize }: Costly): number => FRAGMENT_COST + leadingSize;

/**
 * What a stream's fragments take of memory besides their bytes, which are the store's: each for itself, and each header
 * once as long as a fragment uses it. Headers come and go in the store as they do here.
 */
export class Overhead {
  readonly #parts: Parts;
  readonly #uses = new Map<SharedHeader, Use>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes room for one that begins; false if there is none. */
  take(fragment: Costly): boolean {
    const { room, reserve } = this.#parts;
    const use = this.#uses.get(fragment.header);
    if (use === undefined && !reserve(headerCost(fragment.header))) return false;
    // Before the fragment's own: what gives way for that may be the last that used the header.
    this.#use(fragment.header, use);
    if (reserve(ownCost(fragment))) return true;
    if (this.#leave(fragment.header)) room.release(headerCost(fragment.header));
    return false;
  }

  /** Counts one that is there already, whether there is room or not. */
  count(fragment: Costly): void {
    const use = this.#uses.get(fragment.header);
    const header = use === undefined || use.count === 0 ? headerCost(fragment.header) : 0;
    this.#parts.room.occupy(header + ownCost(fragment));
    this.#use(fragment.header, use);
  }

  giveBack(fragment: Costly): void {
    const last = this.#leave(fragment.header);
    this.#parts.room.release(ownCost(fragment) + (last ? headerCost(fragment.header) : 0));
  }

  /** Sees to it that the fragment's header is kept. Returns its key. Throws a StoreError if it cannot be. */
  keepHeader({ header, number }: Fragment): string {
    const use = this.#uses.get(header);
    if (use?.key !== undefined) return use.key;
    // What cannot be kept yet has no fragment that could be.
    if (header.record === undefined) throw new TypeError('A header is kept once it has been sealed.');
    this.#parts.kept.put(number, header.record);
    if (use !== undefined) use.key = number;
    return number;
  }

  /** Those that are kept, by their keys. They are to be counted by what uses them, and trimmed afterwards. */
  kept(): ReadonlyMap<string, SharedHeader> {
    const found = new Map<string, SharedHeader>();
    for (const [key, record] of this.#parts.kept.entries()) {
      const header = SharedHeader.kept(record);
      found.set(key, header);
      this.#uses.set(header, { count: 0, key });
    }
    return found;
  }

  /** Removes headers that nothing uses. */
  trim(): void {
    for (const [header, use] of this.#uses) if (use.count === 0) this.#remove(header, use);
  }

  #use(header: SharedHeader, use: Use | undefined): void {
    if (use === undefined) this.#uses.set(header, { count: 1, key: undefined });
    else use.count += 1;
  }

  /** One uses it no more. True if that was the last. */
  #leave(header: SharedHeader): boolean {
    const use = this.#uses.get(header);
    if (use === undefined) return false;
    use.count -= 1;
    if (use.count === 0) this.#remove(header, use);
    return use.count === 0;
  }

  #remove(header: SharedHeader, { key }: Use): void {
    this.#uses.delete(header);
    if (key === undefined) return;
    try {
      this.#parts.kept.remove(key);
    } catch (error) {
      this.#parts.log.error('A header that no fragment uses stays in the store until the next start.', { error });
    }
  }
}
