import type { FragmentRecord, HeaderRecord } from '../domain/fragments/fragmentRecord.ts';
import type { KeptBytes } from '../domain/ports.ts';
import type { SnapshotAsked } from '../emulator/part.ts';
import type { SavedClock } from '../runtime/clock.ts';

type Entries<T> = readonly (readonly [key: string, entry: T])[];

export interface CapturedFragment {
  readonly record: FragmentRecord;
  /** Held by whoever has this. */
  readonly bytes: KeptBytes;
}

/** The fragments of one stream. */
export interface CapturedShelf {
  readonly arn: string;
  readonly headers: Entries<HeaderRecord>;
  readonly fragments: readonly CapturedFragment[];
}

/** All of the state at a moment. Nothing of it changes any more; bytes of media are shared with whoever else has them. */
export interface Captured {
  readonly asked: SnapshotAsked;
  readonly clock: SavedClock;
  /** What each part said, as text. */
  readonly parts: ReadonlyMap<string, string>;
  /** Of the record store, by name. */
  readonly tables: ReadonlyMap<string, Entries<unknown>>;
  readonly shelves: readonly CapturedShelf[];
}

/** Nobody needs its bytes on its account any more. */
export function letGo({ shelves }: Pick<Captured, 'shelves'>): void {
  for (const { fragments } of shelves) for (const { bytes } of fragments) bytes.release();
}

/** How much media is in it, and how much of that nobody else has. */
export function measure({ shelves }: Captured): { fragments: number; bytes: number; bytesAlone: number } {
  let [fragments, bytes, bytesAlone] = [0, 0, 0];
  for (const shelf of shelves) {
    fragments += shelf.fragments.length;
    for (const { bytes: held } of shelf.fragments) {
      bytes += held.size;
      if (!held.shared) bytesAlone += held.size;
    }
  }
  return { fragments, bytes, bytesAlone };
}

/** What one costs in memory besides the bytes of media, and what an entry or a fragment of it does. */
const ENTRY_COST = 2048;
const FRAGMENT_COST = 1024;

export function costOf({ parts, tables, shelves }: Captured): number {
  let cost = 0;
  for (const text of parts.values()) cost += 2 * text.length;
  for (const entries of tables.values()) cost += ENTRY_COST * entries.length;
  for (const { headers, fragments } of shelves) {
    for (const [, { bytes }] of headers) cost += ENTRY_COST + bytes.length;
    for (const { record } of fragments) cost += fragmentCost(record);
  }
  return cost;
}

export const fragmentCost = ({ leading, seal }: FragmentRecord): number =>
  FRAGMENT_COST + leading.length + (seal === undefined ? 0 : seal.tags.length + seal.wrappedKey.length);
