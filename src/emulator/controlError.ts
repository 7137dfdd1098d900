import { StoreError } from '../domain/ports.ts';

/**
 * `invalid`: it makes no sense; `missing`: it is about something that is not there; `taken`: what is to be new is there;
 * `busy`: too many ask; `late`: what was waited for has not come.
 */
export type ControlErrorKind = 'invalid' | 'missing' | 'taken' | 'busy' | 'late';

/**
 * What somebody wants done to the emulator makes no sense, or cannot be done. Nothing has changed. The message says what
 * was wrong, `hint` what to do.
 */
export class ControlError extends RangeError {
  readonly hint: string;
  /** JSON pointer to the member that is wrong; undefined if it is about none. */
  readonly path: string | undefined;
  readonly kind: ControlErrorKind;

  constructor(message: string, hint: string, path?: string, kind: ControlErrorKind = 'invalid') {
    super(message);
    this.name = 'ControlError';
    this.hint = hint;
    this.path = path;
    this.kind = kind;
  }
}

/** What `read` throws of a part, said of the whole. */
export function inPlace<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw placed(path, error);
  }
}

/** An error about a part, as one about the whole; what is no ControlError stays what it is. */
export const placed = (path: string, error: unknown): unknown =>
  error instanceof ControlError
    ? new ControlError(error.message, error.hint, `${path}${error.path ?? ''}` || undefined, error.kind)
    : error;

/** What cannot be kept is told as what can be done about it; anything else is as it is. */
export function controlErrorOf(error: unknown): unknown {
  if (!(error instanceof StoreError) || error.kind !== 'full') return error;
  return new ControlError(error.message, 'Make room, and ask again.', undefined, 'busy');
}
