import { expect } from 'vitest';
import { createFrameDecoder } from '../../../src/decoders/frameDecoder.ts';
import { Deliveries } from '../../../src/delivery/deliveries.ts';
import { Channels } from '../../../src/domain/channels/channels.ts';
import { Credentials } from '../../../src/domain/credentials/credentials.ts';
import { Announcements } from '../../../src/domain/events/announcements.ts';
import { Events } from '../../../src/domain/events/events.ts';
import type { MediaInspector } from '../../../src/domain/fragments/media.ts';
import { Journal } from '../../../src/domain/journal/journal.ts';
import { Connections } from '../../../src/domain/limits/connections.ts';
import { Limits } from '../../../src/domain/limits/limits.ts';
import { Throttle } from '../../../src/domain/limits/throttle.ts';
import type { RecordStore } from '../../../src/domain/ports.ts';
import type { Scope } from '../../../src/domain/resources/scope.ts';
import { SegmentCache } from '../../../src/domain/segments/segmentCache.ts';
import { Sessions } from '../../../src/domain/sessions/sessions.ts';
import { Signaling } from '../../../src/domain/signaling/signaling.ts';
import { Streams, type StreamsServices } from '../../../src/domain/streams/streams.ts';
import { finish } from '../../../src/media/steps.ts';
import { Road } from '../../../src/operations/enter.ts';
import type { Services } from '../../../src/operations/operation.ts';
import { registry } from '../../../src/operations/registry.ts';
import { Warnings } from '../../../src/operations/road/warnings.ts';
import { inspectFragment } from '../../../src/packaging/fragmentMedia.ts';
import { ServiceError } from '../../../src/protocol/errors.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Repeats } from '../../../src/runtime/repeats.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { enter } from '../../support/calls.ts';

/** 2024-01-17T11:10:36.421Z */
export const START = 1705489836421;
export const ACCOUNT = '111122223333';
export const REGION = 'us-east-1';

export const TABLES = ['streams', 'channels', 'names', 'eras', 'keys'] as const;

