import type { FragmentRecord, HeaderRecord } from '../../domain/fragments/fragmentRecord.ts';
import type {
  BareDraft,
  BarePayload,
  BareShelf,
  BareStore,
  KeptBytes,
  KeptFragment,
  Reading,
  RecordTable,
  Sealer,
  ShelfOwner,
  Stage,
} from '../../domain/ports.ts';
import type { Room } from '../../runtime/room.ts';
import { MemoryBytes, type Part, PartsReading } from './parts.ts';
import { MemoryTable } from './records.ts';
import { SLAB_BYTES, type Slab, Slabs } from './slabs.ts';

/** For a stream that has only begun, or never has more than a few bytes. */
const SMALLEST_SLAB = 4096;

/** Keeps fragments in memory. What is unused of the room may lie there as blocks to be filled again. */
export class MemoryPayloadStore implements BareStore {
  readonly #room: Room;
  readonly #slabs: Slabs;
  /** Those that hold something. */
  readonly #shelves = new Map<string, MemoryShelf>();

  constructor(room: Room, slabs = new Slabs()) {
    this.#room = room;
    this.#slabs = slabs;
    room.hasUnused(slabs);
  }

  /** Fragments of one stream end in the order in which they came, so those that lie together go together. */
  shelf({ arn }: ShelfOwner): MemoryShelf {
    return this.#shelves.get(arn) ?? new MemoryShelf(this, this.#room, arn);
  }

  /** It holds something now. */
  note(arn: string, shelf: MemoryShelf): void {
    this.#shelves.set(arn, shelf);
  }

  /** It holds nothing any more. */
  forget(arn: string): void {
    this.#shelves.delete(arn);
  }

  stage(): Stage {
    // One for all: each has slabs that are not full.
    const shelf = new MemoryShelf(this, this.#room, '');
    return {
      begin() {
        const draft = shelf.draft();
        return {
          append: (piece) => draft.append(piece),
          done() {
            draft.end();
            return draft.bytes();
          },
          discard: () => draft.discard(),
        };
      },
      end: () => undefined,
    };
  }

  takeSlab(size: number): Slab {
    const { used, capacity } = this.#room.usage();
    return this.#slabs.take(size, capacity - used);
  }

  giveSlab(slab: Slab): void {
    this.#slabs.give(slab);
  }
}

/** The slabs of one stream. Each is written by one draft at a time, so that a fragment lies in few pieces. */
export class MemoryShelf implements BareShelf {
  readonly headers: RecordTable<HeaderRecord> = new MemoryTable();
  readonly #store: MemoryPayloadStore;
  readonly #room: Room;
  readonly #arn: string;
  #left = false;
  /** A list in order of coming: where there are millions, a Set would take more time and memory than all the rest. */
  #first: MemoryPayload | undefined;
  #last: MemoryPayload | undefined;
  /** Those with room that nobody writes into; as many as there were drafts at once. */
  #begun: Slab[] = [];
  #held = 0;

  constructor(store: MemoryPayloadStore, room: Room, arn: string) {
    this.#store = store;
    this.#room = room;
    this.#arn = arn;
  }

  expect(): void {}

