import { type Journal, type JournalEntry, type JournalFilter, matches } from '../domain/journal/journal.ts';
import { date, duration, type Given } from '../protocol/ownShapes.ts';
import { integer, string } from '../protocol/shapes.ts';
import { wallTimeout } from '../runtime/wall.ts';
import { ControlError } from './controlError.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import { type RequestEntry, requestEntry } from './requestEntry.ts';
import { countNeedsWait, LONGEST_WAIT_MS } from './waits.ts';
import { account, region } from './whereShapes.ts';

const MOST_ENTRIES = 1000;
/** Characters of acknowledgements and warnings in a page: what is made into text in one go must not hold up others. */
const PAGE_TEXTS = 128 * 1024;
/** So many may wait at once: each request that comes is shown to all of them. */
const MOST_WAITING = 100;
const DEFAULT_WAIT_MS = 10_000;

const HINT =
  'Filters are ?operation=CreateStream, ?stream=NAME, ?channel=NAME, ?status=400, ?since=2026-01-01T00:00:00Z, ' +
  '?requestId=ID, ?account=ID and ?region=REGION; ?limit=100 and ?after=ID page through them, ?wait=10s&count=3 waits.';

const filters = {
  operation: string({ means: 'the name of an operation' }),
  stream: string({ means: 'the name of a stream' }),
  channel: string({ means: 'the name of a channel' }),
  account,
  region,
  status: integer({ min: 100, max: 599, hint: 'Give a status like 400.' }),
  since: date({ means: 'arrived at that time or later' }),
  requestId: string({ means: 'this one alone' }),
  after: string({ means: 'the last request id seen: what arrived behind it' }),
  limit: integer({ min: 1, max: MOST_ENTRIES, means: 'so many at most' }),
};
const count = integer({ min: 1, max: MOST_ENTRIES, means: 'how many to wait for; 1 by default' });

/** Which requests are asked for. */
const requestFilter = { subject: 'The journal', hint: HINT, members: filters } as const satisfies ControlTable;

export const requestQuery = {
  subject: 'The journal',
  hint: HINT,
  members: {
    ...filters,
    wait: duration({ max: LONGEST_WAIT_MS, means: 'holds the answer until `count` have been answered, or so long' }),
    count,
  },
  together: countNeedsWait,
} as const satisfies ControlTable;

const waitRequest = {
  subject: 'waitFor',
  hint: 'Give waitFor(filter, { count: 3, timeout: "10s" }).',
  members: { count, timeout: duration({ max: LONGEST_WAIT_MS }) },
} as const satisfies ControlTable;

/**
 * What a request has to meet: its `operation`, `stream`, `channel`, `account`, `region`, `status` or `requestId`; that it
 * arrived at `since` or later, or behind the one with the id `after`. `limit` takes the first ones.
 */
export type RequestFilter = Given<typeof filters>;
/** A filter; with `wait`, the answer is held until `count` (1) that meet it have been answered, or so long. */
export type RequestQuery = Given<typeof requestQuery.members>;
/** How many requests to wait for (1), and how long (10 s of real time: seconds, or a duration like `500ms`). */
export type WaitOptions = Given<typeof waitRequest.members>;

export interface RequestPage {
  readonly requests: readonly RequestEntry[];
  /** To be given as `after` for what follows; null if nothing does. */
  readonly next: string | null;
  /** How many have been forgotten for want of room. */
  readonly dropped: number;
}

/** The last 1,000 requests and what AWS would have done differently. Of a filter all is said that a request has to meet. */
export interface EmulatorRequests {
  /** Oldest first. */
  list(filter?: RequestFilter): RequestEntry[];
  /** A part of them, and where the next one begins: as many as `limit` says and have room in a page. */
  page(query?: RequestQuery, signal?: AbortSignal): Promise<RequestPage>;
  /**
   * Resolves to the first `count` (1) that match and whose answer has begun, those that are there already among them.
   * Rejects with a ControlError if they do not come within `timeout` of real time (10 s).
   */
  waitFor(filter?: RequestFilter, options?: WaitOptions): Promise<RequestEntry[]>;
  clear(): void;
}

/** Its answer has begun, or there will be none. */
const isSettled = ({ status, took }: JournalEntry): boolean => status !== undefined || took !== undefined;

type Filter = JournalFilter & { readonly after?: string; readonly limit?: number };

export function requestsControl(journal: Journal, stopped: AbortSignal): EmulatorRequests {
  let waiting = 0;
  const all = ({ after, limit = MOST_ENTRIES, ...filter }: Filter): readonly JournalEntry[] =>
    journal.page(filter, { ...(after === undefined ? {} : { after }), limit, texts: Number.POSITIVE_INFINITY }).entries;

  /** Resolves to so many requests, or to fewer when the time is over. */
  function settled(filter: Filter, wanted: number, ms: number, signal: AbortSignal): Promise<JournalEntry[]> {
    const { after, limit: _, ...which } = filter;
    const there = new Set(all({ ...filter, limit: MOST_ENTRIES }));
    const found = new Set([...there].filter(isSettled));
    // What has been seen under way may be answered only now.
    const seen = new Set(after === undefined ? [] : journal.list(which).filter((entry) => !there.has(entry)));
    const taken = (): JournalEntry[] => [...found].slice(0, wanted);
    if (found.size >= wanted || signal.aborted || ms === 0) return Promise.resolve(taken());
    if (waiting >= MOST_WAITING) {
      throw new ControlError(`${waiting} wait for requests already.`, 'Wait for fewer.', undefined, 'busy');
    }
    waiting += 1;
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        unwatch();
        signal.removeEventListener('abort', end);
        waiting -= 1;
        resolve(taken());
      };
      const cancel = wallTimeout(end, ms);
      const unwatch = journal.watch((entry) => {
        if (isSettled(entry) && matches(which, entry) && !seen.has(entry) && found.add(entry).size >= wanted) end();
      });
      signal.addEventListener('abort', end);
    });
  }

  return {
    list: (filter = {}) => all(readControl(requestFilter, filter)).map(requestEntry),
    async page(query = {}, signal = stopped) {
      const { wait, count: wanted = 1, after, limit = MOST_ENTRIES, ...filter } = readControl(requestQuery, query);
      const behind = after === undefined ? {} : { after };
      if (wait !== undefined) await settled({ ...filter, ...behind }, wanted, wait, signal);
      const { entries, more } = journal.page(filter, { ...behind, limit, texts: PAGE_TEXTS });
      const next = more ? (entries.at(-1)?.requestId ?? null) : null;
      return { requests: entries.map(requestEntry), next, dropped: journal.dropped };
    },
    async waitFor(filter = {}, options = {}) {
      const which = readControl(requestFilter, filter);
      const { count: wanted = 1, timeout = DEFAULT_WAIT_MS } = readControl(waitRequest, options);
      const found = await settled(which, wanted, timeout, stopped);
      if (found.length >= wanted) return found.map(requestEntry);
      const what = `${found.length} of ${wanted} requests like ${JSON.stringify(filter)}`;
      const when = stopped.aborted ? 'before the emulator stopped' : `within ${timeout} ms`;
      throw new ControlError(`There were ${what} ${when}.`, 'See requests.list().', undefined, 'late');
    },
    clear: () => journal.clear(),
  };
}
