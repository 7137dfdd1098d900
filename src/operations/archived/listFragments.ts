import type { Fragment } from '../../domain/fragments/fragment.ts';
import type { TimeAxis } from '../../domain/fragments/fragmentIndex.ts';
import { streamRef } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { Timestamp } from '../../protocol/restJson.ts';
import { type Infer, long, object, oneOf, required, string, structure, timestamp } from '../../protocol/shapes.ts';
import { dataStream } from '../dataStream.ts';
import { jsonOperation } from '../operation.ts';

const DEFAULT_PAGE = 100;

const input = structure({
  ...streamRef,
  MaxResults: long({ min: 1, max: 1000 }),
  NextToken: string({ min: 1, max: 4096, pattern: '[a-zA-Z0-9+/]+={0,2}' }),
  FragmentSelector: object({
    FragmentSelectorType: required(oneOf('PRODUCER_TIMESTAMP', 'SERVER_TIMESTAMP')),
    TimestampRange: required(object({ StartTimestamp: required(timestamp()), EndTimestamp: required(timestamp()) })),
  }),
});

/** Where a listing goes on: its range, its page size, and the last fragment of the page before. */
interface Place {
  readonly axis: TimeAxis;
  readonly start: number;
  readonly end: number;
  readonly limit: number;
  readonly behind?: { readonly time: number; readonly number: string };
}

/** Archived fragments of a range of time, a page at a time and, as on AWS, in no order. */
export const listFragments = jsonOperation({
  name: 'ListFragments',
  plane: 'archived',
  path: '/listFragments',
  kind: 'json',
  input,
  handle(context, given) {
    const { record, fragments } = dataStream(context, given, 'archived');
    const query = ['ListFragments', record.arn];
    const place = given.NextToken
      ? continued(JSON.parse(fragments.tokens.open(query, given.NextToken)), given.MaxResults)
      : selected(given);
    const page: Fragment[] = [];
    let more = false;
    for (const fragment of fragments.archived(place.axis, place.start, place.end, place.behind)) {
      more = page.length === place.limit;
      if (more) break;
      page.push(fragment);
    }
    const last = page.at(-1);
    return {
      Fragments: page.sort(byChance).map(describe),
      NextToken:
        more && last ? fragments.tokens.seal(query, JSON.stringify({ ...place, behind: keyOf(last, place) })) : null,
    };
  },
});

/** Clients go on with the token alone or repeat what they asked; the token wins but for the size of the page. */
const continued = (place: Place, limit: number | undefined): Place => ({ ...place, limit: limit ?? place.limit });

function selected({ FragmentSelector: selector, MaxResults: limit = DEFAULT_PAGE }: Infer<typeof input>): Place {
  if (selector === undefined) {
    throw serviceError('invalidArgument', 'Either FragmentSelector or NextToken must be given.');
  }
  const { StartTimestamp: start, EndTimestamp: end } = selector.TimestampRange;
  if (end < start) throw serviceError('invalidArgument', 'EndTimestamp must not be earlier than StartTimestamp.');
  const axis = selector.FragmentSelectorType === 'SERVER_TIMESTAMP' ? 'serverTime' : 'producerTime';
  return { axis, start, end, limit };
}

const keyOf = (fragment: Fragment, { axis }: Place) => ({ time: fragment[axis], number: fragment.number });

/** By the low digits of the number, which are as good as random: whoever relies on an order finds out here. */
const byChance = (a: Fragment, b: Fragment): number => Number(a.number.slice(-7)) - Number(b.number.slice(-7));

const describe = (fragment: Fragment) => ({
  FragmentLengthInMilliseconds: fragment.lengthMs,
  FragmentNumber: fragment.number,
  FragmentSizeInBytes: fragment.size,
  ProducerTimestamp: new Timestamp(fragment.producerTime),
  ServerTimestamp: new Timestamp(fragment.serverTime),
});
