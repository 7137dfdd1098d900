import { dirname } from 'node:path';
import type { FragmentRecord, HeaderRecord } from '../../domain/fragments/fragmentRecord.ts';
import type { KeptFragment } from '../../domain/ports.ts';
import { eventLoopTurn } from '../../runtime/wall.ts';
import { DiskPayload, type PayloadHome } from './diskPayload.ts';
import { storeError, streamGone } from './failures.ts';
import type { Files } from './files.ts';
import { FORMAT, frame } from './frame.ts';
import type { Flushable, GroupCommit } from './groupCommit.ts';
import type { Health } from './health.ts';
import { HeldBytes } from './heldBytes.ts';
import type { HeldFiles } from './heldFiles.ts';
import { MARKS_HEAD } from './marks.ts';
import type { OpenFiles } from './openFiles.ts';
import { withBytes } from './plainBytes.ts';
import { type Line, Segment } from './segment.ts';
import { SegmentAdoption } from './segmentAdoption.ts';
import { Batch, type Whole } from './segmentBatch.ts';
import { writeIndex } from './segmentIndex.ts';
import { loadSegments, removeRest } from './segmentLoad.ts';
import { readBlock } from './segmentReading.ts';
import { SegmentRemoval } from './segmentRemoval.ts';
import type { SetAside } from './setAside.ts';

export interface SegmentParts {
  readonly files: Files;
  readonly open: OpenFiles;
  readonly commit: GroupCommit;
  readonly aside: SetAside;
  /** Told of those whose removed fragments are still to be written down. */
  readonly removals: { note(set: Removable): void };
  readonly health: Health;
  readonly held: HeldFiles;
}

export interface Removable {
  /** Writes down which fragments have been removed, and removes segments that have none left. */
  flushRemoved(): Promise<void>;
}

/** A fragment that is to be written. */
export interface Arrival extends Whole {
  header?: HeaderRecord | undefined;
  /** Once it has been written. */
  payload?: DiskPayload;
}

/** The segments of one stream: what is written goes into the last one, and what is empty goes. */
export class SegmentSet implements Flushable, Removable, PayloadHome {
  readonly headers = new Map<string, HeaderRecord>();
  readonly #parts: SegmentParts;
  readonly #folder: string;
  readonly #arn: string;
  readonly #segments = new Set<Segment<DiskPayload>>();
  #active: Segment<DiskPayload> | undefined;
  #next: number;
  #queue: Arrival[] = [];
  #writing = false;
  readonly #removal: SegmentRemoval;
  readonly #adoption: SegmentAdoption<Segment<DiskPayload>>;
  #made: boolean;
  #left = false;
  readonly #indexing: Flushable = { flush: () => this.#writeIndexes() };

  /** Goes on with what is in the folder. Throws node's error. */
  constructor(parts: SegmentParts, folder: string, arn: string) {
    this.#parts = parts;
    this.#folder = folder;
    this.#arn = arn;
    const { loaded, going, next } = loadSegments({ ...parts, folder, arn });
    this.#next = next;
    this.#made = loaded.length > 0;
    this.#removal = new SegmentRemoval(parts, folder, going);
    this.#adoption = new SegmentAdoption({ ...parts, folder, makeFolder: () => this.#makeFolder() });
    if (going.length > 0) this.#parts.removals.note(this);
    for (const { segment, lines } of loaded) {
      for (const line of lines) this.#know(segment, line);
      this.#segments.add(segment);
      if (segment.live === 0) this.#parts.removals.note(this);
    }
    if (loaded.some(({ segment }) => segment.lines !== undefined)) this.#index();
  }

