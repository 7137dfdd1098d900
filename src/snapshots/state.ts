import type { KeyRecord } from '../domain/keys/keyRecord.ts';
import type { BareShelf, BareStore, RecordStore, RecordTable } from '../domain/ports.ts';
import type { Stream } from '../domain/streams/stream.ts';
import type { PartRow, SnapshotAsked } from '../emulator/part.ts';
import type { ControllableClock } from '../runtime/clock.ts';
import { fromText, toText } from '../runtime/plain.ts';
import type { Captured, CapturedFragment, CapturedShelf } from './captured.ts';
import { letGo } from './captured.ts';

/** Everything that holds state. */
export interface World {
  readonly clock: ControllableClock;
  readonly parts: readonly PartRow[];
  readonly records: RecordStore;
  readonly bare: BareStore;
  readonly streams: { all(): Iterable<Stream> };
}

const EVERYTHING: SnapshotAsked = { journal: true, secrets: true };

export const tablesOf = ({ records }: Pick<World, 'records'>): [name: string, table: RecordTable<unknown>][] =>
  Object.entries(records).filter((pair): pair is [string, RecordTable<unknown>] => 'entries' in Object(pair[1]));

/** All there is at this moment. Open fragments are no part of it, nor are those that only live readers can have. */
export function capture(world: World, asked: SnapshotAsked = EVERYTHING): Captured {
  const parts = new Map<string, string>();
  for (const row of world.parts) {
    const saved = row.snapshot === 'saved' ? row.part.save(asked) : undefined;
    if (saved !== undefined) parts.set(row.name, toText(saved));
  }
  const tables = new Map(
    tablesOf(world).map(([name, table]) => {
      const entries = [...table.entries()];
      return [name, name === 'keys' && !asked.secrets ? entries.map(withoutMaterial) : entries] as const;
    }),
  );
  return { asked, clock: world.clock.save(), parts, tables, shelves: captureShelves(world) };
}

/** Throws a StoreError, and holds nothing, if what lies there cannot be held. */
function captureShelves({ bare, streams, records }: World): CapturedShelf[] {
  const shelves: Shelf[] = [];
  try {
    for (const stream of streams.all()) captureShelf(bare, stream, shelves);
    for (const arn of recordingsOf(records)) captureAll(bare, arn, shelves);
  } catch (error) {
    letGo({ shelves });
    throw error;
  }
  return shelves.filter((one) => one.fragments.length > 0);
}

interface Shelf extends CapturedShelf {
  headers: CapturedShelf['headers'];
  readonly fragments: CapturedFragment[];
}

const withoutMaterial = ([name, record]: readonly [string, unknown]): readonly [string, unknown] => [
  name,
  { ...(record as KeyRecord), versions: [] },
];

/** Those that streams show, by the ARNs of their shelves. */
const recordingsOf = ({ runs }: RecordStore): ReadonlySet<string> =>
  new Set([...runs.entries()].map(([, { recording }]) => recording));

function captureAll(bare: BareStore, arn: string, into: Shelf[]): void {
  const shelf = shelfOf(bare, { arn });
  const captured: Shelf = { arn, headers: [...shelf.headers.entries()], fragments: [] };
  into.push(captured);
  for (const { record, payload } of shelf.entries()) captured.fragments.push({ record, bytes: payload.share() });
}

function captureShelf(bare: BareStore, stream: Stream, into: Shelf[]): void {
  // What is deleted or has expired may still lie on the shelf.
  if (stream.fragments.deleted) return;
  const shelf = shelfOf(bare, stream.record);
  const captured: Shelf = { arn: stream.record.arn, headers: [], fragments: [] };
  into.push(captured);
  const used = new Set<string>();
  for (const { record, payload } of shelf.entries()) {
    if (stream.fragments.archivedFragment(record.number) === undefined) continue;
    captured.fragments.push({ record, bytes: payload.share() });
    used.add(record.header);
  }
  captured.headers = [...shelf.headers.entries()].filter(([key]) => used.has(key));
}

/** Nothing is there yet. */
export const isFresh = ({ records: { streams, channels, keys } }: Pick<World, 'records'>): boolean =>
  [streams, channels, keys].every((table) => [...table.entries()].length === 0);

const shelfOf = (bare: BareStore, { arn, kmsKeyId = '' }: { readonly arn: string; readonly kmsKeyId?: string }) =>
  bare.shelf({ arn, keyId: () => kmsKeyId });

/**
 * Makes everything as it was; connections end as with a reset. If that fails, it is as it was before.
 * @param keepTime lets the clock be
 */
export function restore(world: World, captured: Captured, keepTime = false): void {
  const before = capture(world);
  try {
    begin(world, captured, keepTime);
  } catch (error) {
    clearStores(world, captured);
    begin(world, before, keepTime);
    throw error;
  } finally {
    letGo(before);
  }
}

/** The same where there is nothing to be lost. */
export function begin(world: World, captured: Captured, keepTime = false): void {
  const { clock, parts, bare } = world;
  for (const { part } of parts) part.reset({});
  clock.reset({ keepTime: true });
  clearStores(world);
  if (!keepTime) clock.load(captured.clock);
  const tables = new Map(tablesOf(world));
  for (const [name, entries] of captured.tables) {
    for (const [key, entry] of entries) tables.get(name)?.put(key, entry);
  }
  for (const { arn, headers, fragments } of captured.shelves) {
    const shelf = shelfOf(bare, { arn });
    // A recording that is just being taken: what has its name has its bytes.
    if (holdsAny(shelf)) continue;
    for (const [key, header] of headers) shelf.headers.put(key, header);
    for (const { record, bytes } of fragments) adopt(shelf, { record, bytes: bytes.hold() });
  }
  for (const row of parts) {
    const saved = captured.parts.get(row.name);
    if (row.snapshot === 'saved' && saved !== undefined) row.part.load(fromText(saved) as never);
  }
}

function holdsAny(shelf: BareShelf): boolean {
  for (const _ of shelf.entries()) return true;
  return false;
}

function adopt(shelf: BareShelf, { record, bytes }: CapturedFragment): void {
  try {
    shelf.adopt(record, bytes);
  } catch (error) {
    bytes.release();
    throw error;
  }
}

/** What a part has not taken out of the stores: nobody knew of it. */
function clearStores(world: World, captured?: Captured): void {
  for (const [, table] of tablesOf(world)) for (const [key] of [...table.entries()]) table.remove(key);
  for (const { arn } of captured?.shelves ?? []) {
    const shelf = shelfOf(world.bare, { arn });
    for (const { payload } of [...shelf.entries()]) payload.remove();
    shelf.leave();
  }
}
