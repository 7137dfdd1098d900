import { createHash } from 'node:crypto';
import type { Log } from '../../runtime/log.ts';
import { type Check, type CheckName, checks } from './checks.ts';
import type { TracksPrint } from './fragmentRecord.ts';
import { IngestError } from './ingestError.ts';
import type { TrackFault } from './media.ts';
import type { FragmentHeader, SharedHeader } from './sharedHeader.ts';

/** What playback will find in a document's header. */
export interface TracksSeen {
  /** Number and codec of each declared track: `1:V_MPEG4/ISO/AVC 2:A_AAC`. */
  readonly layout: string;
  /** Their codec private data, in the same order. */
  readonly privateData: readonly Uint8Array[];
  readonly video: ReadonlySet<number>;
  /** Some way of playback takes the codecs where they are. */
  readonly playable: boolean;
  /** What is wrong with the codec private data of tracks that playback knows. */
  readonly faults: readonly TrackFault[];
  /**
   * Whether decoding can begin with the first picture that a fragment of these bytes has of a track; undefined if they do
   * not tell.
   */
  readonly begins: (track: number, pieces: readonly Uint8Array[]) => boolean | undefined;
}

export interface CheckServices {
  /** End the session where AWS is known to. */
  readonly strict: boolean;
  /** A fragment that is shorter ends the session, ms; Infinity if none does. */
  readonly shortest?: () => number;
  /** Timecodes are dates. */
  readonly absolute: boolean;
  readonly log: Log;
  /** Undefined if the header cannot be read that far. */
  readonly inspect: (header: FragmentHeader) => TracksSeen | undefined;
  /** The header of the stream's newest media, if it has any. */
  readonly newestHeader: () => SharedHeader | undefined;
  /** Tells the producer's side; another text for the same check takes the place of the one before. */
  readonly warn: (check: CheckName, text: string) => void;
}

interface FrameFacts {
  readonly track: number;
  readonly key: boolean;
}

interface First {
  readonly block: FrameFacts;
  readonly tick: number;
  key: boolean;
}

/** Clocks differ by so much without a fault. */
const CLOCK_SKEW_MS = 1000;
/** A recording that is sent faster than it plays gets ahead of the clock; by so much, nobody minds. */
const HEAD_START_MS = 60_000;
const SHORTEST_MS = 1000;
const YEAR_MS = 365 * 86_400_000;

/**
 * Holds what one PutMedia session sends against the list of checks. Is told of a fragment's beginning and end and of the
 * first frame of each track: what comes between costs nothing.
 */
export class SessionChecks {
  readonly #services: CheckServices;
  readonly #found = new Map<CheckName, { readonly text: string; count: number }>();
  #documents = 0;
  #tickMs = 1;
  #seen: TracksSeen | undefined;
  #sessionBegan: number | undefined;
  #overlaps = false;
  /** First frame of each track: of the fragment before, and of the open one. */
  #before = new Map<number, First>();
  #first = new Map<number, First>();
  #finished = false;

  constructor(services: CheckServices) {
    this.#services = services;
  }

