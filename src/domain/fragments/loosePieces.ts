import { Pieces } from './pieces.ts';

/** Bytes in front of a Cluster's timestamp, and metadata that waits for a Cluster. */
const MOST_LOOSE = 1 << 20;
/** One for all fragments that nothing stands in front of: nearly all. */
const NOTHING = new Uint8Array();

/** Bytes of a session that belong to no fragment yet. */
export class LoosePieces {
  /** A Cluster has begun and its timestamp is still to come: its bytes so far. */
  #pending: Pieces | undefined;
  /** What stands outside any fragment since an END_OF_FRAGMENT: it goes in front of the next one. */
  #leading = new Pieces();

  get size(): number {
    return this.#leading.size + (this.#pending?.size ?? 0);
  }

  /** A Cluster has begun whose timestamp has not come. */
  get isInCluster(): boolean {
    return this.#pending !== undefined;
  }

  cluster(): void {
    this.#pending = new Pieces();
  }

  /** False if they are too many now. */
  append(piece: Uint8Array): boolean {
    const loose = this.#pending ?? this.#leading;
    loose.append(piece);
    return loose.size <= MOST_LOOSE;
  }

  takeLeading(): Uint8Array {
    if (this.#leading.size === 0) return NOTHING;
    const bytes = new Uint8Array(Buffer.concat(this.#leading.list));
    this.dropLeading();
    return bytes;
  }

  takeCluster(): readonly Uint8Array[] {
    const pieces = this.#pending?.list ?? [];
    this.#pending = undefined;
    return pieces;
  }

  dropLeading(): void {
    this.#leading = new Pieces();
  }

  drop(): void {
    this.#pending = undefined;
    this.dropLeading();
  }
}
