// Acknowledgements of PutMedia: one flat JSON object a line, keys in this order, absent where there is nothing to say.

import { KEY_REFUSALS, type KeyAckError } from '../keys/keyRefusals.ts';

/** Why a session ends, with the id that producers act on. */
export const ACK_ERRORS = {
  STREAM_READ_ERROR: 4000,
  MAX_FRAGMENT_SIZE_REACHED: 4001,
  MAX_FRAGMENT_DURATION_REACHED: 4002,
  MAX_CONNECTION_DURATION_REACHED: 4003,
  FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS: 4004,
  INVALID_MKV_DATA: 4006,
  INVALID_PRODUCER_TIMESTAMP: 4007,
  STREAM_NOT_ACTIVE: 4008,
  FRAGMENT_METADATA_LIMIT_REACHED: 4009,
  TRACK_NUMBER_MISMATCH: 4010,
  FRAMES_MISSING_FOR_TRACK: 4011,
  MORE_THAN_ALLOWED_TRACKS_FOUND: 4012,
  KMS_KEY_ACCESS_DENIED: 4500,
  KMS_KEY_DISABLED: 4501,
  KMS_KEY_VALIDATION_ERROR: 4502,
  KMS_KEY_UNAVAILABLE: 4503,
  KMS_KEY_INVALID_USAGE: 4504,
  KMS_KEY_INVALID_STATE: 4505,
  KMS_KEY_NOT_FOUND: 4506,
  STREAM_DELETED: 4507,
  INTERNAL_ERROR: 5000,
  ARCHIVAL_ERROR: 5001,
} as const;
export type AckError = keyof typeof ACK_ERRORS | KeyAckError;

/** Those of keys stand where keys are refused. */
const IDS = new Map<AckError, number>([
  ...(Object.entries(ACK_ERRORS) as [keyof typeof ACK_ERRORS, number][]),
  ...Object.values(KEY_REFUSALS).map(({ code, id }) => [code, id] as const),
]);

/** By its name or its id. */
export const ackErrorOf = (wanted: string | number): AckError | undefined =>
  (Object.keys(ACK_ERRORS) as AckError[]).find((name) => name === wanted || ACK_ERRORS[name] === wanted);

export type AckEvent = 'BUFFERING' | 'RECEIVED' | 'PERSISTED' | 'ERROR' | 'IDLE';

export interface Ack {
  readonly event: AckEvent;
  /** Absent for IDLE, and for an error that belongs to no fragment. */
  readonly fragment?: { readonly timecode: bigint; readonly number: string } | undefined;
  readonly error?: AckError;
}

/** The line as it goes over the wire, newline included. */
export function ackLine({ event, fragment, error }: Ack): string {
  const of = fragment ? `,"FragmentTimecode":${fragment.timecode},"FragmentNumber":"${fragment.number}"` : '';
  const why = error ? `,"ErrorCode":"${error}","ErrorId":${IDS.get(error)}` : '';
  return `{"EventType":"${event}"${of}${why}}\n`;
}
