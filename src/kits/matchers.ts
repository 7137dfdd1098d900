import { admin, call } from '../client/call.ts';
import type { ClientOptions } from '../client/request.ts';
import type { RequestEntry } from '../emulator/requestEntry.ts';
import type { RequestFilter, RequestPage } from '../emulator/requestsControl.ts';

/** An acknowledgement, of the PutMedia client or of the journal. */
interface Ack {
  readonly EventType: string;
  readonly FragmentNumber?: string;
  readonly FragmentTimecode?: number | bigint;
  readonly ErrorId?: number;
  readonly ErrorCode?: string;
}

/** An account of the fixture, an emulator, or where one is. */
export type Where =
  | { readonly url: string }
  | { readonly endpoint: string; readonly region?: string; readonly credentials?: { readonly accessKeyId: string } };

/** What `expect(...)` has besides. `R` is what the test runner's matchers return. */
export interface KinesisVideoMatchers<R = unknown> {
  /**
   * Of acknowledgements (all that `putMedia` gave, or those of a request of the journal): each fragment was persisted, as many
   * as said, one at least, and none was refused.
   */
  toHaveBeenPersisted(fragments?: number): R;
  /** Of an account or emulator: the stream has so many fragments in the archive, or any at all. To be awaited. */
  toHaveFragments(stream: string, fragments?: number): Promise<R>;
  /** Of an account or emulator: such requests were made, so many or any at all. To be awaited. */
  toHaveRequested(filter: string | RequestFilter, times?: number): Promise<R>;
  /** Of an account or emulator: nothing was asked of it that works here and would not on AWS. To be awaited. */
  toHaveNoWarnings(): Promise<R>;
}

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}
const verdict = (pass: boolean, found: string, wanted: string): Verdict => ({
  pass,
  message: () => `Expected ${wanted}${pass ? ' not to be so' : ''}. ${found}`,
});

/** Waited for by whoever asks it. */
interface Matchers {
  toHaveBeenPersisted(received: unknown, fragments?: number): Verdict;
  toHaveFragments(received: unknown, stream: string, fragments?: number): Promise<Verdict>;
  toHaveRequested(received: unknown, filter: string | RequestFilter, times?: number): Promise<Verdict>;
  toHaveNoWarnings(received: unknown): Promise<Verdict>;
}

const enough = (count: number, wanted: number | undefined): boolean =>
  wanted === undefined ? count > 0 : count === wanted;
const some = (wanted: number | undefined, what: string): string => `${wanted ?? 'one or more'} ${what}`;

/** For `expect.extend`, of vitest and of jest alike. */
export const matchers: Matchers = {
  toHaveBeenPersisted(received, fragments) {
    const acks = acksOf(received);
    const numbers = (type: string): Set<unknown> =>
      new Set(
        acks.filter(({ EventType }) => EventType === type).map((ack) => ack.FragmentNumber ?? ack.FragmentTimecode),
      );
    const persisted = numbers('PERSISTED');
    const begun = numbers('BUFFERING');
    const open = [...begun].filter((one) => !persisted.has(one));
    const refused = acks.filter(({ EventType }) => EventType === 'ERROR');
    const found = [
      `${persisted.size} were`,
      ...(open.length === 0 ? [] : [`${open.length} were begun and not: ${open.slice(0, 5).join(', ')}`]),
      ...refused.slice(0, 5).map(({ ErrorId, ErrorCode }) => `one was refused with ${ErrorId} ${ErrorCode}`),
    ].join('; ');
    const pass = refused.length === 0 && open.length === 0 && enough(persisted.size, fragments);
    return verdict(pass, `${found}.`, `${some(fragments, 'fragments')} to have been persisted`);
  },

  async toHaveFragments(received, stream, fragments) {
    const count = await countFragments(optionsOf(received), stream);
    return verdict(enough(count, fragments), `It has ${count}.`, `${stream} to have ${some(fragments, 'fragments')}`);
  },

  async toHaveRequested(received, filter, times) {
    const wanted = typeof filter === 'string' ? { operation: filter } : filter;
    const found = await requestsOf(received, wanted);
    const shown = JSON.stringify(wanted);
    return verdict(
      enough(found.length, times),
      `There were ${found.length}${found.length > 0 ? '' : `; of all: ${await operationsOf(received)}`}.`,
      `${some(times, 'requests')} like ${shown}`,
    );
  },

  async toHaveNoWarnings(received) {
    const texts = (await requestsOf(received, {})).flatMap(({ operation, path, warnings }) =>
      warnings.map(({ text }) => `${operation ?? path}: ${text}`),
    );
    const shown =
      texts.length === 0 ? 'There were none.' : `There were ${texts.length}:\n${texts.slice(0, 10).join('\n')}`;
    return verdict(texts.length === 0, shown, 'requests that work on AWS, too');
  },
};

