import type { KeptBytes, Stage, StagedBytes, StagedFragment } from '../../domain/ports.ts';
import type { MemoryPayloadStore, MemoryShelf } from '../memory/payloads.ts';
import { storeError } from './failures.ts';
import { FORMAT, frame } from './frame.ts';
import { HeldBytes } from './heldBytes.ts';
import type { HeldFile, HeldFiles } from './heldFiles.ts';
import type { OpenFiles } from './openFiles.ts';
import { Segment } from './segment.ts';
import { Batch, type Whole } from './segmentBatch.ts';
import type { SetAside } from './setAside.ts';

interface Parts {
  readonly open: OpenFiles;
  readonly aside: SetAside;
  readonly held: HeldFiles;
}

/** A file that fragments are written into, as a segment of their stream. */
interface Writing {
  readonly arn: string;
  readonly file: HeldFile;
  readonly segment: Segment;
}

/** Fragments that come from elsewhere: one after the other, each in memory until it is written. */
export class DiskStage implements Stage {
  readonly #parts: Parts;
  readonly #memory: MemoryShelf;
  #writing: Writing | undefined;

  /** @param memory where a fragment lies until it is written */
  constructor(parts: Parts, memory: MemoryPayloadStore) {
    this.#parts = parts;
    this.#memory = memory.shelf({ arn: '', keyId: () => '' });
  }

  begin({ arn, record, header }: StagedFragment): StagedBytes {
    const draft = this.#memory.draft();
    let size = 0;
    return {
      append(piece) {
        const fits = draft.append(piece);
        if (fits) size += piece.length;
        return fits;
      },
      done: async () => {
        draft.end();
        try {
          return await this.#write(arn, { record, header, pieces: draft.look(), size });
        } finally {
          draft.discard();
        }
      },
      discard: () => draft.discard(),
    };
  }

  async #write(arn: string, whole: Whole): Promise<KeptBytes> {
    const { segment, file } = await this.#into(arn);
    const { open } = this.#parts;
    const batch = new Batch(segment);
    const { at, length: size, meta } = batch.add(whole);
    try {
      await open.use(file.path, false, (opened) => opened.write(batch.pieces, batch.at));
    } catch (error) {
      throw storeError(error, 'A fragment of the snapshot cannot be kept');
    }
    const { full } = batch;
    batch.take();
    for (const line of batch.lines) segment.lines?.push(line);
    const bytes = new HeldBytes(this.#parts, { at, size, sums: meta.sums }).holdIn(() => file);
    if (full) this.end();
    return bytes;
  }

  async #into(arn: string): Promise<Writing> {
    if (this.#writing?.arn === arn) return this.#writing;
    this.end();
    const { open, held } = this.#parts;
    const file = held.fresh().hold();
    const head = frame('file', { format: FORMAT, arn });
    const segment = new Segment('', 0);
    // None of it is safe before it is a stream's.
    segment.end = head.length;
    this.#writing = { arn, file, segment };
    try {
      await open.use(file.path, true, (opened) => opened.write([head], 0));
    } catch (error) {
      throw storeError(error, 'A snapshot cannot be kept');
    }
    return this.#writing;
  }

  /** Those who have bytes in the last file hold it. */
  end(): void {
    this.#writing?.file.release();
    this.#writing = undefined;
  }
}
