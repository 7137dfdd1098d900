import type { Fragment } from '../../domain/fragments/fragment.ts';
import { type FragmentRange, rangeAt } from '../../domain/fragments/selection.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { streamRef } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { Timestamp } from '../../protocol/restJson.ts';
import { type Infer, long, object, oneOf, required, string, structure, timestamp } from '../../protocol/shapes.ts';
import { type Sliced, takeSliced } from '../../runtime/slices.ts';
import { axisOf } from '../axis.ts';
import { type Context, jsonOperation } from '../operation.ts';
import { checkRange } from './timeRange.ts';

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
interface Place extends FragmentRange {
  readonly limit: number;
  readonly behind?: { readonly time: number; readonly number: string };
}

/** Archived fragments of a range of time, a page at a time and, as on AWS, in no order. */
export const listFragments = jsonOperation({
  name: 'ListFragments',
  plane: 'archived',
  path: '/listFragments',
  actsOn: 'activeStream',
  kind: 'json',
  input,
  async handle(context, given, stream) {
    const { record, fragments } = stream;
    const query = ['ListFragments', record.arn];
    const place = given.NextToken
      ? continued(JSON.parse(fragments.tokens.open(query, given.NextToken)), given.MaxResults)
      : selected(context, stream, given);
    context.spend(stream, { metadata: place.limit });
    const all = fragments.archived(place.axis, place.start, place.end, place.behind);
    const found = context.listDelay === undefined ? all : listedBy(context.now - context.listDelay(0), all);
    const page = await takeSliced(found, place.limit + 1);
    const more = page.length > place.limit;
    if (more) page.pop();
    stream.counts.metadataRead += page.length;
    const last = page.at(-1);
    return {
      Fragments: page.sort(byChance).map(describe),
      NextToken:
        more && last ? fragments.tokens.seal(query, JSON.stringify({ ...place, behind: keyOf(last, place) })) : null,
    };
  },
});

/** Those that were in the archive by then. */
function* listedBy(time: number, found: Sliced<Fragment>): Generator<Fragment | undefined> {
  for (const fragment of found) if (fragment === undefined || fragment.keptAt <= time) yield fragment;
}

/** Clients go on with the token alone or repeat what they asked; the token wins but for the size of the page. */
const continued = (place: Place, limit: number | undefined): Place => ({ ...place, limit: limit ?? place.limit });

function selected(
  context: Context,
  stream: Stream,
  {
    FragmentSelector: selector,
    MaxResults: limit = context.limits.of('ListFragments.page', stream),
  }: Infer<typeof input>,
): Place {
  if (selector === undefined) {
    throw serviceError('invalidArgument', 'Either FragmentSelector or NextToken must be given.');
  }
  const { StartTimestamp: start, EndTimestamp: end } = selector.TimestampRange;
  const range = { axis: axisOf(selector.FragmentSelectorType), start, end };
  checkRange(context, stream, 'ListFragments', range);
  return { ...rangeAt(context.now, stream.fragments, range), limit };
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
