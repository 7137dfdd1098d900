import { Turnstile } from './turnstile.ts';

/** Memory that lies about to be used again, no more than there is room for: it is in nobody's account. Bytes. */
export interface Unused {
  readonly bytes: number;
  shrinkTo(most: number): void;
}

/** Of the capacity, so much may lie about unused besides what is free: whoever wants some of it is about to take it. */
const UNUSED = 1 / 16;

/** What gives something up so that something else has room: false if it has nothing more to give. */
export type Giver = () => boolean;

const MIB = 1024 * 1024;

/**
 * What of so many bytes for clients is left for what is only passing through, and lies about until V8 collects it: it is
 * in nobody's account.
 */
const inPassing = (bytes: number): number => Math.min(64 * MIB, bytes / 2);

/** How `--max-memory` is shared out, in bytes: what the account of room has, and of that made segments; and the journal. */
export const sharesOf = (maxMemory: number): { room: number; clear: number; segments: number; journal: number } => ({
  room: maxMemory - inPassing(maxMemory),
  // Of what is in passing, for fragments that are in the clear while something is made of them.
  clear: Math.min(20 * MIB, maxMemory / 4),
  // About a minute of what a dozen players watch.
  segments: Math.min(64 * MIB, maxMemory / 8),
  journal: Math.min(16 * MIB, maxMemory / 16),
});

/**
 * The one account of memory held for clients, in bytes. Whoever keeps something for a client takes room for it first,
 * and says no to the client if there is none.
 */
export class Room {
  /** Where those pass who need a whole fragment in the clear for a moment: what they have is not counted besides. */
  readonly clear: Turnstile;
  readonly #capacity: number;
  readonly #givers: Giver[] = [];
  #unused: Unused | undefined;
  #used = 0;

  /** @param options in bytes; `clear` is besides the capacity */
  constructor({ capacity, clear = 20 * MIB }: { readonly capacity: number; readonly clear?: number }) {
    this.#capacity = capacity;
    this.clear = new Turnstile(clear);
  }

  /** Takes room for `bytes` more; false if there is none, whoever gives up what. */
  reserve(bytes: number): boolean {
    if (this.#used + bytes > this.#capacity && !this.#make(bytes)) return false;
    this.#take(bytes);
    return true;
  }

  /** Takes room only if it is free: nobody has to give anything up for it. */
  reserveFree(bytes: number): boolean {
    if (this.#used + bytes > this.#capacity) return false;
    this.#take(bytes);
    return true;
  }

  /** Takes it whether there is any or not, for what is there already: whoever wants some later waits until it has gone. */
  occupy(bytes: number): void {
    this.#take(bytes);
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }

  /** There is one such at most. */
  hasUnused(unused: Unused): void {
    this.#unused = unused;
  }

  /** Asked, in the order of these calls, when there is no room. */
  onShort(giver: Giver): void {
    this.#givers.push(giver);
  }

  /** For somebody who holds now more, now less. */
  hold(): Holding {
    return new Holding(this);
  }

  usage(): { used: number; capacity: number } {
    return { used: this.#used, capacity: this.#capacity };
  }

  #take(bytes: number): void {
    this.#used += bytes;
    const most = Math.max(0, this.#capacity - this.#used) + this.#capacity * UNUSED;
    if (this.#unused !== undefined && this.#unused.bytes > most) this.#unused.shrinkTo(most);
  }

  #make(bytes: number): boolean {
    if (bytes > this.#capacity) return false;
    for (const give of this.#givers) {
      while (this.#used + bytes > this.#capacity && give());
    }
    return this.#used + bytes <= this.#capacity;
  }
}

/** What one client holds: it grows and shrinks, and ends with the client. */
export class Holding {
  readonly #room: Room;
  #bytes = 0;
  #over = false;

  constructor(room: Room) {
    this.#room = room;
  }

  /** From now on it is so much; false, and as it was, if there is no room for that. */
  to(bytes: number): boolean {
    if (bytes === this.#bytes || this.#over) return true;
    if (bytes < this.#bytes) this.#room.release(this.#bytes - bytes);
    else if (!this.#room.reserve(bytes - this.#bytes)) return false;
    this.#bytes = bytes;
    return true;
  }

  end(): void {
    this.to(0);
    this.#over = true;
  }
}
