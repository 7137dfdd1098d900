import type { KeyObject } from 'node:crypto';
import type { FragmentRecord, SealRecord } from '../../domain/fragments/fragmentRecord.ts';
import {
  type BareDraft,
  type BareShelf,
  type DataKey,
  type DataKeys,
  type DraftOf,
  type Payload,
  type PayloadDraft,
  type Reader,
  type Reading,
  type ShelfOwner,
  StoreError,
} from '../../domain/ports.ts';
import { letGo } from '../../runtime/letGo.ts';
import type { Room } from '../../runtime/room.ts';
import type { Slabs } from '../memory/slabs.ts';
import { BYTES, FORMAT, freshIv, PART_BYTES, Place, STEP_BYTES, sealing, sealWhole, TAG_BYTES } from './cipher.ts';
import { ClearBytes } from './clearBytes.ts';
import { OpenReading, SealedReading } from './readings.ts';
import { SealedPayload } from './sealedPayload.ts';

export interface DraftParts {
  readonly room: Room;
  readonly slabs: Slabs;
  readonly keys: DataKeys;
  readonly owner: ShelfOwner;
  /** Where the sealed bytes go. */
  readonly shelf: BareShelf;
}

/** Of blocks that lie about to be filled again. Bytes. */
const MOST_SPARE = 16 * 1024 * 1024;

/** A fragment in the clear as long as it is open, and sealed from its end on. */
export class SealedDraft implements PayloadDraft {
  readonly #parts: DraftParts;
  readonly #of: DraftOf;
  #clear: ClearBytes | undefined;
  #key: DataKey | undefined;
  /** Why there is no key. */
  #refused: unknown;
  /** As long as that is not known. */
  #waits: Promise<void> | undefined;
  #inner: BareDraft | undefined;
  #size = 0;
  #seal: SealRecord | undefined;
  #discarded = false;

  constructor(parts: DraftParts, of: DraftOf) {
    this.#parts = parts;
    this.#of = of;
    const { room, slabs } = parts;
    this.#clear = new ClearBytes(slabs, () => {
      const { used, capacity } = room.usage();
      return Math.min(MOST_SPARE, Math.max(0, capacity - used));
    });
    this.#findKey();
  }

  #findKey(): void {
    const { keys, owner } = this.#parts;
    try {
      const found = keys.toSeal(owner, this.#of.writer);
      if (!(found instanceof Promise)) {
        this.#key = found;
        return;
      }
      this.#waits = found.then(
        (key) => {
          this.#key = key;
          this.#waits = undefined;
        },
        (error) => {
          this.#refused = error;
          this.#waits = undefined;
          throw error;
        },
      );
      // Whoever needs the key asks for it.
      this.#waits.catch(() => undefined);
    } catch (error) {
      this.#refused = error;
    }
  }

  secured(): Promise<void> | undefined {
    if (this.#refused !== undefined) throw this.#refused;
    return this.#waits;
  }

  append(piece: Uint8Array): boolean {
    const { room } = this.#parts;
    if (this.#clear === undefined || !room.reserve(piece.length)) return false;
    this.#clear.append(piece);
    return true;
  }

  admit(reader: Reader): void | Promise<void> {
    if (this.#key === undefined) return this.#keyFor(reader).then(() => undefined);
    const found = this.#parts.keys.toOpen(this.#parts.owner, this.#key.wrapped, reader);
    return found instanceof Promise ? found.then(() => undefined) : undefined;
  }

  async open(reader: Reader): Promise<Reading> {
    const key = await this.#keyFor(reader);
    return new OpenReading(
      () => this.#clear,
      (from) => this.#sealedReading(key, from),
    );
  }

  async #keyFor(reader: Reader): Promise<KeyObject> {
    const { keys, owner } = this.#parts;
    await this.secured();
    const { wrapped } = this.#key as DataKey;
    return keys.toOpen(owner, wrapped, reader);
  }

  #sealedReading(key: KeyObject, from: number): Reading | undefined {
    const [inner, seal] = [this.#inner, this.#seal];
    if (inner === undefined || seal === undefined || this.#discarded) return undefined;
    const place = this.#place(BYTES);
    return new SealedReading({ bytes: inner.follow(), size: this.#size, seal, place, key }, from);
  }

  look(): readonly Uint8Array[] {
    return this.#clear?.look() ?? [];
  }

  end(): Promise<void> | undefined {
    const waits = this.secured();
    if (waits === undefined) return this.#sealAll();
    return waits.then(() => this.#sealAll());
  }

  /** Room goes from the clear bytes to the sealed ones piece by piece: there are as many of the one as of the other. */
  #sealAll(): undefined {
    const [clear, data] = [this.#clear, this.#key];
    if (clear === undefined || data === undefined) return;
    const { room, shelf } = this.#parts;
    const inner = shelf.draft(this.#of);
    const { size } = clear;
    const count = Math.ceil(size / PART_BYTES);
    const iv = freshIv(data);
    const place = this.#place(BYTES);
    const tags = new Uint8Array(count * TAG_BYTES);
    const cipherOf = (index: number) => sealing({ key: data.key, iv, place, index, last: index === count - 1 });
    try {
      let [index, left] = [0, Math.min(PART_BYTES, size)];
      let cipher = cipherOf(0);
      let at = 0;
      for (const block of clear.drain()) {
        room.release(block.length);
        for (let from = 0; from < block.length; ) {
          const piece = block.subarray(from, from + Math.min(left, STEP_BYTES));
          const sealed = cipher.update(piece);
          const fits = inner.append(sealed);
          letGo(sealed);
          if (!fits) throw new StoreError('full', 'There is no room for sealed bytes.');
          from += piece.length;
          left -= piece.length;
          at += piece.length;
          if (left > 0) continue;
          tags.set(cipher.tag(), index * TAG_BYTES);
          index += 1;
          left = Math.min(PART_BYTES, size - at);
          if (left > 0) cipher = cipherOf(index);
        }
      }
    } catch (error) {
      room.release(clear.size);
      clear.clear();
      this.#clear = undefined;
      inner.discard();
      throw error;
    }
    this.#clear = undefined;
    this.#size = size;
    inner.end();
    const { keyArn, bytes: wrappedKey } = data.wrapped;
    this.#seal = { version: FORMAT, keyArn, wrappedKey, iv, tags };
    this.#inner = inner;
  }

  #place(what: string): Place {
    return new Place(this.#parts.owner.arn, this.#of.number, what);
  }

  seal(what: string, bytes: Uint8Array): Uint8Array {
    if (this.#key === undefined) throw new TypeError('There is nothing to seal with before the end.');
    return sealWhole(this.#key, this.#place(what), bytes);
  }

  async keep(record: () => FragmentRecord): Promise<Payload> {
    const [inner, seal] = [this.#inner, this.#seal];
    if (inner === undefined || seal === undefined) throw new StoreError('broken', 'Nothing of it is there any more.');
    const payload = await inner.keep(() => Object.assign(record(), { seal }));
    return new SealedPayload(payload, this.#parts, this.#of.number, seal);
  }

  discard(): void {
    this.#discarded = true;
    this.#inner?.discard();
    if (this.#clear === undefined) return;
    this.#parts.room.release(this.#clear.size);
    this.#clear.clear();
    this.#clear = undefined;
  }
}
