import type { RecordStore, RecordTable } from '../../domain/ports.ts';

class MemoryTable<Entry> implements RecordTable<Entry> {
  readonly #entries = new Map<string, Entry>();

  entries(): Iterable<readonly [string, Entry]> {
    return this.#entries;
  }

  put(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
  }

  remove(key: string): void {
    this.#entries.delete(key);
  }
}

/** Records as long as the process lives. */
export class MemoryRecordStore implements RecordStore {
  readonly streams: RecordStore['streams'] = new MemoryTable();
  readonly channels: RecordStore['channels'] = new MemoryTable();
  readonly names: RecordStore['names'] = new MemoryTable();
  readonly eras: RecordStore['eras'] = new MemoryTable();
}
