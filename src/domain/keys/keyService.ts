import type { WrappedKey } from '../ports.ts';
import type { Scope } from '../resources/scope.ts';
import type { EncryptionContext } from './wrapping.ts';

/** What a KMS is asked with. */
export interface KeyRequest {
  /** As the stream's record has it. */
  readonly keyId: string;
  /** Where the stream is. */
  readonly scope: Scope;
  /** The stream's ARN. */
  readonly stream: string;
  readonly principal: string;
  readonly context: EncryptionContext;
}

export interface GeneratedKey {
  /** 32 bytes. They are the caller's, to be wiped. */
  readonly plain: Uint8Array;
  readonly wrapped: WrappedKey;
}

/** A KMS, as far as streams need one: our own, or a real one. What it refuses is a KeyError. */
export interface KeyService {
  generateDataKey(request: KeyRequest): GeneratedKey | Promise<GeneratedKey>;
  decrypt(request: KeyRequest, wrapped: WrappedKey): Uint8Array | Promise<Uint8Array>;
}
