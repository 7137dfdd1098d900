import { type RecordStore, type RecordTable, StoreError } from '../../domain/ports.ts';
import type { Room } from '../../runtime/room.ts';

/** What a stream or channel takes of memory besides the texts of its record: indexes, ids, what waits on it. Bytes. */
const RESOURCE_COST = 8192;

/** Entries in a Map. */
export class MemoryTable<Entry> implements RecordTable<Entry> {
  readonly #entries = new Map<string, Entry>();
  readonly #room: Room | undefined;
  readonly #sizes = new Map<string, number>();

  constructor(room?: Room) {
    this.#room = room;
  }

  entries(): Iterable<readonly [string, Entry]> {
    return this.#entries;
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** One that is there already, whether there is room or not. */
  know(key: string, entry: Entry): void {
    const size = sizeIn(entry);
    this.#room?.occupy(size);
    if (this.#room !== undefined) this.#sizes.set(key, size);
    this.#entries.set(key, entry);
  }

  put(key: string, entry: Entry): void {
    if (this.#room !== undefined) this.#count(key, entry, this.#room);
    this.#entries.set(key, entry);
  }

  remove(key: string): void {
    this.#entries.delete(key);
    this.#room?.release(this.#sizes.get(key) ?? 0);
    this.#sizes.delete(key);
  }

  #count(key: string, entry: Entry, room: Room): void {
    const before = this.#sizes.get(key) ?? 0;
    const size = sizeIn(entry);
    if (size > before && !room.reserve(size - before)) {
      throw new StoreError('full', 'There is no room for one more stream, channel or setting: see --max-memory.');
    }
    if (size < before) room.release(before - size);
    this.#sizes.set(key, size);
  }
}

const sizeIn = (entry: unknown): number => Math.ceil(RESOURCE_COST + sizeOf(entry));

/** Of plain data in V8's heap, with the half as much again that may lie beside it before V8 collects it. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 48 + 1.5 * value.length;
  if (typeof value !== 'object' || value === null) return 24;
  let size = 48;
  for (const member of Object.values(value)) size += sizeOf(member);
  return size;
}

/** Records as long as the process lives. */
export class MemoryRecordStore implements RecordStore {
  readonly streams: RecordStore['streams'];
  readonly channels: RecordStore['channels'];
  readonly names: RecordStore['names'] = new MemoryTable();
  readonly eras: RecordStore['eras'] = new MemoryTable();
  readonly keys: RecordStore['keys'] = new MemoryTable();
  readonly runs: RecordStore['runs'];

  /** @param room where streams, channels and what they show are counted */
  constructor(room?: Room) {
    this.streams = new MemoryTable(room);
    this.channels = new MemoryTable(room);
    this.runs = new MemoryTable(room);
  }

  /** As safe as it will ever be. */
  safe(): undefined {
    return undefined;
  }
}
