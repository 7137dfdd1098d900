// The operations without a socket: one service on a frozen clock, called as the server calls it.

import { assemble } from '../../src/assemble.ts';
import { readOptions } from '../../src/config/options.ts';
import type { Stores } from '../../src/domain/ports.ts';
import type { LimitsChange } from '../../src/emulator/limitsControl.ts';
import { putMedia } from '../../src/operations/media/putMedia.ts';
import { BodyReadError, type Operation, type SessionResource } from '../../src/operations/operation.ts';
import { playbackRegistry } from '../../src/operations/registry.ts';
import { Timestamp } from '../../src/protocol/restJson.ts';
import type { ControllableClock } from '../../src/runtime/clock.ts';
import { createLog } from '../../src/runtime/log.ts';
import { Repeats } from '../../src/runtime/repeats.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { enter } from './calls.ts';
import { type Bytes, concat } from './mkv.ts';

export const START = Date.parse('2026-11-22T12:00:00Z');
const SCOPE = { account: '000000000000', region: 'us-east-1' };

export interface ServiceOptions {
  retentionHours?: number;
  capacity?: number;
  strict?: boolean;
  limits?: LimitsChange;
  /** What is heard of the log. */
  log?: 'warn' | 'info';
  kmsKeyId?: string | undefined;
  /** Where another one has kept its things. */
  stores?: Partial<Stores>;
  startTime?: number;
  /** Takes what is to be said later; real time by default. */
  later?: (run: () => void, ms: number) => unknown;
}

/** Times of an answer as the operation gave them: in ms, which JSON has as seconds. */
const toTimestamp = (key: string, value: unknown): unknown =>
  /^(Server|Producer)Timestamp$|^TimeStamp$/.test(key) ? new Timestamp(Math.round(Number(value) * 1000)) : value;

/** So much that `capacity` is left when what is only passing through has its part, see inPassing. */
const withPassing = (capacity: number): number => Math.min(capacity * 2, capacity + 40 * 1024 * 1024);

