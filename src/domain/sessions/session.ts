import { serviceError } from '../../protocol/errors.ts';
import { sliceOver, turn } from '../../runtime/slices.ts';
import { toIso } from '../../runtime/time.ts';
import { admit, type Fragment } from '../fragments/fragment.ts';
import { durationMs, type FragmentMedia, lengthened, type TrackMedia } from '../fragments/media.ts';
import type { SharedHeader } from '../fragments/sharedHeader.ts';
import type { Limits } from '../limits/limits.ts';
import type { Reader } from '../ports.ts';
import { ClosedTimeline, type Placement } from '../segments/timeline.ts';
import type { Stream } from '../streams/stream.ts';
import type { SessionSettings } from './settings.ts';
import { type Arrival, type FragmentSource, LiveSource, RangeSource, ReplaySource } from './sources.ts';

/** A fragment in a session's list. Nothing of it ever changes. */
export interface Entry {
  /** Its place in the session's list, from 0. */
  readonly sequence: number;
  readonly number: string;
  /** Its start on the session's axis, ms since the epoch, and as ISO 8601. */
  readonly startMs: number;
  readonly date: string;
  /** When it was there to be played, ms since the epoch. */
  readonly availableAt: number;
  readonly header: SharedHeader;
  readonly media: FragmentMedia;
  readonly durationMs: number;
  /** From the end of the entry before to this one's start on the session's axis; negative if they overlap. */
  readonly gapMs: number;
  /** By track number; a track without frames in this fragment is not there. */
  readonly tracks: ReadonlyMap<number, EntryTrack>;
  /** How far decoding runs ahead of presentation, ms; never falls within a session. */
  readonly delayMs: number;
  /** On the timeline without gaps. Only DASH needs one. */
  readonly placement: Placement | undefined;
}

export interface EntryTrack {
  /** Its place in the list of this track alone, from 0. */
  readonly ordinal: number;
  /** Sequence of the first entry since which the track's codec private data are these. */
  readonly configuredAt: number;
}

/** What is listed at the moment: entries from `first` up to the end of the list. */
export interface Listing {
  readonly entries: readonly Entry[];
  /** Nothing will be added. */
  readonly complete: boolean;
  /** Longest duration ever listed, ms. */
  readonly longestMs: number;
}

export interface SessionParts {
  readonly token: string;
  readonly stream: Stream;
  /** Who has opened it: what is played is read on their account. */
  readonly reader: Reader;
  readonly settings: SessionSettings;
  readonly createdAt: number;
  /** Of the fragment the session was opened on: what may be played, and how it is described. */
  readonly opening: { readonly fragment: Fragment; readonly media: FragmentMedia };
  readonly inspect: (fragment: Fragment) => Promise<FragmentMedia | undefined>;
  readonly limits: Limits;
}

/** One viewer's list of fragments. It only grows at its end; what is shown of it is a window that moves. */
export class Session {
  readonly token: string;
  readonly stream: Stream;
  readonly reader: Reader;
  readonly settings: SessionSettings;
  readonly expiresAt: number;
  readonly opening: SessionParts['opening'];
  readonly #inspect: SessionParts['inspect'];
  readonly #limits: Limits;
  readonly #source: FragmentSource;
  readonly #timeline: ClosedTimeline | undefined;
  readonly #entries: Entry[] = [];
  readonly #byNumber = new Map<string, Entry>();
  #first = 0;
  #longestMs = 0;
  #configurations = 0;
  /** By track number: how many entries have it, and the latest of them. */
  readonly #latest = new Map<number, EntryTrack & { readonly configuration: string }>();
  #refreshing: Promise<unknown> = Promise.resolve();

  constructor({ token, stream, reader, settings, createdAt, opening, inspect, limits }: SessionParts) {
    this.token = token;
    this.stream = stream;
    this.reader = reader;
    this.settings = settings;
    this.expiresAt = createdAt + settings.expiresSeconds * 1000;
    this.opening = opening;
    this.#inspect = inspect;
    this.#limits = limits;
    this.#timeline = settings.protocol === 'DASH' ? new ClosedTimeline() : undefined;
    this.#source = makeSource(stream, settings, createdAt, limits.of('session.live', stream));
  }

  /**
   * What there is to play now.
   * @throws ResourceNotFoundException if that is nothing, or nothing has come to a LIVE session for long
   */
  list(now: number): Promise<Listing> {
    // One after the other: two players that ask at once get the same list.
    const listed = this.#refreshing.then(() => this.#list(now));
    this.#refreshing = listed.catch(() => undefined);
    return listed;
  }

  /** A listed fragment, also one that has left the window. */
  entry(number: string): Entry | undefined {
    return this.#byNumber.get(number);
  }

  entryAt(sequence: number): Entry | undefined {
    return this.#entries[sequence];
  }