function acksOf(received: unknown): readonly Ack[] {
  const list = Array.isArray(received) ? received : [received];
  return list.flatMap((one: unknown): Ack[] => {
    if (typeof one === 'object' && one !== null && 'EventType' in one) return [one as Ack];
    if (typeof one === 'object' && one !== null && 'acks' in one) return (one as { acks: Ack[] }).acks;
    throw new TypeError('toHaveBeenPersisted wants the acknowledgements of putMedia, or a request of the journal.');
  });
}

/** How to reach it, as whom. */
function optionsOf(received: unknown): ClientOptions & { accountId?: string } {
  const where = (received ?? {}) as Partial<Record<'url' | 'endpoint' | 'region', string>>;
  const { credentials } = received as { credentials?: { accessKeyId: string; secretAccessKey: string } };
  const endpoint = where.endpoint ?? where.url;
  if (typeof endpoint !== 'string') throw new TypeError('expect() wants an account or an emulator here.');
  const { region = 'us-east-1' } = where;
  if (credentials === undefined) return { endpoint, region };
  return { endpoint, region, credentials, accountId: credentials.accessKeyId };
}

const FOREVER = { StartTimestamp: 0, EndTimestamp: 4_102_444_800 };

async function countFragments(options: ClientOptions, StreamName: string): Promise<number> {
  const asked = { StreamName, APIName: 'LIST_FRAGMENTS' };
  const { DataEndpoint } = await call<{ DataEndpoint: string }>(options, '/getDataEndpoint', asked);
  const FragmentSelector = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: FOREVER };
  let input: object = { StreamName, FragmentSelector, MaxResults: 1000 };
  let count = 0;
  for (;;) {
    const there = { ...options, endpoint: DataEndpoint };
    const page = await call<{ Fragments: unknown[]; NextToken?: string | null }>(there, '/listFragments', input);
    count += page.Fragments.length;
    if (typeof page.NextToken !== 'string') return count;
    input = { StreamName, NextToken: page.NextToken };
  }
}

async function requestsOf(received: unknown, filter: RequestFilter): Promise<RequestEntry[]> {
  const { accountId, ...options } = optionsOf(received);
  const found: RequestEntry[] = [];
  let after: string | null = null;
  do {
    const query = new URLSearchParams();
    if (accountId !== undefined && /^\d{12}$/.test(accountId)) query.set('account', accountId);
    for (const [name, value] of Object.entries({ ...filter, ...(after === null ? {} : { after }) }))
      query.set(name, String(value));
    const page: RequestPage = await admin<RequestPage>(options, 'GET', '/requests', { query: `?${query}` });
    for (const request of page.requests) found.push(request);
    after = page.next;
  } while (after !== null && filter.limit === undefined);
  return found;
}

async function operationsOf(received: unknown): Promise<string> {
  const names = new Set((await requestsOf(received, {})).map(({ operation, path }) => operation ?? path));
  return [...names].join(', ') || 'none';
}
