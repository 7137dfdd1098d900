import type { HeaderRecord } from '../../domain/fragments/fragmentRecord.ts';
import type {
  BareStore,
  DataKey,
  DataKeys,
  DraftOf,
  KeptFragment,
  PayloadDraft,
  PayloadShelf,
  PayloadStore,
  Reader,
  RecordTable,
  Sealer,
  ShelfOwner,
} from '../../domain/ports.ts';
import type { Room } from '../../runtime/room.ts';
import { Slabs } from '../memory/slabs.ts';
import { opened, Place, sealWhole, wholeSeal, wrappedIn } from './cipher.ts';
import { type DraftParts, SealedDraft } from './sealedDraft.ts';
import { SealedPayload } from './sealedPayload.ts';

/** Seals what another store keeps: that one sees no byte of media in the clear. */
export class SealedPayloadStore implements PayloadStore {
  readonly #inner: BareStore;
  readonly #parts: Pick<DraftParts, 'keys' | 'room' | 'slabs'>;

  /** @param room where bytes in the clear are counted */
  constructor(inner: BareStore, keys: DataKeys, room: Room) {
    this.#inner = inner;
    this.#parts = { keys, room, slabs: new Slabs() };
  }

  shelf(owner: ShelfOwner): PayloadShelf {
    const { keys, room, slabs } = this.#parts;
    return new SealedShelf({ keys, room, slabs, owner, shelf: this.#inner.shelf(owner) });
  }
}

class SealedShelf implements PayloadShelf {
  readonly headers: RecordTable<HeaderRecord>;
  readonly #parts: DraftParts;

  constructor(parts: DraftParts) {
    this.#parts = parts;
    // Their bytes are sealed already.
    this.headers = parts.shelf.headers;
  }

  draft(of: DraftOf): PayloadDraft {
    this.#parts.shelf.expect();
    return new SealedDraft(this.#parts, of);
  }

  /** Nothing is to come to the shelf itself: nothing is made ready there. */
  sealer({ number, writer }: DraftOf): Sealer | Promise<Sealer> {
    const { keys, owner } = this.#parts;
    const of =
      (data: DataKey): Sealer =>
      (what, bytes) =>
        sealWhole(data, new Place(owner.arn, number, what), bytes);
    const found = keys.toSeal(owner, writer);
    return found instanceof Promise ? found.then(of) : of(found);
  }

  unseal(number: string, what: string, sealed: Uint8Array, reader: Reader): Uint8Array | Promise<Uint8Array> {
    const { keys, owner } = this.#parts;
    const { seal, body } = wholeSeal(sealed);
    const key = keys.toOpen(owner, wrappedIn(seal), reader);
    const place = new Place(owner.arn, number, what);
    const open = (own: Awaited<typeof key>): Uint8Array =>
      joined(opened({ key: own, iv: seal.iv, place, index: 0, last: true }, seal.tags, [body]));
    return key instanceof Promise ? key.then(open) : open(key);
  }

  *entries(): Generator<KeptFragment> {
    for (const { record, payload } of this.#parts.shelf.entries()) {
      yield { record, payload: new SealedPayload(payload, this.#parts, record.number, record.seal) };
    }
  }

  cleared(): Promise<void> | undefined {
    return this.#parts.shelf.cleared();
  }

  leave(): void {
    this.#parts.shelf.leave();
    this.#parts.keys.forget(this.#parts.owner.arn);
  }
}

const joined = (pieces: readonly Uint8Array[]): Uint8Array =>
  pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
