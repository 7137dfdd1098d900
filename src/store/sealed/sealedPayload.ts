import type { SealRecord } from '../../domain/fragments/fragmentRecord.ts';
import {
  type DataKeys,
  type Payload,
  type Reader,
  type Reading,
  type ShelfOwner,
  StoreError,
} from '../../domain/ports.ts';
import { BYTES, FORMAT, Place, wrappedIn } from './cipher.ts';
import { SealedReading } from './readings.ts';

interface Parts {
  readonly keys: DataKeys;
  readonly owner: ShelfOwner;
}

/** A fragment that is kept sealed. A class and not closures: there may be millions of them. */
export class SealedPayload implements Payload {
  readonly #inner: Payload;
  readonly #parts: Parts;
  readonly #number: string;
  readonly #seal: SealRecord | undefined;

  constructor(inner: Payload, parts: Parts, number: string, seal: SealRecord | undefined) {
    this.#inner = inner;
    this.#parts = parts;
    this.#number = number;
    this.#seal = seal;
  }

  get size(): number {
    return this.#inner.size;
  }

  admit(reader: Reader): void | Promise<void> {
    const found = this.#parts.keys.toOpen(this.#parts.owner, wrappedIn(this.#known()), reader);
    return found instanceof Promise ? found.then(() => undefined) : undefined;
  }

  async open(reader: Reader): Promise<Reading> {
    const { keys, owner } = this.#parts;
    const seal = this.#known();
    const key = await keys.toOpen(owner, wrappedIn(seal), reader);
    const bytes = await this.#inner.open(reader);
    const place = new Place(owner.arn, this.#number, BYTES);
    return new SealedReading({ bytes, size: this.size, seal, place, key });
  }

  #known(): SealRecord {
    if (this.#seal?.version === FORMAT) return this.#seal;
    throw new StoreError('unreadable', 'It is not sealed in a way that is known here.');
  }

  remove(): void {
    this.#inner.remove();
  }
}
