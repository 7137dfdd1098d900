import { type AdminOptions, admin } from '../client/call.ts';
import type { RequestEntry } from '../emulator/requestEntry.ts';
import type { EmulatorRequests, RequestFilter, RequestPage } from '../emulator/requestsControl.ts';
import type { StreamsQuery } from '../emulator/streamShapes.ts';
import type { EmulatorStreams } from '../emulator/streamsControl.ts';
import { tokenOf } from './account.ts';
import { queryOf } from './remote.ts';

/** An emulator of this process, with or without a socket. */
interface Near {
  readonly requests: Pick<EmulatorRequests, 'page'>;
  readonly streams: Pick<EmulatorStreams, 'fragments'> & { list(which?: StreamsQuery): Streams | Promise<Streams> };
}
type Streams = ReturnType<EmulatorStreams['list']>;

/** Whose streams: the emulator's own if nothing is said. */
interface Whose {
  readonly account?: string;
  readonly region?: string;
}

type Fragments = Awaited<ReturnType<EmulatorStreams['fragments']>>;

/** What is seen of an emulator from within: none of it is in the journal, and no fault, limit or policy is in its way. */
export interface Looking {
  requests(filter: RequestFilter): Promise<{ readonly requests: readonly RequestEntry[]; readonly dropped: number }>;
  /** In order of time. Rejects with a sentence if there is no such stream. */
  fragments(stream: string): Promise<Fragments['fragments']>;
}

const PAGE = 1000;

/**
 * How to look at what `expect()` was given: an account, an emulator of this process or elsewhere (`url`), a started container.
 * Throws a TypeError if it is none.
 */
export function lookingAt(received: unknown): Looking {
  const where = (typeof received === 'object' && received !== null ? received : {}) as Readonly<
    Record<string, unknown>
  >;
  if (isNear(where)) return looking(where, {}, {});
  const endpoint = typeof where.getEndpoint === 'function' ? where.getEndpoint() : (where.endpoint ?? where.url);
  if (typeof endpoint !== 'string' && !(endpoint instanceof URL))
    throw new TypeError('expect() wants an account or an emulator here.');
  const { accessKeyId } = (where.credentials ?? {}) as { accessKeyId?: unknown };
  const account = typeof accessKeyId === 'string' && /^\d{12}$/.test(accessKeyId) ? { account: accessKeyId } : {};
  const region = typeof where.region === 'string' ? { region: where.region } : {};
  // Of an account all of its regions are looked at, but a stream is of one.
  return looking(byRoutes(endpoint, tokenOf(where)), account, { ...account, ...region });
}

const isNear = (where: object): where is Near =>
  'streams' in where && 'requests' in where && typeof (where as Near).requests.page === 'function';

/** The same by the routes under `/_kvs`. */
function byRoutes(endpoint: string | URL, adminToken: string | undefined): Near {
  const options: AdminOptions = { endpoint, region: 'us-east-1', adminToken };
  const get = <Output>(path: string, query: object = {}): Promise<Output> =>
    admin<Output>(options, 'GET', path, { query: queryOf(query) });
  return {
    requests: { page: (query) => get<RequestPage>('/requests', query) },
    streams: {
      fragments: (name, query) => get<Fragments>(`/streams/${encodeURIComponent(name)}/fragments`, query),
      list: (query) => get<Streams>('/streams', query),
    },
  };
}

function looking({ requests, streams }: Near, whose: Whose, of: Whose): Looking {
  return {
    async requests(filter) {
      const found: RequestEntry[] = [];
      let asked: RequestFilter = { ...whose, ...filter };
      for (;;) {
        const page = await requests.page(asked);
        for (const request of page.requests) found.push(request);
        if (page.next === null || filter.limit !== undefined) return { requests: found, dropped: page.dropped };
        asked = { ...asked, after: page.next };
      }
    },
    async fragments(stream) {
      const found: Fragments['fragments'][number][] = [];
      let after: string | null = null;
      do {
        const asked: object = { ...of, limit: PAGE, ...(after === null ? {} : { after }) };
        const page: Fragments = await streams.fragments(stream, asked).catch(async (error: Error) => {
          const { streams: there } = await streams.list({ ...of });
          if (there.some(({ name }) => name === stream)) throw error;
          const names = there.slice(0, 10).map(({ name }) => name);
          throw new Error(`${error.message} There are: ${names.join(', ') || 'none'}.`, { cause: error });
        });
        for (const fragment of page.fragments) found.push(fragment);
        after = page.next;
      } while (after !== null);
      return found;
    },
  };
}
