import type { Decided } from '../access/decide.ts';
import type { Throttled } from '../limits/throttle.ts';
import { isEverywhere, isIn, type Where } from '../resources/scope.ts';

/** What works here and would not on AWS. */
export interface Warning {
  /** Which kind of difference: `unsigned`, `fragmentsOverlap`. */
  readonly difference: string;
  /** What AWS does, and what to do about it. */
  text: string;
}

/** One request and what became of it. */
export interface JournalEntry {
  readonly requestId: string;
  /** The emulator's time when it arrived, in ms since the epoch. */
  readonly time: number;
  readonly method: string;
  readonly path: string;
  readonly account: string;
  readonly region: string;
  /** Who signed it, once that has been verified. */
  principal: string | undefined;
  /** Undefined for a path that is no operation. */
  operation: string | undefined;
  /** Name of the stream or channel asked for, as far as the request names one. */
  resource: string | undefined;
  /** Which of the two it is. */
  names: 'stream' | 'channel';
  /** Undefined while nothing has been answered. */
  status: number | undefined;
  error: string | undefined;
  /** What policies said to it, where they are asked. */
  access: AccessDecision | undefined;
  /** The limit that refused it, or held it back first. */
  throttled: Throttled | undefined;
  /** What it took once it was over, answered or not. */
  took: Took | undefined;
  /** One of each kind at most. */
  readonly warnings: Warning[];
  /** The last acknowledgements sent, one JSON text each. */
  readonly acks: string[];
  /** The last notifications and pictures that came of it, one JSON text each. */
  delivered: string[] | undefined;
  /** Ids of the rules that have made it fail, or something of it. */
  faults: readonly string[] | undefined;
}

/** The last action that was decided on: some calls need two. */
export interface AccessDecision extends Decided {
  readonly action: string;
}

export interface Took {
  /** Milliseconds of real time. */
  readonly ms: number;
  /** Of the bodies. */
  readonly bytesIn: number;
  readonly bytesOut: number;
}

export interface JournalFilter extends Where {
  readonly requestId?: string | undefined;
  readonly operation?: string | undefined;
  readonly stream?: string | undefined;
  readonly channel?: string | undefined;
  readonly status?: number | undefined;
  /** Requests that arrived at that time or later, in ms since the epoch. */
  readonly since?: number | undefined;
}

export interface JournalPage {
  readonly entries: readonly JournalEntry[];
  /** Others follow. */
  readonly more: boolean;
}

const MOST_ENTRIES = 1000;
const MOST_ACKS = 100;
const MOST_DELIVERED = 100;
/** What is noted of one request: so many kinds of warnings, and so many characters of each text. */
const MOST_WARNINGS = 10;
const LONGEST_TEXT = 1000;
const MORE = 'more';
/** What an entry takes besides its texts. */
const ENTRY_COST = 512;

/** How often, in entries, the journal looks how large it has become: those that are there grow. */
const LOOK_EVERY = 128;
const DEFAULT_BYTES = 16 * 1024 * 1024;

const lengthOf = (texts: readonly string[]): number => texts.reduce((total, { length }) => total + length, 0);
const textsOf = ({ acks, warnings, delivered = [] }: JournalEntry): number =>
  lengthOf(acks) + lengthOf(delivered) + warnings.reduce((total, { text }) => total + text.length, 0);
const sizeOf = (entry: JournalEntry): number => ENTRY_COST + textsOf(entry);

/** Whether a request is one of those a filter asks for. */
export function matches(filter: JournalFilter, entry: JournalEntry): boolean {
  const { requestId, operation, stream, channel, status, since } = filter;
  return (
    (requestId === undefined || entry.requestId === requestId) &&
    (operation === undefined || entry.operation === operation) &&
    (stream === undefined || (entry.names === 'stream' && entry.resource === stream)) &&
    (channel === undefined || (entry.names === 'channel' && entry.resource === channel)) &&
    (status === undefined || entry.status === status) &&
    (since === undefined || entry.time >= since) &&
    isIn(filter, entry)
  );
}

export interface SavedJournal {
  readonly entries: readonly JournalEntry[];
  readonly dropped: number;
}

/** The last requests, oldest first, as many as have room; older ones are forgotten. */
export class Journal {
  #entries: JournalEntry[] = [];
  /** Where the oldest stands once the list is full. */
  #oldest = 0;
  #added = 0;
  #dropped = 0;
  readonly #bytes: number;
  readonly #watchers = new Set<(entry: JournalEntry) => void>();

  /** @param bytes about how many it may take */
  constructor({ bytes = DEFAULT_BYTES }: { bytes?: number } = {}) {
    this.#bytes = bytes;
  }

