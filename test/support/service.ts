// The operations without a socket: one service on a frozen clock, called as the server calls it.

import { createFrameDecoder } from '../../src/decoders/frameDecoder.ts';
import { Channels } from '../../src/domain/channels/channels.ts';
import { SegmentCache } from '../../src/domain/segments/segmentCache.ts';
import { Sessions } from '../../src/domain/sessions/sessions.ts';
import { Streams } from '../../src/domain/streams/streams.ts';
import { finish } from '../../src/media/steps.ts';
import { putMedia } from '../../src/operations/media/putMedia.ts';
import { BodyReadError, type Context, type Operation, type Resource } from '../../src/operations/operation.ts';
import { playbackRegistry } from '../../src/operations/registry.ts';
import { inspectFragment } from '../../src/packaging/fragmentMedia.ts';
import { inputFromQuery } from '../../src/protocol/query.ts';
import { decodeInput } from '../../src/protocol/validate.ts';
import { ControllableClock } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import { createLog } from '../../src/runtime/log.ts';
import { createRandom } from '../../src/runtime/random.ts';
import { Repeats } from '../../src/runtime/repeats.ts';
import { Room } from '../../src/runtime/room.ts';
import { eventLoopTurn } from '../../src/runtime/wall.ts';
import { MemoryPayloadStore } from '../../src/store/memory/payloads.ts';
import { type Bytes, concat } from './mkv.ts';

export const START = Date.parse('2026-11-22T12:00:00Z');
const SCOPE = { account: '000000000000', region: 'us-east-1' };

export interface ServiceOptions {
  retentionHours?: number;
  capacity?: number;
  strict?: boolean;
}

/** Lets everything that is under way come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await eventLoopTurn();
}

export function startService({ retentionHours = 24, capacity = 1 << 30, strict = false }: ServiceOptions = {}) {
  const clock = new ControllableClock({ startTime: START, frozen: true });
  const ids = createIds(createRandom(7));
  const room = new Room({ capacity });
  const payloads = new MemoryPayloadStore(room);
  const streams = new Streams({ clock, ids, payloads, room });
  const warnings: string[] = [];
  const log = createLog({ level: 'warn', format: 'json', write: (line) => warnings.push(line) });
  const sessions = new Sessions({
    clock,
    ids,
    inspect: (fragment, pieces) => finish(inspectFragment(fragment, pieces)),
    log,
  });
  const segments = new SegmentCache({ capacity: 1 << 26 });
  const stream = streams.create(SCOPE, { name: 'camera', dataRetentionInHours: retentionHours });
  const channels = new Channels({ clock, ids });

  /** What has been warned of, by the name of the difference; of each the text it was given last. */
  const told = new Map<string, string>();

  const context = (signal: AbortSignal, timeIsOver: () => void = () => undefined): Context => ({
    ...SCOPE,
    now: clock.now(),
    requestId: '00000000-0000-4000-8000-000000000000',
    baseUrl: 'http://localhost:4580',
    endpoint: undefined,
    dataEndpoint: () => 'http://localhost:4580',
    differs: () => undefined,
    warn: (difference, text) => void told.set(difference, text),
    strict,
    log,
    signal,
    timeIsOver,
    clock,
    ids,
    streams,
    sessions,
    segments,
    decoder: createFrameDecoder(log),
    channels,
    room,
    repeats: new Repeats(),
  });

  /** Calls an operation that answers with JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the answer it asks for
  const call = async (operation: Operation, input: object): Promise<any> =>
    operation.kind === 'json'
      ? operation.handle(context(new AbortController().signal), decodeInput(operation.input, input))
      : Promise.reject(new Error(`${operation.name} does not answer with JSON`));

  /** A PutMedia whose body is sent piece by piece. */
  async function openPut(headers: Record<string, string> = {}) {
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
    const input = { StreamName: 'camera', FragmentTimecodeType: 'RELATIVE', ProducerStartTimestamp: '0', ...headers };
    const chosen = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== ''));
    const lines = await putMedia.handle(
      context(new AbortController().signal),
      decodeInput(putMedia.input, chosen) as never,
      body(),
    );
    const acks: string[] = [];
    const done = (async () => {
      for await (const line of lines) acks.push(line);
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
      /** The connection is lost. */
      async lose() {
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
  async function open(operation: Operation, input: object, { paused = false, most = Infinity } = {}) {
    if (operation.kind !== 'bytes') throw new Error(`${operation.name} does not answer with bytes`);
    const gone = new AbortController();
    const state = { ended: false, over: false };
    const timeIsOver = (): void => {
      state.over = true;
    };
    const answer = await operation.handle(
      context(gone.signal, timeIsOver),
      decodeInput(operation.input, { StreamName: 'camera', ...input }) as never,
    );
    const pieces: Bytes[] = [];
    const read = async () => {
      const iterator = answer[Symbol.asyncIterator]();
      while (pieces.length < most) {
        const { done, value } = await iterator.next();
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
      leave: () => gone.abort(),
      done: () => done,
    };
  }

  /** Follows a URL of a playback session. */
  async function get(url: string): Promise<Resource> {
    const { pathname, search } = new URL(url);
    const operation = playbackRegistry.find(({ path }) => path === pathname);
    if (operation?.kind !== 'resource') throw new Error(`Nothing is at ${pathname}`);
    const input = decodeInput(operation.input, inputFromQuery(operation.input, search.slice(1)));
    return operation.handle(context(new AbortController().signal), input);
  }

  /** A whole answer, which must come to its end within the idle time. */
  async function read(operation: Operation, input: object): Promise<Bytes> {
    const answer = await open(operation, input);
    await clock.advance(30_000);
    await answer.done();
    return answer.bytes();
  }

  return { clock, streams, stream, room, segments, warnings, told, call, put, openPut, open, read, get };
}

export type Service = ReturnType<typeof startService>;

/** `BUFFERING 0`, `ERROR 2000 4004`: what an acknowledgement says, without the number. */
export const brief = (lines: readonly string[]): string[] =>
  lines.map((line) => {
    const { EventType, FragmentTimecode, ErrorId } = JSON.parse(line);
    return [EventType, FragmentTimecode, ErrorId].filter((part) => part !== undefined).join(' ');
  });
