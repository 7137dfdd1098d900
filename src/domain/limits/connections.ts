import type { Clock } from '../../runtime/clock.ts';
import type { Limited, Limits } from './limits.ts';
import type { Throttled } from './throttle.ts';

/** Operations whose connections to a stream are counted. */
export const COUNTED = ['PutMedia', 'GetMedia', 'GetMediaForFragmentList'] as const;
export type Counted = (typeof COUNTED)[number];

/** One connection's place among those of its stream, until it is left. */
export class Place {
  /** Something may still come of it: one that only waits for its acknowledgements does not count. */
  sends = true;
  /** Until then none comes beside it: one has stayed there for too long. */
  closedUntil = Number.NEGATIVE_INFINITY;
  #onOver: (() => void) | undefined;
  /** Calls off what is to be done if it stays beside an older one. */
  judged: (() => void) | undefined;

  /** Calls `run` when it has been one too many for too long. */
  onOver(run: () => void): void {
    this.#onOver = run;
  }

  over(): void {
    this.#onOver?.();
  }
}

interface Taken {
  readonly places: Set<Place>;
  refused: number;
  admitted: number;
}

/** Those of one operation of a stream, for whoever looks on. */
export interface ConnectionGauge {
  readonly operation: Counted;
  readonly open: number;
  readonly admitted: number;
  readonly refused: number;
}

/**
 * How many are connected to each stream. Of a producer a new connection may come while the one before still sends, since
 * tokens are renewed that way; where both go on for longer than that takes, the newer one ends, and is refused if it comes
 * again at once.
 */
export class Connections {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #streams = new WeakMap<object, Map<Counted, Taken>>();

  constructor({ limits, clock }: { readonly limits: Limits; readonly clock: Clock }) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** A place, or why there is none. */
  take(stream: Limited, operation: Counted): Place | Throttled {
    const taken = this.#taken(stream, operation);
    const limit = this.#limits.of(`${operation}.connections`, stream);
    const counted = [...taken.places].filter(({ sends }) => sends);
    const place = new Place();
    if (counted.length >= limit && !(operation === 'PutMedia' && this.#mayOverlap(stream, counted, limit, place))) {
      taken.refused += 1;
      return { limit: `${operation}.connections`, cost: 1, level: limit - counted.length, passesAt: undefined };
    }
    taken.admitted += 1;
    taken.places.add(place);
    return place;
  }

  leave(stream: object, operation: Counted, place: Place): void {
    place.sends = false;
    place.judged?.();
    this.#streams.get(stream)?.get(operation)?.places.delete(place);
  }

  *of(stream: object): Generator<ConnectionGauge> {
    for (const [operation, { places, admitted, refused }] of this.#streams.get(stream) ?? []) {
      const open = [...places].filter(({ sends }) => sends).length;
      yield { operation, open, admitted, refused };
    }
  }

  /** One more than there may be comes beside the oldest, which is about to go. */
  #mayOverlap(stream: Limited, counted: readonly Place[], limit: number, newer: Place): boolean {
    const [oldest] = counted;
    if (oldest === undefined || counted.length > limit) return false;
    const now = this.#clock.now();
    const longest = this.#limits.of('PutMedia.overlap', stream);
    if (now < oldest.closedUntil) {
      oldest.closedUntil = now + longest;
      return false;
    }
    const judge = (): void => {
      if (!oldest.sends || !newer.sends) return;
      oldest.closedUntil = this.#clock.now() + longest;
      newer.over();
    };
    newer.judged = this.#clock.at(now + longest, judge, { what: 'connection', stream: stream.record.name });
    return true;
  }

  #taken(stream: object, operation: Counted): Taken {
    let ofStream = this.#streams.get(stream);
    if (ofStream === undefined) {
      ofStream = new Map();
      this.#streams.set(stream, ofStream);
    }
    let taken = ofStream.get(operation);
    if (taken === undefined) {
      taken = { places: new Set(), admitted: 0, refused: 0 };
      ofStream.set(operation, taken);
    }
    return taken;
  }
}