  #know(segment: Segment<DiskPayload>, line: Line): void {
    if (line.kind === 'header') {
      segment.headers.add(line.meta.key);
      this.headers.set(line.meta.key, withBytes(line.meta.record));
    } else {
      const { at, length: size, meta } = line;
      const record = withBytes(meta.record);
      segment.add(new DiskPayload(this, () => record, { segment, at, size, sums: meta.sums }));
    }
  }

  *entries(): Generator<KeptFragment & { readonly payload: DiskPayload }> {
    for (const { payloads } of this.#segments) {
      for (const payload of payloads) {
        if (payload !== undefined && payload.bytes?.damaged !== true) yield { record: payload.record(), payload };
      }
    }
  }

  // ------------------------------------------------------------------------------------------------------ writing

  add(arrival: Arrival): void {
    this.#queue.push(arrival);
  }

  async flush(): Promise<void> {
    const work = this.#queue;
    this.#queue = [];
    this.#writing = true;
    try {
      for (let next = 0; next < work.length; ) next = await this.#writeSome(work, next);
    } catch (error) {
      // Nobody is told of some of them.
      for (const { payload } of work) payload?.remove();
      this.#abandon();
      const failure = storeError(error, `A fragment of ${this.#arn} cannot be kept`);
      if (!this.#left) this.#parts.health.fails(failure);
      throw failure;
    } finally {
      this.#writing = false;
    }
  }

  /** Writes those that fit into one segment. Returns which is next. */
  async #writeSome(work: readonly Arrival[], from: number): Promise<number> {
    if (this.#left) throw streamGone();
    const segment = this.#active ?? (await this.#begin());
    const batch = new Batch(segment);
    let next = from;
    while (next < work.length && !batch.full) batch.add(work[next++] as Arrival);
    await this.#parts.open.use(segment.path, false, async (file) => {
      await file.write(batch.pieces, segment.size);
      await file.sync();
    });
    this.#parts.health.works();
    const { full } = batch;
    this.#written(segment, work.slice(from, next), batch);
    if (full) this.#close();
    return next;
  }

  #written(segment: Segment<DiskPayload>, arrivals: readonly Arrival[], batch: Batch): void {
    let next = 0;
    for (const key of batch.headers) segment.headers.add(key);
    segment.size = batch.size;
    for (const line of batch.lines) {
      segment.lines?.push(line);
      if (line.kind === 'header') continue;
      const arrival = arrivals[next++] as Arrival;
      const { record } = arrival;
      const { at, length: size, meta } = line;
      arrival.payload = new DiskPayload(this, () => record, { segment, at, size, sums: meta.sums });
      segment.add(arrival.payload);
    }
  }

  /** A new segment, with what there is of it besides. */
  async #begin(): Promise<Segment<DiskPayload>> {
    const { files, open } = this.#parts;
    const segment = new Segment<DiskPayload>(this.#folder, this.#next++);
    try {
      await this.#make(segment);
    } catch (error) {
      for (const path of [segment.path, segment.marksPath]) open.forget(path);
      files.remove(segment.path);
      removeRest(files, segment);
      throw error;
    }
    this.#segments.add(segment);
    this.#active = segment;
    return segment;
  }

  async #makeFolder(): Promise<void> {
    const { files } = this.#parts;
    if (this.#made) return;
    files.makeFolder(this.#folder);
    await files.syncFolder(dirname(this.#folder));
    this.#made = true;
  }

  async #make(segment: Segment): Promise<void> {
    const { files, open } = this.#parts;
    await this.#makeFolder();
    const head = frame('file', { format: FORMAT, arn: this.#arn });
    await open.use(segment.path, true, (file) => file.write([head], 0));
    await open.use(segment.marksPath, true, async (file) => {
      await file.write([MARKS_HEAD], 0);
      await file.sync();
    });
    await files.syncFolder(this.#folder);
    segment.size = head.length;
    segment.markedBytes = MARKS_HEAD.length;
  }

  /** Nothing more is written into the last one. */
  #close(): void {
    const segment = this.#active;
    this.#active = undefined;
    if (segment === undefined) return;
    if (segment.live === 0) this.#parts.removals.note(this);
    this.#index();
  }

  /** Something in the last one failed: what is behind what was safe is nothing. */
  #abandon(): void {
    const segment = this.#active;
    this.#close();
    if (segment === undefined) return;
    const { open, health } = this.#parts;
    open
      .use(segment.path, false, (file) => file.truncate(segment.size))
      .catch((error) => health.fails(storeError(error, `${segment.path} cannot be cut off`)));
  }

  // ------------------------------------------------------------------------------------------------------ indexes

  #index(): void {
    const { commit, health } = this.#parts;
    commit.commit(this.#indexing).catch((error) => health.fails(error));
  }

  async #writeIndexes(): Promise<void> {
    const { files, open } = this.#parts;
    for (const segment of this.#segments) {
      if (segment === this.#active || segment.lines === undefined || segment.source !== undefined) continue;
      try {
        await writeIndex(files, open, this.#folder, segment);
      } catch (error) {
        if (!this.#left) throw storeError(error, `${segment.indexPath} cannot be written`);
      }
    }
  }

  /** Nothing more will be written: what there is has an index at the next start. */
  async finish(): Promise<void> {
    if (this.#left || this.#queue.length > 0) return;
    this.#close();
    await this.#parts.commit.commit(this.#indexing);
  }

  // ------------------------------------------------------------------------------------------------------ reading

  async block(payload: DiskPayload, index: number): Promise<Uint8Array> {
    const source = payload.segment.source?.hold();
    if (source === undefined) return readBlock(this.#parts, payload, index);
    const { at, size, sums } = payload;
    try {
      return await readBlock(this.#parts, { segment: source, at, size, sums }, index);
    } finally {
      source.release();
    }
  }

  // ------------------------------------------------------------------------------------------------------- sharing

  share(payload: DiskPayload): HeldBytes {
    const { segment } = payload;
    payload.bytes ??= new HeldBytes(this.#parts, payload).use();
    return payload.bytes.holdIn(() => {
      if (segment.held?.over !== false) segment.held = this.#parts.held.of(segment);
      return segment.held;
    });
  }

  /** Takes a fragment of a snapshot, and its hold on the bytes. It is safe once `settle` has resolved. */
  adopt(record: FragmentRecord, header: HeaderRecord | undefined, bytes: HeldBytes): void {
    const segment = this.#adoption.take({ record, header }, bytes, () => {
      const made = new Segment<DiskPayload>(this.#folder, this.#next++);
      this.#segments.add(made);
      return made;
    });
    const { at, size, sums } = bytes;
    const payload = new DiskPayload(this, () => record, { segment, at, size, sums });
    payload.bytes = bytes.use();
    segment.add(payload);
    bytes.release();
  }

  /** Resolves when what was adopted is safe. Rejects with node's error, and may be called again. */
  async settle(): Promise<void> {
    await this.#adoption.settle();
    if (this.#left) return;
    this.#index();
    this.#parts.removals.note(this);
  }

  // ----------------------------------------------------------------------------------------------------- removing

  remove(payload: DiskPayload): void {
    if (!payload.segment.take(payload)) return;
    payload.bytes?.leave();
    if (!this.#left) this.#parts.removals.note(this);
  }

  async flushRemoved(): Promise<void> {
    for (const segment of this.#segments) {
      if (this.#left) return;
      if (segment.source !== undefined) continue;
      if (segment.live === 0 && !this.#isWritten(segment)) {
        if (segment === this.#active) this.#active = undefined;
        this.#removal.drop(segment);
        this.#segments.delete(segment);
        await eventLoopTurn();
      } else if (segment.removed.length > 0) await this.#removal.mark(segment);
    }
    if (!this.#left) await this.#removal.sweep();
  }

  #isWritten(segment: Segment): boolean {
    return segment === this.#active && (this.#writing || this.#queue.length > 0);
  }

  /** The stream is gone: nothing is written or removed any more. Resolves when nobody is at its files. */
  async leave(): Promise<void> {
    this.#left = true;
    const { commit, open } = this.#parts;
    await Promise.allSettled([commit.pending(this), commit.pending(this.#indexing), this.#adoption.leave()]);
    for (const segment of this.#segments) {
      segment.gone = true;
      for (const path of [segment.path, segment.marksPath]) open.forget(path);
    }
  }
}
