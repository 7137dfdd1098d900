import { type AdminOptions, admin, adminText } from '../client/call.ts';
import { seedWithFiles } from '../client/seedFiles.ts';
import type { ClockChange, ClockState, EmulatorClock } from '../emulator/clockControl.ts';
import { ControlError } from '../emulator/controlError.ts';
import type { CredentialsView, EmulatorCredentials } from '../emulator/credentialsControl.ts';
import type { EmulatorFaults, Fault, FaultSet } from '../emulator/faultControl.ts';
import type { EmulatorLimits, LimitsState, StreamLimitsState } from '../emulator/limitsControl.ts';
import type { RequestEntry } from '../emulator/requestEntry.ts';
import type { EmulatorRequests, RequestPage, RequestQuery } from '../emulator/requestsControl.ts';
import type { Reset, ResetResult } from '../emulator/resetControl.ts';
import type { EmulatorSeed, SeedResult } from '../emulator/seedControl.ts';
import type { EmulatorSnapshots, NamedSnapshot } from '../emulator/snapshotControl.ts';
import { parseInstant, toIso } from '../runtime/time.ts';

/** The same methods as those of an emulator in this process, all to be awaited. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...given: infer Given) => infer Result
    ? (...given: Given) => Promise<Awaited<Result>>
    : never;
};

/** What there is to be done to an emulator that runs elsewhere. What it refuses rejects with a KinesisVideoError. */
export interface RemoteControls {
  readonly clock: Remote<EmulatorClock>;
  readonly faults: Remote<EmulatorFaults>;
  readonly limits: Remote<EmulatorLimits>;
  readonly credentials: Remote<EmulatorCredentials>;
  readonly requests: Remote<EmulatorRequests>;
  /** Those by name, which a test goes back to. */
  readonly snapshots: Remote<Omit<EmulatorSnapshots, 'load'>>;
  readonly reset: Reset;
  readonly seed: EmulatorSeed;
  ca(): Promise<string>;
}

const DEFAULT_WAIT = '10s';

/** By its routes under `/_kvs`. */
export function remoteControls(options: AdminOptions): RemoteControls {
  const ask =
    (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE') =>
    <Output>(path: string, query: object = {}, input?: object): Promise<Output> =>
      admin<Output>(options, method, path, { query: queryOf(query), ...(input === undefined ? {} : { input }) });
  const [get, post, put, patch, remove] = [ask('GET'), ask('POST'), ask('PUT'), ask('PATCH'), ask('DELETE')];

  const change = (wanted: ClockChange): Promise<ClockState> => post('/clock', {}, wanted);
  const faults = async (answer: Promise<{ faults: readonly Fault[] }>): Promise<readonly Fault[]> =>
    (await answer).faults;
  const named = (path: string, name: string): string => `${path}/${encodeURIComponent(name)}`;

  async function list(query: RequestQuery = {}): Promise<RequestEntry[]> {
    const found: RequestEntry[] = [];
    let asked: RequestQuery = query;
    for (;;) {
      const page = await get<RequestPage>('/requests', asked);
      for (const request of page.requests) found.push(request);
      if (page.next === null || query.limit !== undefined) return found;
      const { wait: _, count: __, ...filter } = query;
      asked = { ...filter, after: page.next };
    }
  }

  return {
    clock: {
      state: () => get('/clock'),
      now: async () => parseInstant((await get<ClockState>('/clock')).now) ?? 0,
      change,
      advance: (advance) => change({ advance }),
      set: (set) => change({ set }),
      freeze: () => change({ mode: 'frozen' }),
      run: (rate) => change(rate === undefined ? { mode: 'running' } : { rate }),
    },
    faults: {
      list: (which) => faults(get('/faults', which)),
      get: (id) => get(named('/faults', id)),
      add: (rules) => faults(post('/faults', {}, rules)),
      replace: (rules) => faults(put('/faults', {}, rules)),
      remove: async (id) => void (await remove(named('/faults', id))),
      clear: (which) => remove('/faults', which),
      sets: async () => (await get<{ sets: readonly FaultSet[] }>('/faults/sets')).sets,
      addSet: (name, match = {}) => faults(post(named('/faults/sets', name), {}, match)),
    },
    limits: {
      get: (where) => get<LimitsState>('/limits', where),
      set: (limits, where) => put<LimitsState>('/limits', where, limits),
      change: (limits, where) => patch<LimitsState>('/limits', where, limits),
      stream: (name, where) => get<StreamLimitsState>(named('/limits', name), where),
      setStream: (name, limits, where) => put<StreamLimitsState>(named('/limits', name), where, limits),
      changeStream: (name, limits, where) => patch<StreamLimitsState>(named('/limits', name), where, limits),
      forgetStream: (name, where) => remove(named('/limits', name), where),
    },
    credentials: {
      get: () => get<CredentialsView>('/credentials'),
      set: (credentials) => put<CredentialsView>('/credentials', {}, credentials),
      change: (credentials) => patch<CredentialsView>('/credentials', {}, credentials),
    },
    requests: {
      list,
      page: (query) => get<RequestPage>('/requests', query),
      async waitFor({ limit: _, ...filter } = {}, { count = 1, timeout = DEFAULT_WAIT } = {}) {
        const all = await list({ ...filter, wait: timeout, count });
        const found = all.filter(({ status, ms }) => status !== null || ms !== null).slice(0, count);
        if (found.length >= count) return found;
        throw new ControlError(
          `${found.length} of ${count} requests came within ${timeout}.`,
          'requests.list() has all.',
        );
      },
      clear: async () => void (await remove('/requests')),
    },
    snapshots: {
      take: (name, options) => post<NamedSnapshot>(named('/snapshots', name), options),
      restore: (name) => post<NamedSnapshot>(`${named('/snapshots', name)}/restore`),
      list: async () => (await get<{ snapshots: readonly NamedSnapshot[] }>('/snapshots')).snapshots,
      remove: (name) => remove<NamedSnapshot>(named('/snapshots', name)),
    },
    seed: (seed, { folder = '.', ...where } = {}) => post<SeedResult>('/seed', where, seedWithFiles(seed, folder)),
    reset: (which) => post<ResetResult>('/reset', which),
    ca: () => adminText(options, '/ca.pem'),
  };
}

/** Members that are not given are not sent. */
/** Members that are said, times as the routes take them. */
export function queryOf(members: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members))
    if (value !== undefined) query.set(name, typeof value === 'object' ? toIso(Number(value)) : String(value));
  return query.size === 0 ? '' : `?${query}`;
}
