import type { TrackMedia } from '../fragments/media.ts';

/** A fragment to be put on a timeline. */
export interface TimelinePiece {
  /** Its producer timestamp, ms: what tells a gap in the media, whatever the times of arrival. */
  readonly producerTime: number;
  readonly tracks: readonly TrackMedia[];
}

/** Where one track of a fragment lies, in the track's timescale: decoding begins at `from`. */
export interface Span {
  readonly from: number;
  readonly duration: number;
}

/** Where a fragment lies. */
export interface Placement {
  /** Of its timestamp, in ms. */
  readonly startMs: number;
  readonly delayMs: number;
  readonly spans: ReadonlyMap<number, Span>;
}

interface Placed extends TimelinePiece {
  readonly startMs: number;
  readonly delayMs: number;
}

/** Fragments further apart, or overlapping more, are put end to end. */
const TOLERANCE_MS = 50;
/**
 * How far audio may lie from where its own timestamps put it before it is put right; frames are not stretched for less.
 * Within a fragment it may be 0.55 ms from each of them, since they are whole ms: together that is less than a millisecond.
 */
const AUDIO_SLACK_MS = 0.4;

/**
 * A timeline without gaps: every fragment begins where the one before ended. Fragments that follow on keep the distance
 * of their timestamps, so that rounding never adds up; those that do not are closed up by their own length.
 */
export class ClosedTimeline {
  #last: Placed | undefined;
  #ends = new Map<number, number>();
  #delayMs = 0;

  /** @param next the fragment that will be placed next, if it is known: this one then ends exactly where that begins */
  place(piece: TimelinePiece, next?: TimelinePiece): Placement {
    const placed = this.#locate(piece);
    this.#last = placed;
    this.#delayMs = placed.delayMs;
    const follower = next && this.#locate(next);
    const spans = new Map<number, Span>();
    for (const track of piece.tracks) {
      const from = this.#ends.get(track.number) ?? decodeStart(track, placed);
      const after = follower?.tracks.find(({ number }) => number === track.number);
      const end = this.#endOf(track, placed, from, follower && after && decodeStart(after, follower));
      this.#ends.set(track.number, end);
      spans.set(track.number, { from, duration: end - from });
    }
    return { startMs: placed.startMs, delayMs: placed.delayMs, spans };
  }

  #endOf(track: TrackMedia, placed: Placed, from: number, followed: number | undefined): number {
    const own = decodeStart(track, placed) + track.duration;
    const exact = Math.max(followed ?? own, from + 1);
    if (track.kind === 'video') return exact;
    const unstretched = from + track.duration;
    const slack = (AUDIO_SLACK_MS * track.timescale) / 1000;
    return Math.abs(unstretched - exact) <= slack ? unstretched : exact;
  }

  #locate(piece: TimelinePiece): Placed {
    const delayMs = piece.tracks.reduce((most, track) => Math.max(most, track.delayMs), this.#delayMs);
    const last = this.#last;
    const at = (startMs: number): Placed => ({ ...piece, startMs, delayMs });
    if (last === undefined) {
      const starts = piece.tracks.map((track) => decodeStart(track, at(0)) / track.timescale);
      const earliest = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
      return at(Math.ceil(-earliest * 1000));
    }
    const distance = piece.producerTime - last.producerTime;
    if (follows(last, piece, distance)) return at(last.startMs + distance);
    const ends = piece.tracks.map((track) => {
      const before = last.tracks.find(({ number }) => number === track.number) ?? last.tracks[0] ?? track;
      return last.startMs + (presentationEnd(before) - track.first / track.timescale) * 1000;
    });
    return at(Math.ceil(ends.reduce((latest, end) => Math.max(latest, end), Number.NEGATIVE_INFINITY)));
  }
}

/** In seconds from the fragment's timestamp. */
const presentationEnd = (track: TrackMedia): number => (track.first + track.duration) / track.timescale;

function decodeStart(track: TrackMedia, { startMs, delayMs }: { startMs: number; delayMs: number }): number {
  // Audio is decoded in the order in which it is heard.
  const base = track.kind === 'video' ? startMs - delayMs : startMs;
  return Math.round((base * track.timescale) / 1000) + track.first;
}

function follows(last: TimelinePiece, piece: TimelinePiece, distanceMs: number): boolean {
  return piece.tracks.every((track) => {
    const before = last.tracks.find(({ number }) => number === track.number);
    if (before === undefined) return true;
    const gapMs = distanceMs + (track.first / track.timescale - presentationEnd(before)) * 1000;
    return gapMs <= TOLERANCE_MS && -gapMs < Math.min(TOLERANCE_MS, (before.lastDuration * 1000) / before.timescale);
  });
}
