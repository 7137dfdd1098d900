import { type FollowEvent, follow, type Start } from '../../domain/fragments/follow.ts';
import type { FragmentLog } from '../../domain/fragments/fragmentLog.ts';
import { compareNumbers } from '../../domain/fragments/fragmentNumbers.ts';
import { readingError } from '../../domain/keys/keyError.ts';
import { Reading } from '../../domain/limits/reading.ts';
import type { ApiCounts } from '../../domain/metrics/counts.ts';
import { documentHead, documentTail, errorDocument } from '../../packaging/documents.ts';
import { streamRef } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { type Infer, object, oneOf, required, string, structure, timestamp } from '../../protocol/shapes.ts';
import { type Clock, labelled } from '../../runtime/clock.ts';
import { axisOf } from '../axis.ts';
import { bytesOperation } from '../operation.ts';

/** Nobody has published the texts that belong to these ids. */
const STREAM_WRITE_ERROR = { code: 'STREAM_WRITE_ERROR', id: 3002 };
const FRAGMENT_NOT_FOUND = { code: 'FRAGMENT_NOT_FOUND', id: 4000 };

const input = structure({
  ...streamRef,
  StartSelector: required(
    object({
      StartSelectorType: required(
        oneOf('FRAGMENT_NUMBER', 'SERVER_TIMESTAMP', 'PRODUCER_TIMESTAMP', 'NOW', 'EARLIEST', 'CONTINUATION_TOKEN'),
      ),
      AfterFragmentNumber: string({ min: 1, max: 128, pattern: '^[0-9]+$' }),
      StartTimestamp: timestamp(),
      ContinuationToken: string({ min: 1, max: 128, pattern: '^[a-zA-Z0-9_\\.\\-]+$' }),
    }),
  ),
});

/** A stream's fragments from a chosen one on, then the live ones while they come. */
export const getMedia = bytesOperation({
  name: 'GetMedia',
  plane: 'media',
  path: '/getMedia',
  actsOn: 'activeStream',
  kind: 'bytes',
  contentType: 'video/webm',
  input,
  async handle(context, { StartSelector }, stream) {
    const { fragments, record } = stream;
    const start = startOf(StartSelector);
    if (start.at === 'after' && isAheadOf(fragments, start.number)) return notFound(start.number);
    const clock = labelled(context.clock, { what: 'connection', stream: record.name });
    const over = new AbortController();
    const leave = stream.connections.add({
      side: 'reader',
      operation: 'GetMedia',
      requestId: context.requestId,
      principal: context.principal,
      since: context.now,
      end() {
        over.abort();
        context.timeIsOver();
      },
    });
    context.atEnd(leave);
    const signal = AbortSignal.any([context.signal, over.signal]);
    const reading = new Reading(context.throttle, 'GetMedia', stream, context.pacer(stream));
    context.atEnd(context.throttle.watch(reading));
    const events = follow(fragments, start, clock, signal, context.principal, () => {
      reading.end();
      context.timeIsOver();
    });
    return documents(events, clock, reading, stream.counts.of('GetMedia'));
  },
});

function startOf(selector: Infer<typeof input>['StartSelector']): Start {
  const { StartSelectorType: type, StartTimestamp: time } = selector;
  const missing = (member: string) => serviceError('invalidArgument', `StartSelectorType ${type} needs ${member}.`);
  switch (type) {
    case 'NOW':
      return { at: 'now' };
    case 'EARLIEST':
      return { at: 'earliest' };
    case 'FRAGMENT_NUMBER':
      if (selector.AfterFragmentNumber === undefined) throw missing('AfterFragmentNumber');
      return { at: 'after', number: canonical(selector.AfterFragmentNumber) };
    case 'CONTINUATION_TOKEN': {
      const token = selector.ContinuationToken;
      if (token === undefined) throw missing('ContinuationToken');
      if (!/^\d+$/.test(token)) {
        throw serviceError('invalidArgument', `The ContinuationToken '${token}' is not one that GetMedia sent.`);
      }
      return { at: 'after', number: canonical(token) };
    }
    case 'SERVER_TIMESTAMP':
    case 'PRODUCER_TIMESTAMP':
      if (time === undefined) throw missing('StartTimestamp');
      return { at: 'time', axis: axisOf(type), time };
    default:
      return type satisfies never;
  }
}

const canonical = (number: string): string => number.replace(/^0+(?=.)/, '');

/** True if the stream has not come as far as that number, so that it cannot be one of its own. */
function isAheadOf(fragments: FragmentLog, number: string): boolean {
  const newest = fragments.newestNumber;
  return newest === undefined || compareNumbers(number, newest) > 0;
}

async function* notFound(number: string): AsyncGenerator<Uint8Array> {
  yield* errorDocument(FRAGMENT_NOT_FOUND, number);
}

async function* documents(
  events: AsyncIterable<FollowEvent>,
  clock: Clock,
  reading: Reading,
  counts: ApiCounts,
): AsyncGenerator<Uint8Array> {
  for await (const event of events) {
    switch (event.event) {
      case 'begin':
        if (reading.on) await reading.begin(event.fragment.number);
        yield* documentHead(event.fragment, event.head);
        break;
      case 'bytes':
        counts.bytes += event.bytes.length;
        if (reading.on) yield* reading.pieces(event.bytes);
        else yield event.bytes;
        break;
      case 'end':
        counts.fragments += 1;
        counts.frames += event.fragment.frames;
        counts.millisBehindNow = Math.max(0, clock.now() - event.fragment.serverTime);
        yield documentTail(event.fragment.number, counts.millisBehindNow);
        break;
      case 'broken':
        yield* errorDocument(STREAM_WRITE_ERROR, event.fragment.number);
        break;
      case 'sealed':
        yield* errorDocument(readingError(event.cause), event.fragment.number);
        break;
      default:
        event satisfies never;
    }
  }
}
