import type { Events, EventType, Happening } from '../domain/events/events.ts';
import type { Given } from '../protocol/ownShapes.ts';
import { integer, list, oneOf, string } from '../protocol/shapes.ts';
import { AsyncQueue } from '../runtime/queue.ts';
import type { ClockState } from './clockControl.ts';
import { ControlError } from './controlError.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import { type EmulatorEvent, eventView } from './eventView.ts';
import { account, region } from './whereShapes.ts';

/** So many events may wait for one who reads slowly; what comes then is lost to it. */
const MOST_WAITING = 1000;
/** So many may listen at once: each event is shown to all of them. */
const MOST_READERS = 100;

const eventType = oneOf(
  'fragment',
  'ack',
  'request',
  'clock',
  'throttled',
  'fault',
  'key',
  'notification',
  'image',
  'channel',
  'log',
);
const EVENT_TYPES: readonly EventType[] = eventType.enum ?? [];

export const eventsQuery = {
  subject: 'The list of events',
  hint: `Filters are ?types=fragment,ack, ?stream=NAME, ?channel=NAME, ?account=ID and ?region=REGION; ?after=ID resumes. Types: ${EVENT_TYPES.join(', ')}.`,
  members: {
    types: {
      ...list(eventType, { min: 1, max: EVENT_TYPES.length }),
      means: 'only these, by commas; all if not said',
    },
    stream: string({ min: 1, max: 256, means: 'the name of a stream' }),
    channel: string({ min: 1, max: 256, means: 'the name of a channel' }),
    account,
    region,
    after: integer({ min: 0, means: 'the last id seen: what came behind it, as far as it is kept, and what comes' }),
  },
} as const satisfies ControlTable;

/** Which events: of these `types`, of a `stream` or `channel`, of an `account` or `region`; `after` the last id seen. */
export type EventFilter = Given<typeof eventsQuery.members>;

/** What happens, as it happens. */
export interface EmulatorEvents {
  /**
   * Each event from now on, or from behind the one with the id `after`, as far back as the last 1,000 are kept, until the
   * loop is left, `signal` is aborted or the emulator stops. Who reads slowly loses events, and is told how many.
   * Throws a ControlError for a filter that makes no sense.
   */
  follow(filter?: EventFilter, signal?: AbortSignal): AsyncIterableIterator<EmulatorEvent>;
}

interface Lost {
  lost: number;
}

export function eventsControl(events: Events, clock: () => ClockState, stopped: AbortSignal): EmulatorEvents {
  let readers = 0;
  return {
    follow(given = {}, signal = stopped) {
      const { after, ...filter } = readControl(eventsQuery, given);
      if (readers >= MOST_READERS) {
        throw new ControlError(`${readers} listen already.`, 'Listen with fewer.', undefined, 'busy');
      }
      readers += 1;
      const wanted = matcher(filter);
      const queue = new AsyncQueue<Happening | Lost>();
      let gap: Lost | undefined;
      const lose = (count: number): void => {
        if (gap === undefined) {
          gap = { lost: 0 };
          queue.push(gap);
        }
        gap.lost += count;
      };
      const take = (happening: Happening): void => {
        if (!wanted(happening)) return;
        if (queue.waiting >= MOST_WAITING) lose(1);
        else {
          gap = undefined;
          queue.push(happening);
        }
      };
      if (after !== undefined) {
        const kept = events.since(after);
        const missed = (kept[0]?.id ?? events.last + 1) - after - 1;
        if (missed > 0) lose(missed);
        kept.forEach(take);
      }
      const unlisten = events.listen(take);
      let left = false;
      const leave = (): void => {
        if (left) return;
        left = true;
        readers -= 1;
        unlisten();
        signal.removeEventListener('abort', leave);
        stopped.removeEventListener('abort', leave);
        queue.end();
      };
      for (const one of [signal, stopped]) one.addEventListener('abort', leave);
      if (signal.aborted || stopped.aborted) leave();
      return {
        async next() {
          const { done, value } = await queue.next();
          if (done === true) return { done, value: undefined };
          return { done: false, value: 'lost' in value ? lostEvent(value) : eventView(value, clock) };
        },
        return() {
          leave();
          return queue.return() as Promise<IteratorReturnResult<undefined>>;
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}

const lostEvent = ({ lost: count }: Lost): EmulatorEvent => ({ id: null, type: 'lost', data: { count } });

function matcher({ types, stream, channel, account: of, region: at }: Omit<EventFilter, 'after'>) {
  const chosen: ReadonlySet<string> | undefined = types && new Set(types);
  return ({ type, whose }: Happening): boolean =>
    chosen?.has(type) !== false &&
    (stream === undefined || whose.stream === stream) &&
    (channel === undefined || whose.channel === channel) &&
    (of === undefined || whose.account === of) &&
    (at === undefined || whose.region === at);
}
