import { concatenate } from '../bytes/concatenate.ts';
import { readElement } from '../ebml/elements.ts';
import { UNKNOWN_SIZE } from '../ebml/vint.ts';
import { ID } from './ids.ts';

/** Id and size field of an element. */
const LONGEST_OPENING = 4 + 8;

/** Where a Cluster is: its first byte, and the one behind its timestamp. */
interface ClusterHead {
  readonly start: number;
  readonly headEnd: number;
}

/** Finds Clusters in a Matroska byte stream, cut anywhere, and looks at nothing else. At what is no element it stops looking. */
export class ClusterFinder {
  #held: Uint8Array = new Uint8Array();
  #skip = 0;
  #lost = false;
  /** Offset in the stream of what comes next. */
  #offset = 0;
  #clusterAt: number | undefined;

  /** Those whose timestamp is in sight now. */
  push(piece: Uint8Array): ClusterHead[] {
    const found: ClusterHead[] = [];
    const bytes = this.#held.length === 0 ? piece : concatenate([this.#held, piece]);
    let at = 0;
    while (!this.#lost) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      at += skipped;
      this.#skip -= skipped;
      if (at >= bytes.length) break;
      const element = readElement(bytes, at, Math.min(at + LONGEST_OPENING, bytes.length));
      if (element === undefined) {
        this.#lost = bytes.length - at >= LONGEST_OPENING;
        break;
      }
      const { id, contentAt, size } = element;
      if (id === ID.Cluster) this.#clusterAt = this.#offset + at;
      else if (id === ID.Timestamp && this.#clusterAt !== undefined) {
        found.push({ start: this.#clusterAt, headEnd: this.#offset + contentAt + size });
        this.#clusterAt = undefined;
      }
      if (id !== ID.Segment && id !== ID.Cluster) this.#skip = size;
      this.#lost = this.#skip === UNKNOWN_SIZE;
      at = contentAt;
    }
    this.#held = this.#lost ? new Uint8Array() : bytes.slice(at);
    this.#offset += at;
    return found;
  }
}
