import { StoreError } from '../ports.ts';
import { KEY_REFUSALS, type KeyRefusal } from './keyRefusals.ts';

/** A key may not be used, for whatever reason: what is sealed under it cannot be read, and nothing more be sealed. */
export class KeyError extends StoreError {
  readonly refusal: KeyRefusal;

  constructor(refusal: KeyRefusal, message: string, options?: ErrorOptions) {
    super('sealed', message, options);
    this.refusal = refusal;
  }
}

/** The tags that a reader is sent instead of a fragment. */
export function readingError(error: StoreError): { readonly code: string; readonly id: number } {
  return error instanceof KeyError ? KEY_REFUSALS[error.refusal] : { code: 'INTERNAL_ERROR', id: 5000 };
}
