import type { FragmentRecord, HeaderRecord } from '../../domain/fragments/fragmentRecord.ts';
import type { KeptFragment, StoreError } from '../../domain/ports.ts';
import { eventLoopTurn } from '../../runtime/wall.ts';
import { DiskPayload, type PayloadHome } from './diskPayload.ts';
import { storeError, streamGone } from './failures.ts';
import type { Files } from './files.ts';
import type { Flushable, GroupCommit } from './groupCommit.ts';
import type { Health } from './health.ts';
import { HeldBytes } from './heldBytes.ts';
import type { HeldFiles } from './heldFiles.ts';
import type { OpenFiles } from './openFiles.ts';
import { withBytes } from './plainBytes.ts';
import type { Removable, Removals } from './removals.ts';
import { type FragmentLine, type Line, Segment } from './segment.ts';
import { SegmentAdoption } from './segmentAdoption.ts';
import { SegmentFolder } from './segmentFolder.ts';
import { writeIndex } from './segmentIndex.ts';
import { loadSegments } from './segmentLoad.ts';
import { readBlock } from './segmentReading.ts';
import { SegmentRemoval } from './segmentRemoval.ts';
import { type Arrival, SegmentWriter } from './segmentWriter.ts';
import type { SetAside } from './setAside.ts';

export interface SegmentParts {
  readonly files: Files;
  readonly open: OpenFiles;
  readonly commit: GroupCommit;
  readonly aside: SetAside;
  /** Told of those whose removed fragments are still to be written down. */
  readonly removals: Removals;
  readonly health: Health;
  readonly held: HeldFiles;
}

/** A fragment that is to be written. */
export interface SetArrival extends Arrival {
  /** Once it is safe. */
  payload?: DiskPayload;
}

/** The segments of one stream: what is written goes into the last one, and what is empty goes. */
export class SegmentSet implements Flushable, Removable, PayloadHome {
  readonly headers = new Map<string, HeaderRecord>();
  readonly #parts: SegmentParts;
  readonly #folder: string;
  readonly #arn: string;
  readonly #segments = new Set<Segment<DiskPayload>>();
  readonly #writer: SegmentWriter<DiskPayload, SetArrival>;
  readonly #removal: SegmentRemoval;
  readonly #adoption: SegmentAdoption<Segment<DiskPayload>>;
  #next: number;
  #left = false;
  readonly #indexing: Flushable = { flush: () => this.#writeIndexes() };

  /** Goes on with what is in the folder. Throws node's error. */
  constructor(parts: SegmentParts, folder: string, arn: string) {
    this.#parts = parts;
    this.#folder = folder;
    this.#arn = arn;
    const { loaded, going, next } = loadSegments({ ...parts, folder, arn });
    const { files, open, health } = parts;
    this.#next = next;
    const own = new SegmentFolder(files, folder, loaded.length > 0);
    this.#writer = new SegmentWriter({
      ...{ files, open, folder: own, arn },
      next: () => this.#new(),
      begun: (segment) => void this.#segments.add(segment),
      safe: this.#keep.bind(this),
      closed: this.#closed.bind(this),
      failure: this.#fails.bind(this),
      uncut: (error, doing) => health.fails(storeError(error, doing)),
    });
    this.#removal = new SegmentRemoval(parts, folder, going);
    this.#adoption = new SegmentAdoption({ files, open, folder: own });
    if (going.length > 0) this.#parts.removals.note(this);
    for (const { segment, lines } of loaded) {
      for (const line of lines) this.#know(segment, line);
      this.#segments.add(segment);
      if (segment.live === 0 || segment.markedBytes === 0) this.#parts.removals.note(this);
    }
    if (loaded.some(({ segment }) => segment.lines !== undefined)) this.#index();
  }

  #new(): Segment<DiskPayload> {
    return new Segment(this.#folder, this.#next++);
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

  /** Something is to come. */
  prepare(): void {
    this.#writer.prepare();
  }

  /** It has a payload, or a failure, behind the next flush. */
  add(arrival: SetArrival): void {
    this.#writer.add(arrival);
  }

  async flush(): Promise<void> {
    await this.#writer.flush();
    this.#parts.health.works();
  }

  #fails(error: unknown): StoreError {
    const failure = storeError(error, `A fragment of ${this.#arn} cannot be kept`);
    if (!this.#left) this.#parts.health.fails(failure);
    return failure;
  }

  #keep(arrival: SetArrival, segment: Segment<DiskPayload>, { at, length: size, meta }: FragmentLine): void {
    const { record } = arrival;
    arrival.payload = new DiskPayload(this, () => record, { segment, at, size, sums: meta.sums });
    segment.add(arrival.payload);
  }

  /** Nothing more is written into it. */
  #closed(segment: Segment<DiskPayload>): void {
    if (segment.live === 0) this.#parts.removals.note(this);
    this.#index();
  }

  // ------------------------------------------------------------------------------------------------------ indexes

  #index(): void {
    const { commit, health } = this.#parts;
    commit.commit(this.#indexing).catch((error) => health.fails(error));
  }

  async #writeIndexes(): Promise<void> {
    const { files, open } = this.#parts;
    for (const segment of this.#segments) {
      if (segment.lines === undefined || segment.source !== undefined || this.#writer.isOpen(segment)) continue;
      try {
        // Where there is an index there are marks.
        if (segment.markedBytes === 0) await this.#removal.mark(segment);
        await writeIndex(files, open, this.#folder, segment);
      } catch (error) {
        if (!this.#left) throw storeError(error, `${segment.indexPath} cannot be written`);
      }
    }
  }

  /** Nothing more will be written: what there is has an index at the next start. */
  async finish(): Promise<void> {
    const { commit } = this.#parts;
    // Something may still have come.
    while (!this.#left && !this.#writer.idle) await Promise.allSettled([commit.commit(this)]);
    if (this.#left) return;
    await this.#writer.close();
    await commit.commit(this.#indexing);
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
      const made = this.#new();
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
      if (segment.live === 0 && !this.#writer.isWriting(segment)) {
        this.#writer.leave(segment);
        this.#removal.drop(segment);
        this.#segments.delete(segment);
        await eventLoopTurn();
      } else if (segment.removed.length > 0 || segment.markedBytes === 0) await this.#removal.mark(segment);
    }
    if (!this.#left) await this.#removal.sweep();
  }

  /** The stream is gone: nothing is written or removed any more. Resolves when nobody is at its files. */
  async leave(): Promise<void> {
    this.#left = true;
    const { commit, open } = this.#parts;
    const commits = [commit.pending(this), commit.pending(this.#indexing)];
    await Promise.allSettled([this.#writer.end(streamGone()), ...commits, this.#adoption.leave()]);
    for (const segment of this.#segments) {
      segment.gone = true;
      for (const path of [segment.path, segment.marksPath]) open.forget(path);
    }
  }
}