/** What a store holds, through JSON and into another one. */
export function carried(kept: RecordStore): MemoryRecordStore {
  const store = new MemoryRecordStore();
  for (const table of TABLES) {
    const text = JSON.stringify([...kept[table].entries()]);
    for (const [key, entry] of JSON.parse(text)) store[table].put(key, entry);
  }
  return store;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely, as a caller without types would.
type Answer = any;

/** How many streams and channels there may be, by account and region. */
class Quota extends Limits {
  readonly #quota: (scope: Scope) => number;

  constructor(quota: (scope: Scope) => number) {
    super();
    this.#quota = quota;
  }

  override of(...[name, whose]: Parameters<Limits['of']>): number {
    return name.startsWith('account.') ? this.#quota(whose as Scope) : super.of(name, whose);
  }
}

const NOWHERE = { eventsWebhook: undefined, sns: undefined, s3: undefined, imagesDir: undefined };

/** The control plane without a socket: its own clock (standing still), streams and source of chance. */
export function controlPlane({
  startTime = START,
  records = new MemoryRecordStore(),
  quota,
  ...options
}: Partial<Pick<StreamsServices, 'transitions' | 'edgeAgent' | 'records'>> & {
  startTime?: number;
  quota?: (scope: Scope) => number;
} = {}) {
  const limits = quota === undefined ? new Limits() : new Quota(quota);
  const clock = new ControllableClock({ startTime, frozen: true });
  const ids = createIds(createRandom(7));
  const log = silentLog;
  const room = new Room({ capacity: 0 });
  const payloads = new MemoryPayloadStore(room);
  const streams = new Streams({ clock, ids, payloads, records, room, log, limits, ...options });
  const channels = new Channels({ clock, ids, streams, records, limits, ...options });
  const inspect: MediaInspector = (fragment, pieces) => finish(inspectFragment(fragment, pieces));
  const events = new Events({ clock });
  const { signal: stopped } = new AbortController();
  const services: Services = {
    limits,
    throttle: new Throttle({ limits, clock }),
    connections: new Connections({ limits, clock }),
    credentials: new Credentials({ clock, ids, account: ACCOUNT }),
    events,
    announcements: new Announcements({
      clock,
      events,
      ids,
      delivery: new Deliveries(NOWHERE, { log, stopped }),
      images: () => undefined,
    }),
    clock,
    ids,
    room,
    streams,
    channels,
    signaling: new Signaling({ clock, room, limits, displaced: 'close' }),
    relay: undefined,
    sessions: new Sessions({ clock, ids, inspect, log, limits }),
    segments: new SegmentCache({ capacity: 1 }),
    decoder: createFrameDecoder(log),
    repeats: new Repeats(),
  };
  const surroundings = { account: ACCOUNT, region: REGION, strict: false, log, warnings: new Warnings(log) };
  const road = new Road({ services, surroundings, journal: new Journal() });

  /** Sends an object, or the text of a body, and gives back the text of the answer. */
  async function send(name: string, body: unknown, who: { account?: string; region?: string } = {}): Promise<string> {
    const operation = registry.find((one) => one.name === name);
    if (operation?.kind !== 'json') throw new Error(`No operation ${name}`);
    const { account = ACCOUNT, region = REGION } = who;
    return (await enter(road, operation, { json: body, account, region })).body;
  }

  return {
    clock,
    streams,
    channels,
    room,
    send,
    async call(name: string, body: unknown = {}, who: { account?: string; region?: string } = {}): Promise<Answer> {
      return JSON.parse(await send(name, body, who));
    },
    /** Creates a stream and gives back what DescribeStream says of it. */
    async stream(StreamName: string, fields: object = {}): Promise<Answer> {
      await send('CreateStream', { StreamName, ...fields });
      return JSON.parse(await send('DescribeStream', { StreamName })).StreamInfo;
    },
    /** Creates a channel and gives back what DescribeSignalingChannel says of it. */
    async channel(ChannelName: string, fields: object = {}): Promise<Answer> {
      await send('CreateSignalingChannel', { ChannelName, ...fields });
      return JSON.parse(await send('DescribeSignalingChannel', { ChannelName })).ChannelInfo;
    },
  };
}

export type ControlPlane = ReturnType<typeof controlPlane>;

/** The error's name and text, as a caller would see them. */
export async function errorOf(answer: Promise<unknown>): Promise<string> {
  const outcome = await answer.then(
    (value) => new Error(`was answered: ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (!(outcome instanceof ServiceError)) throw outcome;
  return `${outcome.status} ${outcome.code}: ${outcome.message}`;
}

/** Binds an operation's name, so that a bad request is one line of a test. */
export const refusalsOf = (name: string) => ({
  async mistyped(body: unknown, text: string): Promise<void> {
    expect(await errorOf(controlPlane().call(name, body))).toBe(`400 SerializationException: ${text}`);
  },
  async invalid(body: unknown, ...violations: string[]): Promise<void> {
    const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: `;
    expect(await errorOf(controlPlane().call(name, body))).toBe(
      `400 ValidationException: ${count}${repeated(violations).join('; ')}`,
    );
  },
});

/** Of all values together an answer repeats 256 characters. */
function repeated(violations: readonly string[]): string[] {
  let left = 256;
  return violations.map((text) =>
    text.replace(/(?<=^Value ').*(?=' at ')/s, (value) => {
      const shown = value.length > left ? `${value.slice(0, left)}…` : value;
      left = Math.max(0, left - shown.length);
      return shown;
    }),
  );
}

export const NOT_FOUND = '404 ResourceNotFoundException: The requested stream is not found or not active.';
export const NEITHER = '400 InvalidArgumentException: Either StreamName or StreamARN must be given.';

const LONG_NAME = 'a'.repeat(257);
const ARN_PATTERN = 'arn:[a-z\\d-]+:kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+/[a-zA-Z0-9_.-]+/[0-9]+';

/** What every operation that takes a StreamName refuses: [body, what is said about it]. */
export const badStreamNames: [string, string, string[]][] = [
  [
    'an empty name',
    '',
    [
      "Value '' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      "Value '' at 'streamName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
  ],
  [
    'a name with a space',
    'a b',
    [
      "Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
  ],
  [
    'a name of 257 characters',
    LONG_NAME,
    [
      `Value '${LONG_NAME}' at 'streamName' failed to satisfy constraint: Member must have length less than or equal to 256`,
    ],
  ],
];

export const badArn: [string, string] = [
  'arn:aws:s3:::bucket',
  `Value 'arn:aws:s3:::bucket' at 'streamARN' failed to satisfy constraint: Member must satisfy regular expression pattern: ${ARN_PATTERN}`,
];