  draft(): MemoryDraft {
    return new MemoryDraft(this, this.#room);
  }

  sealer(): Sealer {
    return (_what, bytes) => bytes;
  }

  unseal(_number: string, _what: string, bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  *entries(): Generator<KeptFragment & { readonly payload: MemoryPayload }> {
    let payload = this.#first;
    while (payload !== undefined) {
      // It may be removed by who gets it.
      const { next } = payload;
      yield { record: payload.record(), payload };
      payload = next;
    }
  }

  cleared(): undefined {}

  leave(): void {
    this.#left = true;
    this.#store.forget(this.#arn);
  }

  adopt(record: FragmentRecord, bytes: KeptBytes): void {
    if (!(bytes instanceof MemoryBytes)) throw new TypeError('Those bytes are those of another store.');
    this.keep(new MemoryPayload(() => record, this, bytes));
  }

  keep(payload: MemoryPayload): void {
    if (this.#first === undefined && !this.#left) this.#store.note(this.#arn, this);
    payload.previous = this.#last;
    if (this.#last === undefined) this.#first = payload;
    else this.#last.next = payload;
    this.#last = payload;
  }

  /** Takes it off the shelf. */
  take(payload: MemoryPayload): void {
    const { previous, next } = payload;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next === undefined) this.#last = previous;
    else next.previous = previous;
    // Whoever still has it must not have all that come behind it.
    payload.previous = undefined;
    payload.next = undefined;
    if (this.#first === undefined && !this.#left) this.#store.forget(this.#arn);
  }

  /** A slab with room, for `length` bytes and more. */
  takeUp(length: number): Slab {
    const begun = this.#begun.pop();
    if (begun !== undefined) return begun;
    // As much again as the stream already has: one with little must not hold a megabyte for it.
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(this.#held + length, SMALLEST_SLAB)));
    const slab = this.#store.takeSlab(Math.min(wanted, SLAB_BYTES));
    this.#held += slab.bytes.length;
    return slab;
  }

  /** Its draft, which has bytes in it, writes no more into it. */
  setDown(slab: Slab): void {
    if (slab.filled < slab.bytes.length) this.#begun.push(slab);
  }

  /** Those bytes are kept no longer. Nobody writes into their slabs who has no others there. */
  forget(parts: readonly Part[]): void {
    for (const { slab, start, end } of parts) {
      slab.live -= end - start;
      if (slab.live === 0) this.#giveBack(slab);
    }
  }

  /**
   * Those bytes never became a fragment: others are written in their place. Where that cannot be, because somebody may
   * look at them or has written behind them, they take room as long as their slab is there.
   */
  discard(parts: readonly Part[]): void {
    for (const { slab, start, end } of parts) {
      if (slab.filled === end && !slab.seen) {
        if (end === slab.bytes.length) this.#begun.push(slab);
        slab.filled = start;
        this.#room.release(end - start);
      } else slab.wasted += end - start;
    }
    this.forget(parts);
  }

  remove(parts: readonly Part[], size: number): void {
    this.#room.release(size);
    this.forget(parts);
  }

  #giveBack(slab: Slab): void {
    this.#begun = this.#begun.filter((one) => one !== slab);
    this.#held -= slab.bytes.length;
    this.#room.release(slab.wasted);
    slab.wasted = 0;
    this.#store.giveSlab(slab);
  }
}

class MemoryDraft implements BareDraft {
  readonly #room: Room;
  readonly #shelf: MemoryShelf;
  readonly #parts: Part[] = [];
  /** The last part, as long as its slab is being written into. */
  #open: Part | undefined;
  #size = 0;
  /** Somebody may look at any of the bytes at any time from now on. */
  #followed = false;
  #ended = false;

  constructor(shelf: MemoryShelf, room: Room) {
    this.#room = room;
    this.#shelf = shelf;
  }

  append(piece: Uint8Array): boolean {
    if (!this.#room.reserve(piece.length)) return false;
    for (let at = 0; at < piece.length; ) at += this.#write(at === 0 ? piece : piece.subarray(at));
    return true;
  }

  /** Copies as much of the piece as there is room for in one slab; returns how much that was. */
  #write(piece: Uint8Array): number {
    const part = this.#partWithRoom(piece.length);
    const { slab } = part;
    const length = Math.min(piece.length, slab.bytes.length - part.end);
    slab.bytes.set(length === piece.length ? piece : piece.subarray(0, length), part.end);
    part.end += length;
    slab.filled = part.end;
    slab.live += length;
    this.#size += length;
    return length;
  }

  #partWithRoom(length: number): Part {
    const open = this.#open;
    if (open !== undefined && open.end < open.slab.bytes.length) return open;
    const slab = this.#shelf.takeUp(length);
    if (this.#followed) slab.seen = true;
    const part = { slab, start: slab.filled, end: slab.filled };
    this.#parts.push(part);
    this.#open = part;
    return part;
  }

  secured(): undefined {
    return undefined;
  }

  async open(): Promise<Reading> {
    return this.follow();
  }

  follow(): Reading {
    this.#followed = true;
    for (const { slab } of this.#parts) slab.seen = true;
    return new PartsReading(() => this.#parts);
  }

  admit(): void {}

  look(): readonly Uint8Array[] {
    return this.#parts.map(({ slab, start, end }) => slab.bytes.subarray(start, end));
  }

  end(): undefined {
    if (this.#open !== undefined) this.#shelf.setDown(this.#open.slab);
    this.#open = undefined;
    this.#ended = true;
    return undefined;
  }

  seal(_what: string, bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  async keep(record: () => FragmentRecord): Promise<MemoryPayload> {
    const payload = new MemoryPayload(record, this.#shelf, this.bytes());
    this.#shelf.keep(payload);
    return payload;
  }

  /** What has come, which the caller holds from now on. Behind `end`. */
  bytes(): MemoryBytes {
    return new MemoryBytes(this.#shelf, this.#parts, this.#size);
  }

  discard(): void {
    const whole = this.#ended;
    this.end();
    // Those that have come whole go in the order in which they came, and their slabs with them.
    if (whole) this.#shelf.remove(this.#parts, this.#size);
    else this.#shelf.discard(this.#parts);
  }
}

/** A class and not two closures: there may be millions of them. */
export class MemoryPayload implements BarePayload {
  readonly record: () => FragmentRecord;
  /** Its neighbours on the shelf. */
  previous: MemoryPayload | undefined = undefined;
  next: MemoryPayload | undefined = undefined;
  readonly #shelf: MemoryShelf;
  readonly #bytes: MemoryBytes;

  constructor(record: () => FragmentRecord, shelf: MemoryShelf, bytes: MemoryBytes) {
    this.record = record;
    this.#shelf = shelf;
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.size;
  }

  admit(): void {}

  open(): Promise<Reading> {
    return this.#bytes.open();
  }

  share(): KeptBytes {
    return this.#bytes.hold();
  }

  remove(): void {
    this.#shelf.take(this);
    this.#bytes.release();
  }
}
