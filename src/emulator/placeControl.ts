import type { Scope } from '../domain/resources/scope.ts';
import type { Stream } from '../domain/streams/stream.ts';
import type { Streams } from '../domain/streams/streams.ts';
import { date, duration, type Given, union } from '../protocol/ownShapes.ts';
import { integer, oneOf, required, string } from '../protocol/shapes.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Room } from '../runtime/room.ts';
import { ControlError } from './controlError.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import { streamFinder } from './streamFinder.ts';
import { account, region } from './whereShapes.ts';

const MOST_LOOPS = 1_000_000;

export const placeRequest = {
  subject: 'Media of the past',
  hint: 'Give start ("2030-01-01T00:00:00Z") or ago ("24h"), and loop (3) or until ("now") if it is to be repeated.',
  members: {
    name: required(string({ min: 1, max: 256, means: 'the name of a stream' })),
    account,
    region,
    start: date({ means: 'the date of the media’s time 0' }),
    ago: duration({ means: 'the same, so long before now' }),
    loop: integer({ min: 1, max: MOST_LOOPS, means: 'so often, one after the other' }),
    until: { ...union(oneOf('now'), date()), means: 'over and over, until then' },
  },
  together(names) {
    if (names.includes('start') === names.includes('ago')) return ['Either "start" or "ago" says when it was.'];
    if (names.includes('loop') && names.includes('until')) return ['"loop" and "until" exclude each other.', 'loop'];
    return undefined;
  },
} as const satisfies ControlTable;

/** Either `start` or `ago` says when the media was made; `loop` or `until` that it is repeated. */
export type PlaceRequest = Omit<Given<typeof placeRequest.members>, 'name'>;

export interface PlaceResult {
  /** How many are in the stream now. */
  readonly fragments: number;
  /** How many were over at once: the stream does not retain as long. */
  readonly expired: number;
  /** What PutMedia would have warned of. */
  readonly warnings: readonly { readonly difference: string; readonly text: string }[];
}

/** Whoever can read media places it. */
export type Place = (
  stream: Stream,
  wanted: { readonly start: number; readonly loop: number; readonly until: number | undefined },
  pieces: readonly Uint8Array[],
  signal: AbortSignal,
) => Promise<PlaceResult>;

export interface PlaceParts {
  readonly streams: Streams;
  readonly own: Scope;
  readonly clock: Clock;
  readonly room: Room;
  /** Rejects with what `isRefusal` knows for what it will not have. */
  readonly place: Place;
  readonly isRefusal: (error: unknown) => error is Error;
  readonly stopped: AbortSignal;
}

/** Puts Matroska into a stream as if it had come when it was made: server times are in the past, PutMedia’s checks hold. */
export type PlaceMedia = (
  name: string,
  media: Uint8Array | AsyncIterable<Uint8Array>,
  when: PlaceRequest,
  signal?: AbortSignal,
) => Promise<PlaceResult>;

export function placeControl({ streams, own, clock, room, place, isRefusal, stopped }: PlaceParts): PlaceMedia {
  const { find } = streamFinder(streams, own);
  return async (name, media, when, signal = stopped) => {
    const { start, ago = 0, loop = 1, until, ...named } = readControl(placeRequest, { name, ...when });
    const stream = find(named);
    if (stream.fragments.retentionMs === 0) {
      throw new ControlError(
        `${name} retains nothing, so it has no past.`,
        'Give it a retention, see UpdateDataRetention.',
      );
    }
    const now = clock.now();
    const wanted = {
      start: start ?? now - ago,
      loop,
      until: until === 'now' ? now : until,
    };
    const held = room.hold();
    const pieces: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const piece of media instanceof Uint8Array ? [media] : media) {
        size += piece.length;
        if (!held.to(size))
          throw new ControlError(
            'The memory of the emulator is full.',
            'Give it more with --max-memory.',
            undefined,
            'busy',
          );
        pieces.push(piece);
      }
      return await place(stream, wanted, pieces, signal);
    } catch (error) {
      throw isRefusal(error) ? new ControlError(`${error.message} Nothing is placed.`, placeRequest.hint) : error;
    } finally {
      held.end();
    }
  };
}
