import { ControlError } from '../emulator/controlError.ts';
import type { HeldSnapshot, SnapshotSize } from '../emulator/snapshotControl.ts';
import { writeArchive } from './archive.ts';
import { type Captured, letGo, measure } from './captured.ts';

interface Kept {
  captured: Captured | undefined;
  readonly onRelease: () => void;
}

function release(kept: Kept): void {
  if (kept.captured === undefined) return;
  letGo(kept.captured);
  kept.captured = undefined;
  kept.onRelease();
}

/** Those that nobody can ask for any more need not be there. */
const forgotten = new FinalizationRegistry(release);

/** A snapshot that is held in memory. Its media are shared with the streams, and are its own once they have gone there. */
export class Held implements HeldSnapshot {
  readonly #kept: Kept;

  constructor(captured: Captured, onRelease: () => void) {
    this.#kept = { captured, onRelease };
    forgotten.register(this, this.#kept, this);
  }

  get captured(): Captured {
    const { captured } = this.#kept;
    if (captured !== undefined) return captured;
    throw new ControlError('The snapshot has been released.', 'Take another one.', undefined, 'missing');
  }

  get size(): SnapshotSize {
    const { clock, asked, tables } = this.captured;
    return { at: clock.now, streams: tables.get('streams')?.length ?? 0, ...measure(this.captured), ...asked };
  }

  async *archive(): AsyncGenerator<Uint8Array> {
    // It may be released while somebody reads it.
    const { shelves, ...others } = this.captured;
    const own = { ...others, shelves: shelves.map((shelf) => ({ ...shelf, fragments: shelf.fragments.map(shared) })) };
    try {
      yield* writeArchive(own);
    } finally {
      letGo(own);
    }
  }

  release(): void {
    forgotten.unregister(this);
    release(this.#kept);
  }
}

const shared = ({ record, bytes }: Captured['shelves'][number]['fragments'][number]) => ({
  record,
  bytes: bytes.hold(),
});
