import type { Clock } from '../../runtime/clock.ts';
import type { Holding } from '../../runtime/room.ts';
import type { LimitOf } from '../limits/limits.ts';
import type { Action } from './message.ts';

/** A message on its way. The master has no name. */
export interface Letter {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly action: Action;
  readonly payload: string;
}

export interface Kept extends Letter {
  /** On the emulator's clock, ms. */
  readonly expiresAt: number;
}

/** What a letter takes besides its text, of which a character may take two bytes. */
const COST = 512;

interface Entry extends Kept {
  readonly cancel: () => void;
}

/** What those who are not there are to get when they come, as long as it is good. */
export class Mailboxes {
  readonly #clock: Clock;
  readonly #holding: Holding;
  readonly #limit: LimitOf;
  readonly #boxes = new Map<string | undefined, Set<Entry>>();
  #count = 0;
  #bytes = 0;

  constructor(clock: Clock, holding: Holding, limit: LimitOf) {
    this.#clock = clock;
    this.#holding = holding;
    this.#limit = limit;
  }

  get empty(): boolean {
    return this.#count === 0;
  }

  /** False if there is no room for it. A newer offer takes the place of the sender's own, and so does an answer. */
  put(letter: Letter, ttlMs: number): boolean {
    const box = this.#boxes.get(letter.to) ?? new Set();
    const own = [...box].filter(({ from, action }) => from === letter.from && action === letter.action);
    if (letter.action === 'ICE_CANDIDATE') {
      if (own.length >= this.#limit('signaling.candidates')) return false;
    } else for (const one of own) this.#remove(one);
    return this.#count < this.#limit('signaling.messages') && this.#add(letter, this.#clock.now() + ttlMs);
  }

  #add(letter: Letter, expiresAt: number): boolean {
    const bytes = costOf(letter);
    if (!this.#holding.to(this.#bytes + bytes)) return false;
    this.#count += 1;
    this.#bytes += bytes;
    const box = this.#boxes.get(letter.to) ?? new Set();
    this.#boxes.set(letter.to, box);
    const entry: Entry = { ...letter, expiresAt, cancel: this.#clock.at(expiresAt, () => this.#remove(entry)) };
    box.add(entry);
    return true;
  }

  /** Puts back what has been there before; false if there is no room for it. */
  putBack(letters: readonly Kept[]): boolean {
    return letters.every((letter) => this.#add(letter, letter.expiresAt));
  }

  /** Empties the box of one who has come: of each sender first what is no candidate, then the candidates in order. */
  take(to: string | undefined): Letter[] {
    const letters = this.list(to);
    for (const one of letters) this.#remove(one);
    const senders = new Map<string | undefined, { first: Letter[]; candidates: Letter[] }>();
    for (const one of letters) {
      const own = senders.get(one.from) ?? { first: [], candidates: [] };
      senders.set(one.from, own);
      (one.action === 'ICE_CANDIDATE' ? own.candidates : own.first).push(one);
    }
    return [...senders.values()].flatMap(({ first, candidates }) => first.concat(candidates));
  }

  /** Takes back what is in a box and chosen. */
  withdraw(to: string | undefined, chosen: (letter: Letter) => boolean): void {
    for (const one of this.list(to)) if (chosen(one)) this.#remove(one);
  }

  list(to: string | undefined): Entry[] {
    const now = this.#clock.now();
    return [...(this.#boxes.get(to) ?? [])].filter(({ expiresAt }) => expiresAt > now);
  }

  *all(): Generator<Kept> {
    for (const to of this.#boxes.keys()) yield* this.list(to);
  }

  clear(): void {
    for (const box of this.#boxes.values()) for (const one of box) one.cancel();
    this.#boxes.clear();
    this.#count = 0;
    this.#bytes = 0;
    this.#holding.end();
  }

  #remove(entry: Entry): void {
    const box = this.#boxes.get(entry.to);
    if (box?.delete(entry) !== true) return;
    entry.cancel();
    if (box.size === 0) this.#boxes.delete(entry.to);
    this.#count -= 1;
    this.#bytes -= costOf(entry);
    this.#holding.to(this.#bytes);
  }
}

const costOf = ({ from = '', to = '', payload }: Letter): number =>
  COST + 2 * (from.length + to.length + payload.length);
