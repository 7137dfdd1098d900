import type { StoreError } from '../../domain/ports.ts';
import type { Files } from './files.ts';
import { FORMAT, frame } from './frame.ts';
import { MARKS_HEAD } from './marks.ts';
import type { OpenFiles } from './openFiles.ts';
import type { FragmentLine, InSegment, Line, Segment } from './segment.ts';
import { Batch, type Whole } from './segmentBatch.ts';
import type { SegmentFolder } from './segmentFolder.ts';
import { removeRest } from './segmentLoad.ts';

/** A fragment that is to be written. */
export interface Arrival extends Whole {
  /** Why it is not kept. */
  failure?: StoreError;
}

/** What was written at once. */
interface Written<P extends InSegment, A extends Arrival> {
  readonly segment: Segment<P>;
  readonly arrivals: readonly A[];
  readonly lines: readonly Line[];
}

export interface WriterParts<P extends InSegment, A extends Arrival> {
  readonly files: Files;
  readonly open: OpenFiles;
  readonly folder: SegmentFolder;
  readonly arn: string;
  /** A new segment, which need not be there yet. */
  readonly next: () => Segment<P>;
  /** It is there. */
  readonly begun: (segment: Segment<P>) => void;
  /** A fragment is safe. */
  readonly safe: (arrival: A, segment: Segment<P>, line: FragmentLine) => void;
  /** Nothing more is written into that segment. */
  readonly closed: (segment: Segment<P>) => void;
  /** What is told to those whose fragments are not kept for that reason. */
  readonly failure: (error: unknown) => StoreError;
  /** What is not kept could not be cut off. */
  readonly uncut: (error: unknown, doing: string) => void;
}

/**
 * Writes what comes into a stream's last segment as soon as it comes, also while what came before is made safe: neither
 * waits for the other.
 */
export class SegmentWriter<P extends InSegment, A extends Arrival> {
  readonly #parts: WriterParts<P, A>;
  #active: Segment<P> | undefined;
  #queue: A[] = [];
  /** Written, and not known to be safe. */
  #written: Written<P, A>[] = [];
  /** Resolves when what has come has been written, or `#failure` says why not. */
  #writes: Promise<void> = Promise.resolve();
  /** Nothing is written any more until a flush has told of it. */
  #failure: { readonly error: unknown } | undefined;
  #ended = false;
  /** How many have come that are neither safe nor lost. */
  #pending = 0;

  constructor(parts: WriterParts<P, A>) {
    this.#parts = parts;
  }

  get idle(): boolean {
    return this.#pending === 0;
  }

  /** Whether there may be more in that segment some time. */
  isOpen(segment: Segment<P>): boolean {
    return segment === this.#active || segment.unsafe > 0;
  }

