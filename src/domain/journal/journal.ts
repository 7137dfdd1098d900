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
  /** Undefined for a path that is no operation. */
  operation: string | undefined;
  /** Name of the stream or channel asked for, as far as the request names one. */
  resource: string | undefined;
  /** Undefined while nothing has been answered. */
  status: number | undefined;
  error: string | undefined;
  /** One of each kind at most. */
  readonly warnings: Warning[];
  /** The last acknowledgements sent, one JSON text each. */
  readonly acks: string[];
}

export interface JournalFilter {
  readonly requestId?: string | undefined;
  readonly operation?: string | undefined;
  readonly resource?: string | undefined;
  readonly status?: number | undefined;
  /** Requests that arrived at that time or later, in ms since the epoch. */
  readonly since?: number | undefined;
}

const MOST_ENTRIES = 1000;
const MOST_ACKS = 100;
/** What is noted of one request: so many kinds of warnings, and so many characters of each text. */
const MOST_WARNINGS = 10;
const LONGEST_TEXT = 1000;
const MORE = 'more';
/** What an entry takes besides its texts. */
const ENTRY_COST = 512;

/** How often, in entries, the journal looks how large it has become: those that are there grow. */
const LOOK_EVERY = 128;
const DEFAULT_BYTES = 16 * 1024 * 1024;

const sizeOf = ({ acks, warnings }: JournalEntry): number =>
  acks.reduce((total, { length }) => total + length, ENTRY_COST) +
  warnings.reduce((total, { text }) => total + text.length, 0);

/** The last requests, oldest first, as many as have room; older ones are forgotten. */
export class Journal {
  #entries: JournalEntry[] = [];
  /** Where the oldest stands once the list is full. */
  #oldest = 0;
  #added = 0;
  readonly #bytes: number;

  /** @param bytes about how many it may take */
  constructor({ bytes = DEFAULT_BYTES }: { bytes?: number } = {}) {
    this.#bytes = bytes;
  }

  add(entry: JournalEntry): void {
    if (++this.#added % LOOK_EVERY === 0) this.#trim();
    if (this.#entries.length < MOST_ENTRIES) this.#entries.push(entry);
    else {
      this.#entries[this.#oldest] = entry;
      this.#oldest = (this.#oldest + 1) % MOST_ENTRIES;
    }
  }

  list(filter: JournalFilter = {}): JournalEntry[] {
    const { requestId, operation, resource, status, since } = filter;
    return [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)].filter(
      (entry) =>
        (requestId === undefined || entry.requestId === requestId) &&
        (operation === undefined || entry.operation === operation) &&
        (resource === undefined || entry.resource === resource) &&
        (status === undefined || entry.status === status) &&
        (since === undefined || entry.time >= since),
    );
  }

  /** Forgets the oldest until the others have room. */
  #trim(): void {
    const entries = this.list();
    let bytes = 0;
    let first = entries.length;
    while (first > 0 && bytes <= this.#bytes) bytes += sizeOf(entries[--first] as JournalEntry);
    if (bytes <= this.#bytes) return;
    this.#entries = entries.slice(first + 1);
    this.#oldest = 0;
  }

  clear(): void {
    this.reset({});
  }

  /** Forgets all, or those of an account, of a region, or of both. */
  reset({ account, region }: { account?: string | undefined; region?: string | undefined }): void {
    const of = (entry: JournalEntry): boolean =>
      (account ?? entry.account) === entry.account && (region ?? entry.region) === entry.region;
    this.#entries = this.list().filter((entry) => !of(entry));
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
