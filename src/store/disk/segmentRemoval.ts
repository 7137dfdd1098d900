import type { Files } from './files.ts';
import { MARKS_HEAD, marksOf } from './marks.ts';
import type { OpenFiles } from './openFiles.ts';
import type { Segment } from './segment.ts';
import { removeBeside } from './segmentLoad.ts';
import { writeWhole } from './writeWhole.ts';

interface Parts {
  readonly files: Files;
  readonly open: OpenFiles;
}

/** How segments of one folder go: first the segment, and what is beside it once that is safe. */
export class SegmentRemoval {
  readonly #parts: Parts;
  readonly #folder: string;
  /** One at a time: each is written behind the one before. */
  #marking: Promise<void> = Promise.resolve();
  /** Deleted, but for what is beside them. */
  #going: Segment[];

  /** @param going those that were going when the emulator was stopped */
  constructor({ files, open }: Parts, folder: string, going: Segment[]) {
    this.#parts = { files, open };
    this.#folder = folder;
    this.#going = going;
  }

  /** Writes down which fragments of a segment have been removed. Rejects with node's error. */
  mark(segment: Segment): Promise<void> {
    this.#marking = this.#marking.catch(() => undefined).then(() => this.#mark(segment));
    return this.#marking;
  }

  async #mark(segment: Segment): Promise<void> {
    const { removed, markedBytes } = segment;
    if (segment.gone || (markedBytes > 0 && removed.length === 0)) return;
    const bytes = marksOf(removed);
    const all =
      markedBytes > 0 ? undefined : Buffer.concat([MARKS_HEAD, marksOf([...(segment.only ?? [])], 'only'), bytes]);
    if (all !== undefined) await this.#write(segment, all);
    else {
      await this.#parts.open.use(segment.marksPath, true, async (file) => {
        await file.write([bytes], markedBytes);
        await file.sync();
      });
    }
    segment.markedBytes += (all ?? bytes).length;
    segment.removed = segment.removed.slice(removed.length);
  }

  /** In place of what was there, if anything was. */
  async #write(segment: Segment, bytes: Buffer): Promise<void> {
    const { files, open } = this.#parts;
    const { marksPath: path } = segment;
    await writeWhole(files, `${path}.new`, bytes);
    if (segment.gone) {
      files.remove(`${path}.new`);
      return;
    }
    open.forget(path);
    files.rename(`${path}.new`, path);
    await files.syncFolder(this.#folder);
  }

  drop(segment: Segment): void {
    const { files, open } = this.#parts;
    files.rename(segment.path, segment.oldPath);
    segment.gone = true;
    this.#going.push(segment);
    for (const path of [segment.path, segment.marksPath]) open.forget(path);
  }

  /**
   * That segments have gone is safe before anything beside them goes: their fragments would be there again without it. And
   * that goes, for good, before what says so does: alone it would seem to be what is left of one that is lost.
   */
  async sweep(): Promise<void> {
    if (this.#going.length === 0) return;
    const { files } = this.#parts;
    const going = [...this.#going];
    await files.syncFolder(this.#folder);
    for (const segment of going) removeBeside(files, segment);
    await files.syncFolder(this.#folder);
    for (const { oldPath } of going) files.remove(oldPath);
    this.#going = this.#going.slice(going.length);
  }
}
