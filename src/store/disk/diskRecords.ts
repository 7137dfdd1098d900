import type { RecordStore, RecordTable } from '../../domain/ports.ts';
import type { Room } from '../../runtime/room.ts';
import { MemoryTable } from '../memory/records.ts';
import type { Catalogue } from './catalogue.ts';
import { withBytes } from './plainBytes.ts';

/** The tables there are, and whether what is in them counts as memory held for clients. */
const TABLES: { readonly [Name in Exclude<keyof RecordStore, 'safe'>]: boolean } = {
  streams: true,
  channels: true,
  names: false,
  eras: false,
  keys: false,
  runs: true,
};

/** Entries in memory, and in the catalogue. */
class DiskTable<Entry> implements RecordTable<Entry> {
  readonly #name: string;
  readonly #memory: MemoryTable<Entry>;
  readonly #catalogue: Catalogue;

  constructor(name: string, catalogue: Catalogue, room: Room | undefined) {
    this.#name = name;
    this.#memory = new MemoryTable(room);
    this.#catalogue = catalogue;
    for (const [key, entry] of catalogue.tables.get(name) ?? []) this.#memory.know(key, withBytes(entry as Entry));
  }

  entries(): Iterable<readonly [string, Entry]> {
    return this.#memory.entries();
  }

  put(key: string, entry: Entry): void {
    this.#catalogue.requireRoom();
    this.#memory.put(key, entry);
    this.#catalogue.note(this.#name, key, entry);
  }

  /** What goes needs no room: it is written down when there is some. */
  remove(key: string): void {
    this.#memory.remove(key);
    this.#catalogue.note(this.#name, key, undefined);
  }
}

/** Records that outlast the process. */
export function diskRecords(catalogue: Catalogue, room: Room, safe: () => Promise<void> | undefined): RecordStore {
  const tables = Object.entries(TABLES).map(([name, counts]) => [
    name,
    new DiskTable(name, catalogue, counts ? room : undefined),
  ]);
  return { ...(Object.fromEntries(tables) as Omit<RecordStore, 'safe'>), safe };
}
