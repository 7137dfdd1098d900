import type { EventData, EventType, Happening } from '../domain/events/events.ts';
import { toIso } from '../runtime/time.ts';
import type { ClockState } from './clockControl.ts';
import { type RequestEntry, requestEntry, type SentAck } from './requestEntry.ts';

/** When something happened, by the emulator's clock, and whose it is. */
export interface EventWhose {
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string;
  readonly stream?: string;
  readonly channel?: string;
  readonly account?: string;
  readonly region?: string;
}

type Nullable<T> = {
  readonly [Name in keyof T]: undefined extends T[Name] ? Exclude<T[Name], undefined> | null : T[Name];
};

/** What each kind of event tells of its own. */
type Told = 'fragment' | 'ack' | 'request' | 'clock' | 'throttled' | 'notification';
export interface EventsOwn extends Omit<{ readonly [T in EventType]: Nullable<EventData[T]> }, Told> {
  readonly fragment: Omit<EventData['fragment'], 'serverTime' | 'producerTime'> & {
    readonly serverTime: string;
    readonly producerTime: string;
  };
  readonly ack: { readonly ack: SentAck; readonly requestId: string };
  readonly request: RequestEntry;
  readonly clock: ClockState;
  readonly throttled: Omit<EventData['throttled'], 'passesAt'> & { readonly passesAt: string | null };
  readonly notification: Readonly<Record<string, unknown>>;
}

/** Something that has happened; or that so many events of any kind have been left out, since they were not read in time. */
export type EmulatorEvent =
  | {
      readonly [T in EventType]: { readonly id: number; readonly type: T; readonly data: EventWhose & EventsOwn[T] };
    }[EventType]
  | { readonly id: null; readonly type: 'lost'; readonly data: { readonly count: number } };

/** An event as it is told, on every face. */
export function eventView(happening: Happening, clock: () => ClockState): EmulatorEvent {
  const { id, type, time, whose } = happening;
  const { stream, channel, account, region } = whose;
  const own = ownOf(happening, clock);
  const data = {
    time: toIso(time),
    ...(stream === undefined ? {} : { stream }),
    ...(channel === undefined ? {} : { channel }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...own,
  };
  return { id, type, data } as EmulatorEvent;
}

function ownOf(happening: Happening, clock: () => ClockState): object {
  switch (happening.type) {
    case 'fragment': {
      const { serverTime, producerTime, ...rest } = happening.data;
      return { ...rest, serverTime: toIso(serverTime), producerTime: toIso(producerTime) };
    }
    case 'ack':
      return { ...happening.data, ack: JSON.parse(happening.data.ack) };
    case 'request': {
      const entry = requestEntry(happening.data.entry);
      return { ...entry, acks: entry.acks };
    }
    case 'clock':
      return clock();
    case 'throttled': {
      const { passesAt, ...rest } = happening.data;
      return { ...rest, passesAt: passesAt === undefined ? null : toIso(passesAt) };
    }
    case 'notification':
      return happening.data.message;
    case 'channel': {
      const { event, role, clientId = null, type = null } = happening.data;
      return { event, role, clientId, type };
    }
    case 'fault':
    case 'key':
    case 'image':
    case 'log':
      return happening.data;
    default:
      return happening satisfies never;
  }
}
