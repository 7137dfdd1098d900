import { StoreError } from '../../domain/ports.ts';

/** What a disk says that has no room: there may be some later. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What node's error, or any other, is to those above. */
export function storeError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (FULL.has(code)) return new StoreError('full', `${doing}: the disk of --data-dir is full.`, { cause: error });
  return new StoreError('broken', `${doing}: ${message}`, { cause: error });
}

/** Nobody is to be told of it: whoever deleted the stream knows. */
export function streamGone(): StoreError {
  const error = new StoreError('unreadable', 'The stream has been deleted.');
  error.told = true;
  return error;
}

/** Why a folder cannot be used at all, in a sentence. */
export class DataFolderError extends Error {
  /** Whether it would do at another time: somebody else uses it at the moment. */
  readonly taken: boolean;

  constructor(message: string, taken = false) {
    super(message);
    this.name = 'DataFolderError';
    this.taken = taken;
  }
}
