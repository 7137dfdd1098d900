import type { Files } from './files.ts';
import { marksOf } from './marks.ts';
import type { OpenFiles } from './openFiles.ts';
import type { Segment } from './segment.ts';
import { removeRest } from './segmentLoad.ts';

interface Parts {
  readonly files: Files;
  readonly open: OpenFiles;
}

/** How segments of one folder go: first the segment, and what is beside it once that is safe. */
export class SegmentRemoval {
  readonly #parts: Parts;
  readonly #folder: string;
  /** Deleted, but for what is beside them. */
  #going: Segment[];

  /** @param going those that were going when the emulator was stopped */
  constructor({ files, open }: Parts, folder: string, going: Segment[]) {
    this.#parts = { files, open };
    this.#folder = folder;
    this.#going = going;
  }

  /** Writes down which fragments of a segment have been removed. Rejects with node's error. */
  async mark(segment: Segment): Promise<void> {
    const bytes = marksOf(segment.removed);
    const count = segment.removed.length;
    await this.#parts.open.use(segment.marksPath, true, async (file) => {
      await file.write([bytes], segment.markedBytes);
      await file.sync();
    });
    segment.markedBytes += bytes.length;
    segment.removed = segment.removed.slice(count);
  }

  drop(segment: Segment): void {
    const { files, open } = this.#parts;
    files.rename(segment.path, segment.oldPath);
    segment.gone = true;
    this.#going.push(segment);
    for (const path of [segment.path, segment.marksPath]) open.forget(path);
  }

  /** That segments have gone is safe before anything beside them goes: their fragments would be there again without it. */
  async sweep(): Promise<void> {
    if (this.#going.length === 0) return;
    const { files } = this.#parts;
    const going = [...this.#going];
    await files.syncFolder(this.#folder);
    for (const segment of going) removeRest(files, segment);
    this.#going = this.#going.slice(going.length);
  }
}