/** Lets everything that is under way come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await eventLoopTurn();
}

export function startService({
  retentionHours = 24,
  capacity = 1 << 30,
  strict = false,
  limits,
  log: level = 'warn',
  kmsKeyId,
  stores,
  startTime = START,
  later,
}: ServiceOptions = {}) {
  const warnings: string[] = [];
  const log = createLog({ level, format: 'json', write: (line) => warnings.push(line) });
  const maxMemory = Math.ceil(withPassing(capacity));
  const options = readOptions({ clock: 'frozen', startTime, randomSeed: 7, maxMemory, strict });
  const given = { ...stores, repeats: new Repeats(later) };
  const { services, road, journal, face } = assemble(options, log, undefined, given);
  const { streams, segments } = services;
  const clock = services.clock as ControllableClock;
  if (limits !== undefined) face.limits.set(limits);
  const { here } = streams.traces(SCOPE, 'camera');
  const stream = here ?? streams.create(SCOPE, { name: 'camera', dataRetentionInHours: retentionHours, kmsKeyId });
  stream.endpointsAskedFor.add('media').add('archived');
  // The stream itself takes some, as long as it is there.
  const own = services.room.usage().used;
  const room = { usage: () => ({ used: Math.max(0, services.room.usage().used - own) }) };

  /** Calls an operation that answers with JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the answer it asks for
  const call = async (operation: Operation, input: object): Promise<any> => {
    if (operation.kind !== 'json') throw new Error(`${operation.name} does not answer with JSON`);
    return JSON.parse((await enter(road, operation, { json: input })).body, toTimestamp);
  };

  /** The same of another account. */
  const callAs = async (who: { account: string }, operation: Operation, input: object): Promise<void> => {
    if (operation.kind !== 'json') throw new Error(`${operation.name} does not answer with JSON`);
    await enter(road, operation, { json: input, ...who });
  };

  /** A PutMedia whose body is sent piece by piece. */
  async function openPut(given: Record<string, string> = {}) {
    const pieces: (Bytes | Error | undefined)[] = [];
    let wake: () => void = () => undefined;
    async function* body(): AsyncGenerator<Bytes> {
      for (;;) {
        const piece = pieces.shift();
        if (piece instanceof Error) throw piece;
        if (piece !== undefined) yield piece;
        else if (ended) return;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    }
    let ended = false;
    const input = { StreamName: 'camera', FragmentTimecodeType: 'RELATIVE', ProducerStartTimestamp: '0', ...given };
    const chosen = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== ''));
    const headers = Object.fromEntries(
      Object.entries(chosen).map(([member, value]) => [
        putMedia.headers[member as keyof typeof putMedia.headers],
        value,
      ]),
    );
    const gone = new AbortController();
    let endCall: () => void = () => undefined;
    const begun = (end: () => void) => {
      endCall = end;
    };
    const { lines } = await enter(road, putMedia, { headers, body: body(), signal: gone.signal, begun });
    const acks: string[] = [];
    const done = (async () => {
      for await (const line of lines) acks.push(line);
      endCall();
    })();
    return {
      acks,
      /** Resolves when the last acknowledgement is out. */
      done,
      async send(...bytes: Bytes[]) {
        pieces.push(...bytes);
        wake();
        await settle();
      },
      /** The request ends as it should. */
      async end() {
        ended = true;
        wake();
        await done;
      },
      /** All has been sent; what is still to be acknowledged may take its time. */
      async finish() {
        ended = true;
        wake();
        await settle();
      },
      /** The connection is lost. */
      async lose() {
        gone.abort();
        pieces.push(new BodyReadError('the connection was lost'));
        wake();
        await settle();
      },
    };
  }

  /** Sends a whole body and returns its acknowledgements. */
  async function put(body: Bytes, headers: Record<string, string> = {}, step = 65_536): Promise<string[]> {
    const session = await openPut(headers);
    for (let at = 0; at < body.length; at += step) await session.send(body.subarray(at, at + step));
    await session.end();
    return session.acks;
  }

  /** Calls an operation that answers with bytes; they are taken as they come unless `paused`, and no more than `most`. */
  async function open(operation: Operation, input: object, { paused = false, most: first = Infinity } = {}) {
    let most = first;
    if (operation.kind !== 'bytes') throw new Error(`${operation.name} does not answer with bytes`);
    const gone = new AbortController();
    const state = { ended: false, over: false };
    const timeIsOver = (): void => {
      state.over = true;
    };
    const json = { StreamName: 'camera', ...input };
    let endCall: () => void = () => undefined;
    const begun = (end: () => void) => {
      endCall = end;
    };
    const { pieces: answer } = await enter(road, operation, { json, signal: gone.signal, timeIsOver, begun });
    const pieces: Bytes[] = [];
    const read = async () => {
      while (pieces.length < most) {
        const { done, value } = await answer.next();
        if (done) return;
        pieces.push(value);
      }
      await new Promise(() => undefined);
    };
    const start = () =>
      read().then(() => {
        state.ended = true;
      });
    let done = paused ? Promise.resolve() : start();
    await settle();
    return {
      bytes: () => concat(...pieces),
      ended: () => state.ended,
      /** It has said that its time is over. */
      over: () => state.over,
      resume: () => {
        done = start();
      },
      /** No more is left where it is. */
      more: () => {
        most = Infinity;
        done = start();
      },
      leave: () => {
        gone.abort();
        endCall();
      },
      done: () => done,
    };
  }

  /** Follows a URL of a playback session. */
  async function get(url: string): Promise<SessionResource> {
    const { pathname, search } = new URL(url);
    const operation = playbackRegistry.find(({ path }) => path === pathname);
    if (operation?.kind !== 'resource') throw new Error(`Nothing is at ${pathname}`);
    return enter(road, operation, { query: search.slice(1) });
  }

  /** A whole answer, which must come to its end within the idle time. */
  async function read(operation: Operation, input: object): Promise<Bytes> {
    const answer = await open(operation, input);
    await clock.advance(30_000);
    await answer.done();
    return answer.bytes();
  }

  /** What has been warned of, by the name of the difference; of each the text it was given last. */
  const told = (): Map<string, string> =>
    new Map(journal.list().flatMap(({ warnings: all }) => all.map(({ difference, text }) => [difference, text])));

  const { faults, requests } = face;
  return {
    face,
    road,
    services,
    journal,
    events: services.events,
    clock,
    faults,
    requests,
    streams,
    stream,
    room,
    segments,
    warnings,
    told,
    call,
    callAs,
    put,
    openPut,
    open,
    read,
    get,
  };
}

export type Service = ReturnType<typeof startService>;

/** `BUFFERING 0`, `ERROR 2000 4004`: what an acknowledgement says, without the number. */
export const brief = (lines: readonly string[]): string[] =>
  lines.map((line) => {
    const { EventType, FragmentTimecode, ErrorId } = JSON.parse(line);
    return [EventType, FragmentTimecode, ErrorId].filter((part) => part !== undefined).join(' ');
  });
