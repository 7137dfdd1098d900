/**
 * What somebody wants done to the emulator makes no sense, or cannot be done. Nothing has changed. The message says what
 * was wrong, `hint` what to do.
 */
export class ControlError extends RangeError {
  readonly hint: string;
  /** JSON pointer to the member that is wrong; undefined if it is about none. */
  readonly path: string | undefined;

  constructor(message: string, hint: string, path?: string) {
    super(message);
    this.name = 'ControlError';
    this.hint = hint;
    this.path = path;
  }
}