  /** Whether whoever has opened it may still read what it plays. Throws, or rejects with, a StoreError if not. */
  admit(): void | Promise<void> {
    const number = this.#entries.at(-1)?.number ?? this.opening.fragment.number;
    const fragment = this.stream.fragments.archivedFragment(number);
    return fragment && admit(fragment, this.reader);
  }

  async #list(now: number): Promise<Listing> {
    if (this.stream.fragments.deleted) throw serviceError('streamNotFound');
    await this.admit();
    const { arrivals, complete } = await this.#source.next(now, async (fragment) => {
      const media = await this.#inspect(fragment);
      return media && this.#plays(media) ? media : undefined;
    });
    for (const [at, arrival] of arrivals.entries()) {
      this.#append(arrival, arrivals[at + 1]);
      if (sliceOver()) await turn();
    }
    if (this.settings.mode !== 'ON_DEMAND') this.#slide();
    const entries = this.#entries.slice(this.#first);
    if (entries.length === 0) throw serviceError('noFragments', 'streaming');
    const most = this.#limits.of('session.configurations', this.stream);
    if (this.#configurations > most) {
      const text = `The codec private data changed more than ${most} times in this session.`;
      throw serviceError('invalidCodecPrivateData', text);
    }
    return { entries, complete, longestMs: this.#longestMs };
  }

  /** A fragment without anything to play is a hole. One whose tracks are others is listed, and refused when asked for. */
  #plays(media: FragmentMedia): boolean {
    const wanted = this.opening.media.tracks;
    if (media.unreadable !== undefined) return false;
    const has = ({ number, timescale }: TrackMedia): boolean =>
      media.tracks.some((track) => track.number === number && (!this.#timeline || track.timescale === timescale));
    // The lists of a manifest count together, so a fragment is in all of them or in none.
    return this.#timeline ? wanted.every(has) : wanted.some(has);
  }

  #append({ fragment, media: found, availableAt }: Arrival, next: Arrival | undefined): void {
    const { axis } = this.settings;
    const before = this.#entries.at(-1);
    const media = lengthened(found, before?.media);
    const main = media.tracks[0];
    const piece = (of: Arrival) => ({ producerTime: of.fragment.producerTime, tracks: of.media.tracks });
    const entry: Entry = {
      sequence: this.#entries.length,
      number: fragment.number,
      startMs: fragment[axis],
      date: toIso(fragment[axis]),
      availableAt,
      header: fragment.header,
      media,
      durationMs: main ? durationMs(main) : 0,
      gapMs: before ? fragment[axis] - (before.startMs + before.durationMs) : 0,
      tracks: this.#trackEntries(media),
      delayMs: media.tracks.reduce((most, track) => Math.max(most, track.delayMs), before?.delayMs ?? 0),
      placement: this.#timeline?.place(
        { producerTime: fragment.producerTime, tracks: media.tracks },
        next && piece(next),
      ),
    };
    this.#entries.push(entry);
    this.#byNumber.set(entry.number, entry);
    this.#longestMs = Math.max(this.#longestMs, entry.durationMs);
  }

  #trackEntries(media: FragmentMedia): ReadonlyMap<number, EntryTrack> {
    let changed = false;
    const tracks = new Map<number, EntryTrack>();
    for (const { number, configuration } of media.tracks) {
      const before = this.#latest.get(number);
      const same = before?.configuration === configuration;
      changed ||= before !== undefined && !same;
      const track = {
        ordinal: before ? before.ordinal + 1 : 0,
        configuredAt: before && same ? before.configuredAt : this.#entries.length,
        configuration,
      };
      this.#latest.set(number, track);
      tracks.set(number, track);
    }
    if (changed) this.#configurations += 1;
    return tracks;
  }

  /** Drops from the left what is too many, and what retention has taken. */
  #slide(): void {
    const { fragments } = this.stream;
    this.#first = Math.max(this.#first, this.#entries.length - this.settings.max);
    for (;;) {
      const oldest = this.#entries[this.#first];
      if (oldest === undefined || fragments.archivedFragment(oldest.number) !== undefined) return;
      this.#first += 1;
    }
  }
}

function makeSource(stream: Stream, settings: SessionSettings, createdAt: number, liveMs: number): FragmentSource {
  const { mode, axis, start = 0, end = Number.POSITIVE_INFINITY, max } = settings;
  switch (mode) {
    case 'LIVE':
      return new LiveSource(stream.fragments, { axis, max, liveMs });
    case 'LIVE_REPLAY':
      return new ReplaySource(stream.fragments, { axis, start, end, max, createdAt });
    case 'ON_DEMAND':
      return new RangeSource(stream.fragments, { axis, start, end, max, createdAt });
    default:
      return mode satisfies never;
  }
}
