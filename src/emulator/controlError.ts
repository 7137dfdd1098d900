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
