import type { JournalFilter } from '../domain/journal/journal.ts';
import { excerpt } from '../protocol/errors.ts';
import { parseDate, toIso } from '../runtime/time.ts';
import { AdminError, type AdminOperation } from './adminOperation.ts';

const HINT =
  'Filters are ?operation=CreateStream, ?stream=NAME, ?status=400, ?since=2026-01-01T00:00:00Z and ?requestId=ID.';

export const getRequests: AdminOperation = {
  method: 'GET',
  path: '/_kvs/requests',
  summary:
    'the last 1,000 requests and what AWS would have done differently; ?operation= ?stream= ?status= ?since= ?requestId=',
  handle({ journal }, { query }) {
    const requests = journal.list(filterOf(query));
    return {
      requests: requests.map(({ time, resource, operation, status, error, ...rest }) => ({
        time: toIso(time),
        operation: operation ?? null,
        stream: resource ?? null,
        status: status ?? null,
        error: error ?? null,
        ...rest,
      })),
    };
  },
};

function filterOf(query: URLSearchParams): JournalFilter {
  const filter: { -readonly [Name in keyof JournalFilter]: JournalFilter[Name] } = {};
  for (const [name, value] of query) {
    if (name === 'operation') filter.operation = value;
    else if (name === 'requestId') filter.requestId = value;
    else if (name === 'stream') filter.resource = value;
    else if (name === 'status') filter.status = Number(value);
    else if (name === 'since') filter.since = parseDate(value) ?? Number.NaN;
    else throw new AdminError(400, `The journal has no filter "${excerpt(name)}".`, HINT);
    if (Number.isNaN(filter.status) || Number.isNaN(filter.since)) {
      throw new AdminError(400, `"${excerpt(value)}" is no ${name === 'since' ? 'ISO 8601 date' : 'status'}.`, HINT);
    }
  }
  return filter;
}
