import { type Fragment, fragmentPieces, isGone } from './fragment.ts';
import type { FragmentLog } from './fragmentLog.ts';
import { PiecesReader } from './pieces.ts';

/** So much of a fragment that goes while it is read is still given to its reader. Bytes. */
const WINDOW = 65_536;
/** The most that is given at once: a reader that does not read holds it as long as that takes. Bytes. */
const LONGEST = 262_144;

/**
 * Reads one fragment, as far as it has come. Its bytes are the store's as long as it has them; when the fragment goes, the
 * reader keeps a copy of what it has not read if that is little, and is cut short otherwise: one that does not read must
 * not hold memory that is somebody else's by then.
 */
export class FragmentReader {
  #pieces = new PiecesReader(() => []);
  #rest: Uint8Array = new Uint8Array();
  #gone = false;
  #cut = false;
  readonly #forget: () => void;

  private constructor(log: FragmentLog, fragment: Fragment) {
    this.#forget = log.onDrop(fragment, () => this.#keepRest());
  }

  /** To be closed when it is no longer needed. */
  static async open(log: FragmentLog, fragment: Fragment): Promise<FragmentReader> {
    const reader = new FragmentReader(log, fragment);
    try {
      await reader.#begin(fragment);
    } catch (error) {
      reader.close();
      throw error;
    }
    return reader;
  }

  /** Not all of the bytes can be had any more. */
  get cut(): boolean {
    return this.#cut;
  }

  /** The next bytes, or undefined if there are none at the moment. */
  take(): Uint8Array | undefined {
    const bytes = this.#rest.length > 0 ? this.#rest : this.#pieces.take();
    if (bytes === undefined) return undefined;
    this.#rest = bytes.subarray(LONGEST);
    return bytes.subarray(0, LONGEST);
  }

  close(): void {
    this.#forget();
  }

  async #begin(fragment: Fragment): Promise<void> {
    if (isGone(fragment)) this.#gone = true;
    // Also bytes that are still to come.
    const list = fragment.draft?.follow();
    const whole = list === undefined ? await fragmentPieces(fragment) : [];
    if (this.#gone) this.#cut = true;
    else this.#pieces = new PiecesReader(list ?? (() => whole));
  }

  #keepRest(): void {
    this.#gone = true;
    const kept: Uint8Array[] = [];
    let size = 0;
    for (let bytes = this.take(); bytes !== undefined && !this.#cut; bytes = this.take()) {
      size += bytes.length;
      this.#cut = size > WINDOW;
      // Not by slice: of a Buffer that is no copy.
      kept.push(new Uint8Array(bytes));
    }
    this.#rest = new Uint8Array();
    this.#pieces = new PiecesReader(() => (this.#cut ? [] : kept));
  }
}