  header(header: SharedHeader): void {
    this.#tickMs = Number(header.timestampScale) / 1e6;
    this.#before = new Map();
    this.#documents += 1;
    if (this.#documents > 1) this.#tell('severalDocuments', () => `document ${this.#documents}`);
    this.#seen = header.clear && this.#services.inspect(header.clear);
    if (this.#seen === undefined) return;
    header.print = printOf(this.#seen);
    this.#checkTracks(this.#seen, header.print);
  }

  #checkTracks(seen: TracksSeen, print: TracksPrint): void {
    if (!seen.playable) this.#tell('unplayable', () => seen.layout);
    else {
      for (const { track, fault, message } of seen.faults) {
        if (fault === 'missing') this.#tell('noCodecPrivateData', () => `track ${track}`);
        if (fault === 'invalid') this.#tell('badCodecPrivateData', () => `track ${track}: ${message}`);
      }
    }
    const before = this.#services.newestHeader()?.print ?? null;
    if (before === null) return;
    if (before.layout !== seen.layout) this.#tell('tracksChange', () => `${before.layout}, now ${seen.layout}`);
    else if (before.privateData !== print.privateData) {
      this.#tell('codecPrivateDataChanges', () => seen.layout);
    }
  }

  /** A fragment has begun; times are in ms since the epoch. */
  fragment(producerTime: number, now: number): void {
    this.#first = new Map();
    this.#overlaps = false;
    this.#sessionBegan ??= producerTime;
    const ahead = producerTime - now;
    const allowed = CLOCK_SKEW_MS + Math.min(Math.max(producerTime - this.#sessionBegan, 0), HEAD_START_MS);
    if (ahead > allowed) this.#tell('aheadOfClock', () => `by ${(ahead / 1000).toFixed(1)} s`);
    if (this.#services.absolute && producerTime < YEAR_MS) {
      this.#tell('datesOf1970', () => `${producerTime} ms after the beginning of 1970`);
    }
  }

  /** The first frame of its track in the open fragment. */
  firstFrame(block: FrameFacts, tick: number): void {
    this.#first.set(block.track, { block, tick, key: block.key });
  }

  /** The frame is no key frame, as turns out behind it. */
  delta(block: FrameFacts): void {
    const first = this.#first.get(block.track);
    if (first?.block === block) first.key = false;
  }

  /** A frame of the open fragment that is not later than `latest`, the latest of the fragment before. */
  overlap(track: number, tick: number, latest: number): void {
    if (this.#overlaps) return;
    this.#overlaps = true;
    const ms = (ticks: number) => Math.round(ticks * this.#tickMs);
    this.#tell('fragmentsOverlap', () => `a frame of track ${track} at ${ms(tick)} ms, not after ${ms(latest)} ms`);
  }

  /** The open fragment has come whole, and these are its bytes. */
  fragmentEnd(pieces: () => readonly Uint8Array[]): void {
    this.#checkBeginning(pieces);
    this.#checkLength();
    this.#before = this.#first;
  }

  /** What a decoder can begin with the bitstream knows, as playback does; the container is heard where it is silent. */
  #checkBeginning(pieces: () => readonly Uint8Array[]): void {
    const seen = this.#seen;
    for (const [track, { tick, key: told }] of this.#first) {
      if (seen === undefined || !seen.video.has(track) || (seen.begins(track, pieces()) ?? told)) continue;
      const at = `track ${track} at ${Math.round(tick * this.#tickMs)} ms`;
      this.#tell('noKeyFrame', () => (told ? `${at}, marked as a key frame although its picture is none` : at));
      return;
    }
  }

  /**
   * How long a fragment is shows when the next one is there: nobody says how long its last frames are. A session's last
   * fragment ends where the media ends, so it may be short.
   */
  #checkLength(): void {
    let lengthMs = 0;
    for (const [track, { tick }] of this.#before) {
      const next = this.#first.get(track);
      if (next !== undefined) lengthMs = Math.max(lengthMs, Math.round((next.tick - tick) * this.#tickMs));
    }
    const least = this.#services.shortest?.() ?? Number.POSITIVE_INFINITY;
    if (this.#before.size > 0 && least !== Number.POSITIVE_INFINITY && lengthMs < least) {
      throw new IngestError('INVALID_MKV_DATA', `a fragment of ${lengthMs} ms, shorter than ${least} ms`);
    }
    if (this.#before.size > 0 && lengthMs < SHORTEST_MS) this.#tell('shortFragment', () => `${lengthMs} ms`);
  }

  /** The session is over: says how often what was found. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const again = [...this.#found].filter(([, { count }]) => count > 1);
    for (const [name, { text, count }] of again) this.#services.warn(name, `${text} (${count} times in this session.)`);
    if (again.length === 0) return;
    const counts = again.map(([name, { count }]) => `${name} ${count} times`).join(', ');
    this.#services.log.info(`PutMedia: found in this session ${counts}`);
  }

  #tell(name: CheckName, detail: () => string): void {
    const found = this.#found.get(name);
    if (found !== undefined) {
      found.count += 1;
      return;
    }
    const { text: what, remedy, strict }: Check = checks[name];
    const text = `${what} Here: ${detail()}. ${remedy}`;
    if (this.#services.strict && strict !== 'warn') throw new IngestError(strict, text);
    this.#found.set(name, { text, count: 1 });
    this.#services.warn(name, text);
  }
}

/** Of the private data only a digest: they are media, which nobody keeps in the clear. */
function printOf({ layout, privateData }: TracksSeen): TracksPrint {
  const digest = createHash('sha256');
  for (const bytes of privateData) digest.update(`${bytes.length} `).update(bytes);
  return { layout, privateData: digest.digest('hex') };
}
