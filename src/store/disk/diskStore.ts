import { createHash } from 'node:crypto';
import type { FragmentRecord, HeaderRecord } from '../../domain/fragments/fragmentRecord.ts';
import type { BareShelf, BareStore, KeptBytes, KeptFragment, Sealer, ShelfOwner } from '../../domain/ports.ts';
import type { Room } from '../../runtime/room.ts';
import { MemoryPayloadStore, type MemoryShelf } from '../memory/payloads.ts';
import { MemoryTable } from '../memory/records.ts';
import type { Catalogue } from './catalogue.ts';
import { DiskDraft } from './diskDraft.ts';
import type { DiskPayload } from './diskPayload.ts';
import { DiskStage } from './diskStage.ts';
import { streamGone } from './failures.ts';
import { HeldBytes } from './heldBytes.ts';
import { type SegmentParts, SegmentSet, type SetArrival } from './segmentSet.ts';

/** The table of the catalogue that says in which folder a stream's media are. */
export const SHELVES = 'shelves';

export interface Shelved {
  readonly folder: string;
}

/** A stream's media, once it has some. */
interface Media {
  readonly segments: SegmentSet;
  readonly folder: string;
}

interface Parts extends SegmentParts {
  readonly catalogue: Catalogue;
  readonly room: Room;
  /** Where the folders of streams are. */
  readonly media: string;
}

interface ShelfParts extends Parts {
  /** The names of those that this process has used, and may still. */
  readonly folders: Set<string>;
}

/** Keeps sealed fragments in files, a folder for each stream; what is on its way there is in memory. */
export class DiskPayloadStore implements BareStore {
  readonly #parts: ShelfParts;
  readonly #memory: MemoryPayloadStore;
  readonly #shelves = new Map<string, DiskShelf>();
  readonly #leaving = new Set<Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = { ...parts, folders: new Set() };
    this.#memory = new MemoryPayloadStore(parts.room);
  }

  shelf(owner: ShelfOwner): BareShelf {
    const { arn } = owner;
    const found = this.#shelves.get(arn);
    if (found !== undefined) return found;
    const shelf = new DiskShelf(this.#parts, arn, this.#memory.shelf(owner), (media) => this.#leave(arn, media));
    this.#shelves.set(arn, shelf);
    return shelf;
  }

  stage(): DiskStage {
    return new DiskStage(this.#parts, this.#memory);
  }

  /** What is in the folder goes once nothing leads there any more. */
  #leave(arn: string, media: Media | undefined): void {
    this.#shelves.delete(arn);
    if (media === undefined) return;
    const { catalogue, files } = this.#parts;
    catalogue.note(SHELVES, arn, undefined);
    const gone = Promise.allSettled([catalogue.safe(), media.segments.leave()]).then(([written]) => {
      if (written.status === 'rejected') return;
      files.remove(`${this.#parts.media}/${media.folder}`);
      this.#parts.folders.delete(media.folder);
    });
    const told = gone.catch(() => undefined);
    this.#leaving.add(told);
    void told.then(() => this.#leaving.delete(told));
  }

  /** Resolves when all that there is lies as the next start wants it. */
  async finish(): Promise<void> {
    await Promise.allSettled([...[...this.#shelves.values()].map((shelf) => shelf.finish()), ...this.#leaving]);
  }
}

class DiskShelf implements BareShelf {
  readonly headers = new MemoryTable<HeaderRecord>();
  readonly #parts: ShelfParts;
  readonly #arn: string;
  readonly #memory: MemoryShelf;
  readonly #onLeave: (media: Media | undefined) => void;
  #media: Media | undefined;
  #left = false;

  constructor(parts: ShelfParts, arn: string, memory: MemoryShelf, onLeave: (media: Media | undefined) => void) {
    this.#parts = parts;
    this.#arn = arn;
    this.#memory = memory;
    this.#onLeave = onLeave;
    const known = parts.catalogue.tables.get(SHELVES)?.get(arn) as Shelved | undefined;
    if (known !== undefined) this.#media = this.#open(known.folder);
    for (const [key, header] of this.#media?.segments.headers ?? []) this.headers.put(key, header);
    this.#media?.segments.headers.clear();
  }

  draft(): DiskDraft {
    return new DiskDraft(this.#memory.draft(), (arrival) => this.#add(arrival));
  }

  async #add(arrival: Omit<SetArrival, 'header'>): Promise<void> {
    if (this.#left) throw streamGone();
    const { catalogue, commit } = this.#parts;
    const { segments } = this.#mediaForNew();
    const written: SetArrival = Object.assign(arrival, { header: this.headers.get(arrival.record.header) });
    segments.add(written);
    // The stream itself is safe first, with whatever it takes to open what is kept.
    const outcomes = await Promise.allSettled([commit.commit(segments), catalogue.safe()]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    // What failed before it may have taken it along.
    if (written.failure !== undefined) throw written.failure;
  }

  /** What a fragment needs besides its bytes is there before the last of them. */
  expect(): void {
    if (this.#left) return;
    try {
      this.#mediaForNew().segments.prepare();
    } catch {
      // Who has something to keep is told.
    }
  }

  #mediaForNew(): Media {
    if (this.#media !== undefined) return this.#media;
    const { catalogue, files, media, folders } = this.#parts;
    catalogue.requireRoom();
    const name = createHash('sha256').update(this.#arn).digest('hex').slice(0, 16);
    let number = 1;
    // Some are still to be made, or just going.
    const isTaken = (one: string): boolean => folders.has(one) || files.size(`${media}/${one}`) !== undefined;
    while (isTaken(`${name}-${number}`)) number += 1;
    const folder = `${name}-${number}`;
    folders.add(folder);
    catalogue.note(SHELVES, this.#arn, { folder } satisfies Shelved);
    this.#media = this.#open(folder);
    return this.#media;
  }

  #open(folder: string): Media {
    return { segments: new SegmentSet(this.#parts, `${this.#parts.media}/${folder}`, this.#arn), folder };
  }

  sealer(): Sealer {
    return this.#memory.sealer();
  }

  unseal(_number: string, _what: string, bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  adopt(record: FragmentRecord, bytes: KeptBytes): void {
    if (!(bytes instanceof HeldBytes)) throw new TypeError('Those bytes are those of another store.');
    const { segments } = this.#mediaForNew();
    segments.adopt(record, this.headers.get(record.header), bytes);
    this.#parts.catalogue.after(segments);
  }

  *entries(): Generator<KeptFragment & { readonly payload: DiskPayload }> {
    yield* this.#media?.segments.entries() ?? [];
  }

  cleared(): Promise<void> | undefined {
    return this.#parts.commit.pending(this.#parts.removals);
  }

  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#memory.leave();
    this.#onLeave(this.#media);
  }

  finish(): Promise<void> | undefined {
    return this.#media?.segments.finish();
  }
}
