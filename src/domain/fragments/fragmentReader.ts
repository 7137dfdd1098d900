import type { Reader, Reading } from '../ports.ts';
import { type Fragment, isGone, isLoss, type Opened, openFragment } from './fragment.ts';
import type { FragmentLog } from './fragmentLog.ts';
import type { FragmentHeader, SharedHeader } from './sharedHeader.ts';

/** So much of a fragment that goes while it is read is still given to its reader. Bytes. */
const WINDOW = 65_536;
/** The most that is given at once: a reader that does not read holds it as long as that takes. Bytes. */
const LONGEST = 262_144;

const EMPTY = new Uint8Array();
const NOTHING: Reading = { take: () => undefined };

/** Who reads, and the header that they were given last: most fragments have that of the one before. */
export interface ReaderSession {
  readonly reader: Reader;
  known?: { readonly of: SharedHeader; readonly header: FragmentHeader };
}

/**
 * Reads one fragment, as far as it has come. Its bytes are the store's as long as it has them; when the fragment goes, the
 * reader keeps a copy of what it has not read if that is little, and is cut short otherwise: one that does not read must
 * not hold memory that is somebody else's by then.
 */
export class FragmentReader {
  readonly #fragment: Fragment;
  #reading = NOTHING;
  #rest: Uint8Array = EMPTY;
  #head: Omit<Opened, 'reading'> | undefined;
  #gone = false;
  #cut = false;
  readonly #forget: () => void;

  private constructor(log: FragmentLog, fragment: Fragment) {
    this.#fragment = fragment;
    this.#forget = log.onDrop(fragment, () => this.#keepRest());
  }

  /** To be closed when it is no longer needed. Rejects with a StoreError if it may not be read, or cannot be. */
  static async open(log: FragmentLog, fragment: Fragment, session: ReaderSession): Promise<FragmentReader> {
    const reader = new FragmentReader(log, fragment);
    try {
      await reader.#begin(fragment, session);
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

  /** What stands in front of the bytes; undefined if the fragment went before it could be read. */
  get head(): Omit<Opened, 'reading'> | undefined {
    return this.#head;
  }

  /** The next bytes, or undefined if there are none at the moment. */
  take(): Uint8Array | undefined {
    const bytes = this.#rest.length > 0 ? this.#rest : this.#next();
    if (bytes === undefined) return undefined;
    // Even an empty view would hold on to all that it is of.
    this.#rest = EMPTY;
    if (bytes.length <= LONGEST) return bytes;
    this.#rest = bytes.subarray(LONGEST);
    return bytes.subarray(0, LONGEST);
  }

  /** What to wait for if there are none since they lie where it takes its time to read them. */
  comes(): Promise<void> | undefined {
    return this.#rest.length > 0 ? undefined : this.#reading.comes?.();
  }

  #next(): Uint8Array | undefined {
    try {
      return this.#reading.take();
    } catch (error) {
      if (!isLoss(error)) throw error;
      this.#reading = NOTHING;
      this.#cut = true;
      this.#fragment.home.lost(this.#fragment, error);
      return undefined;
    }
  }

  close(): void {
    this.#forget();
  }

  async #begin(fragment: Fragment, session: ReaderSession): Promise<void> {
    if (isGone(fragment)) this.#gone = true;
    const opened = this.#gone ? undefined : await openFragment(fragment, session.reader, session.known);
    if (opened === undefined || this.#gone) {
      this.#cut = true;
      return;
    }
    session.known = { of: fragment.header, header: opened.header };
    this.#head = opened;
    this.#reading = opened.reading;
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
    // What would still have to be read is not waited for.
    this.#cut ||= this.#reading.comes?.() !== undefined;
    this.#rest = EMPTY;
    this.#reading = this.#cut ? NOTHING : { take: () => kept.shift() };
  }
}
