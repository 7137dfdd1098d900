import { StoreError } from '../../domain/ports.ts';
import { storeError } from './failures.ts';
import { BLOCK_BYTES, fits } from './frame.ts';
import type { OpenFiles } from './openFiles.ts';
import type { SetAside } from './setAside.ts';

interface Parts {
  readonly open: OpenFiles;
  readonly aside: SetAside;
}

/** Where a fragment's bytes are. */
export interface InFile {
  readonly segment: {
    readonly path: string;
    /** It has been deleted: who still reads it need not hear that it is damaged. */
    readonly gone: boolean;
  };
  /** Where they begin. */
  readonly at: number;
  readonly size: number;
  readonly sums: readonly number[];
}

/** A block of the bytes of a fragment. Rejects with a StoreError; what is damaged is set aside. */
export async function readBlock({ open, aside }: Parts, place: InFile, index: number): Promise<Uint8Array> {
  const { segment, at, size, sums } = place;
  const { path } = segment;
  const from = index * BLOCK_BYTES;
  const length = Math.min(BLOCK_BYTES, size - from);
  let bytes: Uint8Array;
  try {
    bytes = await open.use(path, false, (file) => file.read(at + from, length));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw storeError(error, `${path} cannot be read`);
    throw new StoreError('unreadable', `${path} is not there any more.`);
  }
  if (bytes.length === length && fits(bytes, sums[index])) return bytes;
  if (!segment.gone) aside.part(path, at, size, 'bytes of a fragment are not what was written');
  throw new StoreError('unreadable', `${path} is damaged at byte ${at + from}.`);
}
