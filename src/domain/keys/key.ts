import { KeyError } from './keyError.ts';
import { keyArn } from './keyId.ts';
import { allows } from './keyPrincipals.ts';
import type { KeyRecord } from './keyRecord.ts';
import type { KeyRefusal } from './keyRefusals.ts';
import { KEY_STATES, KEY_USAGES, SEALING_SPEC } from './keyStates.ts';
import type { EncryptionContext } from './wrapping.ts';

export type KeyOperation = 'GenerateDataKey' | 'Decrypt';

/** One use of a key, or an attempt at one. */
export interface KeyCall {
  /** Ascending, of all keys. */
  readonly id: number;
  readonly time: number;
  readonly operation: KeyOperation;
  readonly principal: string;
  /** The ARN of the stream it was for. */
  readonly stream: string;
  readonly context: EncryptionContext;
  readonly outcome: 'ok' | KeyRefusal;
}

/** So many calls are remembered of each key. */
const MOST_CALLS = 1000;

/** One key of the built-in KMS. */
export class Key {
  /** What it is at the moment. */
  record: KeyRecord;
  readonly counts: Record<KeyOperation, number> = { GenerateDataKey: 0, Decrypt: 0 };
  readonly #calls: KeyCall[] = [];

  constructor(record: KeyRecord) {
    this.record = record;
  }

  get arn(): string {
    return keyArn(this.record.scope, { kind: 'key', name: this.record.id });
  }

  /** Throws why it may not be used, if it may not: whoever may not use it at all learns nothing else of it. */
  check(operation: KeyOperation, principal: string): void {
    const { fails, principals, state, usage, spec } = this.record;
    if (fails !== null) throw new KeyError(fails, `The key ${this.arn} has been made to fail with ${fails}.`);
    if (!allows(principals, principal)) throw denied(operation, principal, this.arn);
    const { refusal, text } = KEY_STATES[state];
    if (refusal !== undefined) throw new KeyError(refusal, `${this.arn} ${text}`);
    const seals = KEY_USAGES[usage];
    if (seals && spec === SEALING_SPEC) return;
    const kind = seals ? `spec is ${spec}` : `usage is ${usage}`;
    throw new KeyError('InvalidKeyUsageException', `${this.arn} key ${kind} which is not valid for ${operation}.`);
  }

  note(call: KeyCall): void {
    this.counts[call.operation] += 1;
    this.#calls.push(call);
    // By halves: one at a time would move all the others each time.
    if (this.#calls.length >= 2 * MOST_CALLS) this.#calls.splice(0, MOST_CALLS);
  }

  /** Goes on from what it was asked before. */
  remember(counts: Readonly<Record<KeyOperation, number>>, calls: readonly KeyCall[]): void {
    Object.assign(this.counts, counts);
    for (const call of calls) this.#calls.push(call);
  }

  /** Those of late, oldest first. */
  calls(): readonly KeyCall[] {
    return this.#calls.slice(-MOST_CALLS);
  }
}

export const denied = (operation: KeyOperation, principal: string, arn: string): KeyError =>
  new KeyError(
    'AccessDeniedException',
    `User: ${principal} is not authorized to perform: kms:${operation} on resource: ${arn}`,
  );
