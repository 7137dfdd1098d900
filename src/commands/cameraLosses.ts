import { ConnectionError, KinesisVideoError, PutMediaError } from '../client/errors.ts';
import type { FragmentAck } from '../client/fragmentAck.ts';
import { ackAdvice } from './ackAdvice.ts';
import { CommandError } from './command.ts';

// What a camera makes of the end of a session.

/** Refusals that pass: too many calls or connections, or an outage. */
const PASSING = /^(ClientLimitExceeded|ConnectionLimitExceeded|Throttling|ServiceUnavailable|InternalFailure)/;
/** The first attempts come soon, the later ones less often. Milliseconds. */
const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;

export interface Loss {
  /** One sentence. */
  readonly what: string;
  /** Whether it makes sense to try again. */
  readonly passes: boolean;
  /** It is no failure: the service ends every session at that age. */
  readonly usual: boolean;
}

/** What a camera sends is never cut short. */
const adviceOf = (ack: FragmentAck): string =>
  ack.ErrorCode === 'STREAM_READ_ERROR' ? 'The service ended the session; it may be stopping.' : ackAdvice(ack);

/** undefined: it is none of those that can happen to a camera. */
export function lossOf(error: unknown): Loss | undefined {
  if (error instanceof PutMediaError) {
    const usual = error.ack.ErrorCode === 'MAX_CONNECTION_DURATION_REACHED';
    return { what: `${error.message}. ${adviceOf(error.ack)}`, passes: true, usual };
  }
  if (error instanceof KinesisVideoError)
    return {
      what: `${error.name}: ${error.message.replace(/\.?$/, '.')}`,
      passes: error.status >= 500 || PASSING.test(error.name),
      usual: false,
    };
  if (error instanceof CommandError) return { what: error.message, passes: false, usual: false };
  if (error instanceof ConnectionError) return { what: `${error.message}.`, passes: true, usual: false };
  return undefined;
}

/** Before the nth attempt after the last one that went well, from 1. */
export const waitBefore = (attempt: number): number => Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
