import { KeyError } from '../keys/keyError.ts';
import { KEY_REFUSALS } from '../keys/keyRefusals.ts';
import { StoreError } from '../ports.ts';
import type { AckError } from './acks.ts';

/** A rule was broken: the session ends with this ERROR. */
export class IngestError extends Error {
  readonly ack: AckError;
  constructor(ack: AckError, message: string) {
    super(message);
    this.name = 'IngestError';
    this.ack = ack;
  }
}

export const tooLarge = (most: number): IngestError =>
  new IngestError('MAX_FRAGMENT_SIZE_REACHED', `a fragment larger than ${most} bytes`);

export const storeFull = (): IngestError =>
  new IngestError(
    'ARCHIVAL_ERROR',
    'the store is full; give the emulator more with --max-memory, reset it, or start it with --when-full drop-oldest',
  );

/** Whoever keeps things has said so already. */
export const isTold = (error: unknown): boolean => error instanceof StoreError && error.told;

/** What a producer is told when the store has failed, or something nobody thought of has. */
export function ackOfFailure(error: unknown): AckError {
  if (error instanceof KeyError) return KEY_REFUSALS[error.refusal].code;
  return error instanceof StoreError && error.kind === 'full' ? 'ARCHIVAL_ERROR' : 'INTERNAL_ERROR';
}
