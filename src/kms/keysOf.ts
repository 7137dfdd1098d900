import type { Events } from '../domain/events/events.ts';
import type { KeyRecord } from '../domain/keys/keyRecord.ts';
import { Kms } from '../domain/keys/kms.ts';
import { RecordingKeys } from '../domain/keys/recordingKeys.ts';
import { nameIn, StreamKeys } from '../domain/keys/streamKeys.ts';
import type { RecordTable } from '../domain/ports.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import { systemChance } from '../runtime/random.ts';
import { kmsOf } from './kmsOf.ts';

interface KeyParts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly events: Events;
  readonly kept: RecordTable<KeyRecord>;
  /** Nothing more is asked of a KMS then. */
  readonly stopped: AbortSignal;
}

/** The keys of streams and of recordings, and the built-in KMS, which is there even if they are those of another. */
export function keysOf(
  options: { readonly kms: string; readonly strict: boolean },
  { events, stopped, ...parts }: KeyParts,
): {
  readonly streamKeys: StreamKeys;
  readonly recordingKeys: RecordingKeys;
  readonly kms: Kms;
  readonly isBuiltIn: boolean;
} {
  // Keys are never those of a seed, which anybody may know. What they seal is on no wire.
  const chance = systemChance();
  const kms = new Kms({
    ...parts,
    strict: options.strict,
    bytes: (count) => chance.bytes(count),
    onCall: ({ record: { id, scope } }, { operation, outcome, stream }) =>
      events.tell('key', { ...scope, stream: nameIn(stream) }, () => ({ id, operation, outcome })),
  });
  const remote = kmsOf(options, {
    log: parts.log,
    onCall: ({ scope, stream, ...call }) => events.tell('key', { ...scope, stream: nameIn(stream) }, () => call),
  });
  if (remote !== undefined) stopped.addEventListener('abort', () => remote.stop(), { once: true });
  const streamKeys = new StreamKeys({ kms: remote ?? kms, clock: parts.clock });
  kms.onChange((key) => streamKeys.drop(key.arn));
  return {
    streamKeys,
    recordingKeys: new RecordingKeys((count) => chance.bytes(count)),
    kms,
    isBuiltIn: remote === undefined,
  };
}
