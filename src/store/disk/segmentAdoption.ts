import type { Files } from './files.ts';
import type { HeldBytes } from './heldBytes.ts';
import type { HeldFile } from './heldFiles.ts';
import { MARKS_HEAD, marksOf } from './marks.ts';
import type { OpenFiles } from './openFiles.ts';
import { withoutBytes } from './plainBytes.ts';
import type { Line, Segment } from './segment.ts';
import { headerLine, type Whole } from './segmentBatch.ts';
import type { SegmentFolder } from './segmentFolder.ts';

interface Parts {
  readonly files: Files;
  readonly open: OpenFiles;
  /** That the segments are in. */
  readonly folder: SegmentFolder;
}

/** How segments come into a stream's folder that are there already, in a snapshot: under another name, and not once more. */
export class SegmentAdoption<S extends Segment> {
  readonly #parts: Parts;
  /** Those that are still to have a name of their own, by the files that they are in. */
  readonly #waiting = new Map<HeldFile, S>();
  #running: Promise<void> = Promise.resolve();
  #left = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Takes a fragment of a snapshot. Returns the segment that it is in. */
  take({ record, header }: Pick<Whole, 'record' | 'header'>, { file, at, size, sums }: HeldBytes, make: () => S): S {
    const segment = this.#of(file, make);
    const key = record.header;
    if (header !== undefined && !segment.headers.has(key)) {
      segment.headers.add(key);
      segment.lines?.push(headerLine(key, header));
    }
    segment.lines?.push({ kind: 'fragment', at, length: size, meta: { record: withoutBytes(record), sums } });
    segment.size = Math.max(segment.size, at + size);
    return segment;
  }

  #of(file: HeldFile, make: () => S): S {
    const known = this.#waiting.get(file);
    if (known !== undefined) return known;
    const segment = make();
    segment.held = file;
    segment.source = file.hold();
    this.#waiting.set(file, segment);
    return segment;
  }

  /** Resolves when all of them are safe. Rejects with node's error: it may be called again then. */
  settle(): Promise<void> {
    this.#running = this.#running.catch(() => undefined).then(() => this.#settle());
    return this.#running;
  }

  async #settle(): Promise<void> {
    const { files, open, folder } = this.#parts;
    if (this.#left || this.#waiting.size === 0) return;
    folder.make();
    const all = [...this.#waiting];
    for (const [file, { path }] of all) {
      files.remove(path);
      files.link(file.path, path);
    }
    await Promise.all(
      all.map(async ([, segment]) => {
        // What else is in the file is no part of it, and may still grow: whoever goes through the file has to know.
        const marks = Buffer.concat([MARKS_HEAD, marksOf((segment.lines ?? []).flatMap(placeOf), 'only')]);
        await open.use(segment.marksPath, true, async (file) => {
          await file.write([marks], 0);
          await file.sync();
        });
        segment.markedBytes = marks.length;
        await open.use(segment.path, false, (file) => file.sync());
      }),
    );
    await folder.sync();
    for (const [file, segment] of all) {
      this.#waiting.delete(file);
      segment.source = undefined;
      file.release();
    }
  }

  /** Nothing is to come any more. Resolves when nobody is at it. */
  async leave(): Promise<void> {
    this.#left = true;
    await this.#running.catch(() => undefined);
    for (const [file] of this.#waiting) file.release();
    this.#waiting.clear();
  }
}

const placeOf = (line: Line): number[] => (line.kind === 'fragment' ? [line.at] : []);