  /** Whether something is, or may be, on its way into that segment. */
  isWriting(segment: Segment<P>): boolean {
    return segment.unsafe > 0 || (segment === this.#active && !this.idle);
  }

  /** It is safe, or has a failure, behind the next flush. */
  add(arrival: A): void {
    this.#pending += 1;
    this.#queue.push(arrival);
    this.#writes = this.#writes.then(() => this.#writeQueued());
  }

  /** Has a segment be there before there is something to write: a name takes a disk longer than bytes do. */
  prepare(): void {
    if (this.#active !== undefined || this.#ended) return;
    this.#writes = this.#writes.then(async () => {
      if (this.#active !== undefined || this.#failure !== undefined) return;
      // Who has something to write tries again, and is told.
      await this.#begin().catch(() => undefined);
    });
  }

  /** Rejects with a StoreError: then nothing is kept of what has come since the flush before. */
  async flush(): Promise<void> {
    await this.#writes;
    const batches = this.#written;
    this.#written = [];
    try {
      if (this.#failure !== undefined) throw this.#failure.error;
      const segments = new Set(batches.map(({ segment }) => segment));
      await Promise.all([...segments].map((segment) => this.#sync(segment)));
    } catch (error) {
      throw await this.#giveUp(error, batches);
    }
    for (const batch of batches) this.#settle(batch);
  }

  // ------------------------------------------------------------------------------------------------------- writing

  async #writeQueued(): Promise<void> {
    if (this.#failure !== undefined) return;
    // Not what comes meanwhile: whoever waits for this waits for no more than there is now.
    const work = this.#queue;
    this.#queue = [];
    let next = 0;
    try {
      while (next < work.length && this.#failure === undefined) next = await this.#writeSome(work, next);
    } catch (error) {
      this.#failure ??= { error };
    }
    if (next < work.length) this.#queue = [...work.slice(next), ...this.#queue];
  }

  /** Writes those that fit into one segment. Returns which is next. */
  async #writeSome(work: readonly A[], from: number): Promise<number> {
    const segment = this.#active ?? (await this.#begin());
    const batch = new Batch(segment);
    let next = from;
    while (next < work.length && !batch.full) batch.add(work[next++] as A);
    if (batch.full) this.#active = undefined;
    const { pieces, at, lines } = batch;
    batch.take();
    segment.unsafe += lines.length;
    try {
      await this.#parts.open.use(segment.path, false, (file) => file.write(pieces, at));
    } catch (error) {
      this.#failure ??= { error };
    }
    this.#written.push({ segment, arrivals: work.slice(from, next), lines });
    if (batch.full) this.prepare();
    return next;
  }

  /** A new segment, with what there is of it besides. Nothing of it is safe yet. */
  async #begin(): Promise<Segment<P>> {
    const { files, open, folder, arn, next, begun } = this.#parts;
    const segment = next();
    const head = frame('file', { format: FORMAT, arn });
    try {
      folder.make();
      await open.use(segment.path, true, (file) => file.write([head], 0));
      await open.use(segment.marksPath, true, (file) => file.write([MARKS_HEAD], 0));
    } catch (error) {
      for (const path of [segment.path, segment.marksPath]) open.forget(path);
      files.remove(segment.path);
      removeRest(files, segment);
      throw error;
    }
    segment.size = head.length;
    segment.end = head.length;
    segment.markedBytes = MARKS_HEAD.length;
    // All at once: what a disk is asked for at one time it makes safe together.
    segment.named = Promise.all([open.use(segment.marksPath, false, (file) => file.sync()), folder.sync()]);
    segment.named.catch(() => undefined);
    this.#active = segment;
    begun(segment);
    return segment;
  }

  // --------------------------------------------------------------------------------------------------- making safe

  async #sync(segment: Segment<P>): Promise<void> {
    await Promise.all([this.#parts.open.use(segment.path, false, (file) => file.sync()), segment.named]);
    segment.named = undefined;
  }

  #settle({ segment, arrivals, lines }: Written<P, A>): void {
    let next = 0;
    for (const line of lines) {
      segment.lines?.push(line);
      segment.unsafe -= 1;
      if (line.kind === 'header') continue;
      segment.size = line.at + line.length;
      this.#pending -= 1;
      this.#parts.safe(arrivals[next++] as A, segment, line);
    }
    if (segment.unsafe === 0 && segment !== this.#active) this.#parts.closed(segment);
  }

  // -------------------------------------------------------------------------------------------------------- ending

  /** That segment goes. */
  leave(segment: Segment<P>): void {
    if (segment === this.#active) this.#active = undefined;
  }

  /** Nothing more is written into the last one. */
  async close(): Promise<void> {
    await this.#writesEnd();
    const segment = this.#active;
    this.#active = undefined;
    if (segment !== undefined && segment.unsafe === 0) this.#parts.closed(segment);
  }

  /** What comes from now on, and is on its way, is refused for that reason. Resolves when nobody is at the files. */
  async end(error: unknown): Promise<void> {
    this.#ended = true;
    this.#failure ??= { error };
    await this.#writesEnd();
  }

  async #writesEnd(): Promise<void> {
    for (let writes: Promise<void> | undefined; writes !== this.#writes; ) {
      writes = this.#writes;
      await writes;
    }
  }

  /** Nothing is kept of what is not safe: it is cut off, and what comes goes into another segment. */
  async #giveUp(error: unknown, taken: readonly Written<P, A>[]): Promise<StoreError> {
    this.#failure ??= { error };
    await this.#writesEnd();
    const batches = [...taken, ...this.#written];
    const lost = [...batches.flatMap(({ arrivals }) => arrivals), ...this.#queue];
    this.#written = [];
    this.#queue = [];
    this.#pending -= lost.length;
    const failure = this.#parts.failure(error);
    for (const arrival of lost) arrival.failure = failure;
    if (!this.#ended) this.#failure = undefined;
    for (const segment of new Set(batches.map((batch) => batch.segment))) this.#cutOff(segment);
    return failure;
  }

  #cutOff(segment: Segment<P>): void {
    const { open, uncut, closed } = this.#parts;
    segment.unsafe = 0;
    if (segment === this.#active) this.#active = undefined;
    closed(segment);
    open
      .use(segment.path, false, (file) => file.truncate(segment.size))
      .catch((error) => uncut(error, `${segment.path} cannot be cut off`));
  }
}