  /** How many have been forgotten for want of room since it was empty. */
  get dropped(): number {
    return this.#dropped;
  }

  add(entry: JournalEntry): void {
    if (++this.#added % LOOK_EVERY === 0) this.#trim();
    if (this.#entries.length < MOST_ENTRIES) this.#entries.push(entry);
    else {
      this.#entries[this.#oldest] = entry;
      this.#oldest = (this.#oldest + 1) % MOST_ENTRIES;
      this.#dropped += 1;
    }
  }

  /** To be called by whoever carries a call when its answer has begun, and when it is over. */
  changed(entry: JournalEntry): void {
    for (const watch of this.#watchers) watch(entry);
  }

  /** Tells of each request whose answer has begun or is over. Returns how to call that off. */
  watch(watcher: (entry: JournalEntry) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  list(filter: JournalFilter = {}): JournalEntry[] {
    return this.#all().filter((entry) => matches(filter, entry));
  }

  /**
   * The first that match behind the one with the id `after`, or from the oldest on if that is not there any more: so many
   * at most, and with so many characters of acknowledgements and warnings together, but one at least.
   */
  page(filter: JournalFilter, { after, limit, texts }: { after?: string; limit: number; texts: number }): JournalPage {
    const all = this.#all();
    const entries: JournalEntry[] = [];
    let taken = 0;
    const seen = after === undefined ? -1 : all.findLastIndex(({ requestId }) => requestId === after);
    for (let at = seen + 1; at < all.length; at++) {
      const entry = all[at] as JournalEntry;
      if (!matches(filter, entry)) continue;
      taken += textsOf(entry);
      if (entries.length >= limit || (entries.length > 0 && taken > texts)) return { entries, more: true };
      entries.push(entry);
    }
    return { entries, more: false };
  }

  #all(): JournalEntry[] {
    return [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)];
  }

  /** Forgets the oldest until the others have room. */
  #trim(): void {
    const entries = this.#all();
    let bytes = 0;
    let first = entries.length;
    while (first > 0 && bytes <= this.#bytes) bytes += sizeOf(entries[--first] as JournalEntry);
    if (bytes <= this.#bytes) return;
    this.#dropped += first + 1;
    this.#entries = entries.slice(first + 1);
    this.#oldest = 0;
  }

  /** Those that are kept and how many are not, if they are asked for: they may be many. */
  save({ journal }: { readonly journal: boolean }): SavedJournal | undefined {
    return journal ? { entries: this.#all(), dropped: this.#dropped } : undefined;
  }

  load({ entries, dropped }: SavedJournal): void {
    this.#entries = entries.slice(-MOST_ENTRIES);
    this.#oldest = 0;
    this.#dropped = dropped;
  }

  clear(): void {
    this.reset({});
  }

  /** Forgets all, or those of an account, of a region, or of both. */
  reset(which: Where): void {
    if (isEverywhere(which)) this.#dropped = 0;
    this.#entries = this.#all().filter((entry) => !isIn(which, entry));
    this.#oldest = 0;
  }
}

/** Adds a warning, or gives the one of its kind another text. Returns whether the kind is new to the request. */
export function noteWarning({ warnings }: JournalEntry, difference: string, text: string): boolean {
  const known = warnings.find((warning) => warning.difference === difference);
  const noted = text.slice(0, LONGEST_TEXT);
  if (known !== undefined) known.text = noted;
  else if (warnings.length < MOST_WARNINGS) warnings.push({ difference, text: noted });
  else return noteMore(warnings);
  return known === undefined;
}

/** Counts a warning that has no place of its own. Nobody is told of it but by the count. */
function noteMore(warnings: Warning[]): boolean {
  const last = warnings.find(({ difference }) => difference === MORE);
  if (last === undefined) warnings.push({ difference: MORE, text: 'and 1 more' });
  else last.text = `and ${Number.parseInt(last.text.slice(4), 10) + 1} more`;
  return false;
}

export function noteAck(entry: JournalEntry, line: string): void {
  entry.acks.push(line.trimEnd());
  if (entry.acks.length > MOST_ACKS) entry.acks.shift();
}

/** A notification or a picture that was delivered, or would have been if there were anybody to have it. */
export type Delivered =
  | { readonly notification: object }
  | { readonly image: { readonly key: string; readonly bytes: number; readonly metadata: object } };

export function noteDelivered(entry: JournalEntry, delivered: Delivered): void {
  entry.delivered ??= [];
  entry.delivered.push(JSON.stringify(delivered));
  if (entry.delivered.length > MOST_DELIVERED) entry.delivered.shift();
}
