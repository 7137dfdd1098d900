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

/** The last requests, oldest first; older ones are forgotten. */
export class Journal {
  #entries: JournalEntry[] = [];
  /** Where the oldest stands once the list is full. */
  #oldest = 0;

  add(entry: JournalEntry): void {
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

  /** Forgets all, or those of an account, of a region, or of both. */
  clear({ account, region }: { account?: string | undefined; region?: string | undefined } = {}): void {
    const of = (entry: JournalEntry): boolean =>
      (account ?? entry.account) === entry.account && (region ?? entry.region) === entry.region;
    this.#entries = this.list().filter((entry) => !of(entry));
    this.#oldest = 0;
  }
}

/** Adds a warning, or gives the one of its kind another text. Returns whether the kind is new to the request. */
export function noteWarning({ warnings }: JournalEntry, difference: string, text: string): boolean {
  const known = warnings.find((warning) => warning.difference === difference);
  if (known === undefined) warnings.push({ difference, text });
  else known.text = text;
  return known === undefined;
}

export function noteAck(entry: JournalEntry, line: string): void {
  entry.acks.push(line.trimEnd());
  if (entry.acks.length > MOST_ACKS) entry.acks.shift();
}
