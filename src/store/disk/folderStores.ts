import type { RecordStore } from '../../domain/ports.ts';
import type { Log } from '../../runtime/log.ts';
import type { Room } from '../../runtime/room.ts';
import type { Catalogue } from './catalogue.ts';
import { diskRecords } from './diskRecords.ts';
import { DiskPayloadStore, SHELVES, type Shelved } from './diskStore.ts';
import type { Files } from './files.ts';
import type { GroupCommit } from './groupCommit.ts';
import { Health } from './health.ts';
import { HeldFiles } from './heldFiles.ts';
import type { OpenFiles } from './openFiles.ts';
import { Removals } from './removals.ts';
import type { SetAside } from './setAside.ts';

/** What there is of a folder from the start. */
export interface FolderParts {
  readonly folder: string;
  /** Where the media are: made with the folder, and safe with the first change of the catalogue. */
  readonly media: string;
  readonly log: Log;
  readonly files: Files;
  readonly catalogue: Catalogue;
  readonly commit: GroupCommit;
  readonly open: OpenFiles;
  readonly aside: SetAside;
}

export interface FolderStores {
  readonly records: RecordStore;
  readonly payloads: DiskPayloadStore;
  readonly held: HeldFiles;
}

/** What is kept in a folder. Throws a DataFolderError, or node's error. */
export function folderStores(parts: FolderParts, room: Room): FolderStores {
  const { folder, media, files, log, catalogue, commit, open, aside } = parts;
  const health = new Health(log, media);
  const removals = new Removals((all) => void commit.commit(all).catch((error) => health.fails(error)));
  const held = new HeldFiles({ files, open }, `${folder}/held`);
  held.begin();
  const records = diskRecords(catalogue, room, () => both(catalogue.safe(), commit.pending(removals)));
  tidy({ files, catalogue, aside, media }, shelvesOf(records));
  const payloads = new DiskPayloadStore({
    ...{ files, open, commit, aside, removals, health, held },
    ...{ catalogue, room, media },
  });
  return { records, payloads, held };
}

interface Tidied {
  readonly files: Files;
  readonly catalogue: Catalogue;
  readonly aside: SetAside;
  readonly media: string;
}

/** Folders that no stream has go, unless that may be since the catalogue was damaged. */
function tidy({ files, catalogue, aside, media }: Tidied, arns: ReadonlySet<string>): void {
  const known = new Set<string>();
  for (const [arn, shelf] of catalogue.tables.get(SHELVES) ?? []) {
    if (arns.has(arn)) known.add((shelf as Shelved).folder);
    else catalogue.note(SHELVES, arn, undefined);
  }
  for (const name of files.list(media)) {
    if (known.has(name)) continue;
    if (catalogue.damaged) aside.unknown(`${media}/${name}`);
    else files.remove(`${media}/${name}`);
  }
}

/** The ARNs of all whose media are kept: streams, and recordings that streams show. */
function shelvesOf({ streams, runs }: RecordStore): ReadonlySet<string> {
  const arns = new Set<string>();
  for (const [, { arn }] of streams.entries()) arns.add(arn);
  for (const [, { recording }] of runs.entries()) arns.add(recording);
  return arns;
}

function both(one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Promise.all([one, other]).then(() => undefined);
}
