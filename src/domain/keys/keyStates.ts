import type { KeyRefusal } from './keyRefusals.ts';

interface State {
  /** What whoever wants to use a key in this state is refused with; undefined if nobody is. */
  readonly refusal: KeyRefusal | undefined;
  /** Behind the ARN of the key. */
  readonly text: string;
}

/** The states of a key, in KMS's words. */
export const KEY_STATES = {
  Enabled: { refusal: undefined, text: '' },
  Disabled: { refusal: 'DisabledException', text: 'is disabled.' },
  PendingDeletion: { refusal: 'KMSInvalidStateException', text: 'is pending deletion.' },
  PendingReplicaDeletion: { refusal: 'KMSInvalidStateException', text: 'is pending deletion.' },
  PendingImport: { refusal: 'KMSInvalidStateException', text: 'is pending import.' },
  Unavailable: { refusal: 'KMSInvalidStateException', text: 'is unavailable.' },
  Creating: { refusal: 'KMSInvalidStateException', text: 'is creating.' },
  Updating: { refusal: undefined, text: '' },
} as const satisfies Readonly<Record<string, State>>;
export type KeyState = keyof typeof KEY_STATES;

/** What a key may be for, and whether there are data keys of one. */
export const KEY_USAGES = {
  ENCRYPT_DECRYPT: true,
  SIGN_VERIFY: false,
  GENERATE_VERIFY_MAC: false,
  KEY_AGREEMENT: false,
} as const;
export type KeyUsage = keyof typeof KEY_USAGES;
/** The usage and the spec of a key that nothing else is said of. */
export const SEALING_USAGE: KeyUsage = 'ENCRYPT_DECRYPT';
export const SEALING_SPEC = 'SYMMETRIC_DEFAULT';
