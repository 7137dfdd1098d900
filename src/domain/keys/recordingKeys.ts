import { createSecretKey, type KeyObject } from 'node:crypto';
import { type DataKey, type DataKeys, type ShelfOwner, StoreError } from '../ports.ts';

const KEY_BYTES = 32;

/**
 * The keys of recordings: one each, made with it. Each stream that shows a recording keeps its key sealed under its own, and
 * asks that before it reads: here nobody is asked.
 */
export class RecordingKeys implements DataKeys {
  readonly #keys = new Map<string, { readonly bytes: Uint8Array; readonly key: KeyObject; uses: number }>();

  readonly #bytes: (count: number) => Uint8Array;

  /** @param bytes chance for keys */
  constructor(bytes: (count: number) => Uint8Array) {
    this.#bytes = bytes;
  }

  /** For a recording that is about to be kept. */
  fresh(): Uint8Array {
    return this.#bytes(KEY_BYTES);
  }

  learn(arn: string, bytes: Uint8Array): void {
    if (!this.#keys.has(arn)) this.#keys.set(arn, { bytes, key: createSecretKey(bytes), uses: 0 });
  }

  bytes(arn: string): Uint8Array | undefined {
    return this.#keys.get(arn)?.bytes;
  }

  toSeal({ arn }: ShelfOwner): DataKey {
    const held = this.#held(arn);
    return {
      key: held.key,
      wrapped: { keyArn: arn, bytes: new Uint8Array() },
      count() {
        held.uses += 1;
        return held.uses;
      },
    };
  }

  toOpen({ arn }: ShelfOwner): KeyObject {
    return this.#held(arn).key;
  }

  forget(arn: string): void {
    this.#keys.delete(arn);
  }

  #held(arn: string) {
    const held = this.#keys.get(arn);
    if (held === undefined) throw new StoreError('sealed', 'Nobody has opened the recording yet.');
    return held;
  }
}
