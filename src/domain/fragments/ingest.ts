import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { LAST_DATE } from '../../runtime/time.ts';
import type { LimitOf } from '../limits/limits.ts';
import type { Ack, AckError } from './acks.ts';
import type { Fragment } from './fragment.ts';
import type { FragmentLog } from './fragmentLog.ts';
import { FragmentTags, type Metadata, type Tag } from './fragmentTags.ts';
import { ackOfFailure, IngestError, storeFull, tooLarge } from './ingestError.ts';
import { Pieces } from './pieces.ts';
import type { SessionChecks } from './sessionChecks.ts';
import { type FragmentHeader, SharedHeader } from './sharedHeader.ts';

/** Bytes in front of a Cluster's timestamp, and metadata that waits for a Cluster. */
const MOST_LOOSE = 1 << 20;

/** The name of the tag by which a producer says that its fragment is whole. It is no part of what is kept. */
export const END_OF_FRAGMENT = 'AWS_KINESISVIDEO_END_OF_FRAGMENT';
/** One for all fragments that nothing stands in front of: nearly all. */
const NOTHING = new Uint8Array();

/** What takes the fragments of a session. */
export type IngestFragments = Pick<
  FragmentLog,
  'limit' | 'open' | 'append' | 'secured' | 'complete' | 'fail' | 'counts'
>;

export interface IngestServices {
  readonly fragments: IngestFragments;
  readonly clock: Clock;
  readonly log: Log;
  readonly emit: (ack: Ack) => void;
  readonly checks: SessionChecks;
  /** Counts what limits are about. */
  readonly meter?: { fragment(number: string): void; frame(): void } | undefined;
  /** How much later than it is kept the nth fragment is listed, in ms. */
  readonly listDelay?: ((fragment: number) => number) | undefined;
  /** Who sends: the ARN of a principal. */
  readonly writer: string;
  /** It is media of the past: a fragment has come when its producer says that it was made. */
  readonly placed?: boolean;
  /** Told of each fragment in the archive that has metadata. */
  readonly announce?: ((fragment: Fragment, metadata: Metadata) => void) | undefined;
}

/** What the rules look at of a SimpleBlock or Block. */
interface Block {
  readonly track: number;
  /** Ticks from the Cluster's timestamp. */
  readonly time: number;
  readonly size: number;
  readonly key: boolean;
}

/**
 * The rules of one PutMedia session: cuts the stream into fragments, holds each against the service's limits, and says
 * which acknowledgement is due. Is told what a Matroska reader finds; throws IngestError where a rule is broken.
 */
export class IngestSession {
  /** Which session it is, for whoever notes that for longer than it lasts: nothing of what came is held with it. */
  readonly #identity = {};
  readonly #services: IngestServices;
  /** What RELATIVE timecodes count from, in ms; 0 for ABSOLUTE ones. */
  readonly #startMs: bigint;
  #header: SharedHeader | undefined;
  #firstOfDocument = false;
  /** A Cluster has begun and its timestamp is still to come: its bytes so far. */
  #pending: Pieces | undefined;
  /** What stands outside any fragment since an END_OF_FRAGMENT: it goes in front of the next one. */
  #leading = new Pieces();
  #fragment: Fragment | undefined;
  #previousTimecode: bigint | undefined;
  /** Latest frame of each track, in ticks: of the previous fragments, and of the open one. */
  #latestBefore = new Map<number, number>();
  #latest = new Map<number, number>();
  /** Latest frame of any track of the previous fragment. */
  #latestOfAll = Number.NEGATIVE_INFINITY;
  #earliestTick = 0;
  #latestTick = 0;
  #baseTick = 0;
  /** Of the header: nanoseconds in a tick. */
  #tickNs = 1;
  readonly #tags: FragmentTags;
  #storing: Promise<void> = Promise.resolve();
  #storingCount = 0;
  #storedCount = 0;
  #keyless: Promise<void> | undefined;
  #ended = false;
  /** An ERROR has been told, or is about to be. One is enough. */
  #rejected = false;

  readonly #limit: LimitOf;
  /** Of the open fragment: asked for when it begins, since they are held against each piece and frame. */
  #mostBytes = 0;
  #mostMs = 0;

  constructor(services: IngestServices, producerStart: number | undefined) {
    this.#services = services;
    this.#limit = services.fragments.limit;
    this.#tags = new FragmentTags(this.#limit);
    this.#startMs = BigInt(producerStart ?? 0);
  }

  /** No acknowledgement will follow but PERSISTED of what was received. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Fragments on their way into the store. */
  get backlog(): number {
    return this.#storingCount;
  }

  /** Pending as long as it is not known whether there is a key for what has begun. Rejects with a StoreError if not. */
  get keyless(): Promise<void> | undefined {
    return this.#keyless;
  }

  /** Bytes that belong to no fragment yet. */
  get loose(): number {
    return this.#leading.size + (this.#pending?.size ?? 0);
  }

  /** Resolves when everything received so far has been stored. */
  stored(): Promise<void> {
    return this.#storing;
  }

  header(header: FragmentHeader & { readonly tags: readonly Tag[] }): void {
    const mostTracks = this.#limit('fragment.tracks');
    if (header.trackNumbers.length > mostTracks) {
      const count = `${header.trackNumbers.length} tracks, ${mostTracks} are allowed`;
      throw new IngestError('MORE_THAN_ALLOWED_TRACKS_FOUND', count);
    }
    const { bytes, bytesWithoutTags, trackNumbers, timestampScale } = header;
    this.#header?.letGo();
    this.#header = SharedHeader.begin({ bytes, bytesWithoutTags, trackNumbers, timestampScale });
    this.#tickNs = Number(timestampScale);
    this.#firstOfDocument = true;
    this.#tags.countAnew();
    this.#tags.add(header.tags);
    this.#services.checks.header(this.#header);
  }

  /** Another document follows: its timecodes may begin anew. */
  documentEnd(): void {
    this.closeFragment();
    this.#previousTimecode = undefined;
    this.#latestBefore.clear();
    this.#latestOfAll = Number.NEGATIVE_INFINITY;
    // What stood between an END_OF_FRAGMENT and the end of its document belongs to nothing that follows.
    this.#leading = new Pieces();
    this.#tags.forgetNext();
  }

  cluster(): void {
    this.closeFragment();
    this.#pending = new Pieces();
    this.#tags.countAnew();
  }

  timestamp(timecode: bigint): void {
    const header = this.#header as SharedHeader;
    const producerTime = this.#startMs + (timecode * header.timestampScale) / 1_000_000n;
    const leading = this.#leading.size === 0 ? NOTHING : new Uint8Array(Buffer.concat(this.#leading.list));
    const fragment = this.#services.fragments.open(this.#identity, {
      producerTime: Math.min(Number(producerTime), LAST_DATE),
      timecode,
      header,
      first: this.#firstOfDocument,
      leading,
      writer: this.#services.writer,
      begunAt: this.#services.placed === true ? Number(producerTime) : undefined,
    });
    if (fragment === undefined) throw storeFull();
    this.#fragment = fragment;
    this.#services.meter?.fragment(fragment.number);
    this.#tags.begin();
    this.#mostBytes = this.#limit('fragment.bytes');
    this.#mostMs = this.#limit('fragment.maxDuration');
    this.#firstOfDocument = false;
    if (leading !== NOTHING) this.#leading = new Pieces();
    if (this.#previousTimecode !== undefined && timecode <= this.#previousTimecode) {
      const text = `Cluster timecode ${timecode} does not come after ${this.#previousTimecode}`;
      throw new IngestError('FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS', text);
    }
    const now = this.#services.clock.now();
    if (fragment.producerTime > now + this.#limit('fragment.ahead')) {
      const text = `a producer timestamp of ${fragment.producerTime} ms, more than a day ahead of the emulator's clock`;
      throw new IngestError('INVALID_PRODUCER_TIMESTAMP', text);
    }
    this.#previousTimecode = timecode;
    // Exact up to 2^53 ticks; beyond (an epoch counted in 100 ns) two ticks more or less do not change an order in ms.
    this.#baseTick = Number(timecode);
    this.#latest = new Map();
    this.#services.checks.fragment(fragment.producerTime, now);
    this.#services.emit({ event: 'BUFFERING', fragment });
    this.#secure(fragment);
    const pending = this.#pending?.list ?? [];
    this.#pending = undefined;
    for (const piece of pending) this.#append(fragment, piece);
  }

  /** Nothing is kept without a key. Where that is found out later, nothing more is read until then. */
  #secure(fragment: Fragment): void {
    const waits = this.#services.fragments.secured(fragment);
    if (waits === undefined) return;
    const known = waits.catch(async (error) => {
      // What came whole before is told first, and may have failed for the same reason.
      await this.#storing;
      throw error;
    });
    this.#keyless = known;
    known.then(
      () => {
        if (this.#keyless === known) this.#keyless = undefined;
      },
      () => undefined,
    );
  }

  block(block: Block): void {
    const { track, time, size } = block;
    this.#services.meter?.frame();
    const latest = this.#latest.get(track);
    if (latest === undefined && !this.#header?.trackNumbers.includes(track)) {
      throw new IngestError('TRACK_NUMBER_MISMATCH', `a frame of track ${track}, which the header does not have`);
    }
    if (size > this.#mostBytes) throw tooLarge(this.#mostBytes);
    if (this.#fragment !== undefined) this.#fragment.frames += 1;
    const tick = this.#baseTick + time;
    if (tick <= this.#latestOfAll) this.#checkOrder(track, tick);
    if (this.#latest.size === 0) {
      this.#earliestTick = tick;
      this.#latestTick = tick;
    } else {
      if (tick < this.#earliestTick) this.#earliestTick = tick;
      if (tick > this.#latestTick) this.#latestTick = tick;
    }
    if (latest === undefined) this.#services.checks.firstFrame(block, tick);
    if (latest === undefined || tick > latest) this.#latest.set(track, tick);
    if (this.#lengthMs > this.#mostMs) {
      const text = `a fragment longer than ${this.#mostMs} ms`;
      throw new IngestError('MAX_FRAGMENT_DURATION_REACHED', text);
    }
  }

  /** A frame not later than the latest of the previous fragment: of the same track never, of another as checks go. */
  #checkOrder(track: number, tick: number): void {
    const before = this.#latestBefore.get(track);
    if (before !== undefined && tick <= before) {
      const text = `a frame of track ${track} at ${tick}, not after ${before} of the previous fragment`;
      throw new IngestError('FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS', text);
    }
    this.#services.checks.overlap(track, tick, this.#latestOfAll);
  }

  /** The block told before is no key frame, as turns out behind it. */
  delta(block: Block): void {
    this.#services.checks.delta(block);
  }

  tags(tags: readonly Tag[]): void {
    this.#tags.add(tags);
  }

  /** END_OF_FRAGMENT. */
  signal(): void {
    this.closeFragment();
  }

  bytes(piece: Uint8Array): void {
    if (this.#fragment !== undefined) this.#append(this.#fragment, piece);
    else {
      const loose = this.#pending ?? this.#leading;
      loose.append(piece);
      if (loose.size > MOST_LOOSE) throw tooLarge(this.#limit('fragment.bytes'));
    }
  }

  /** The stream has come to its end: so has the open fragment. */
  end(): void {
    this.closeFragment();
    this.#header?.letGo();
    this.#header = undefined;
    this.#ended = true;
  }

  /** Ends the session without a word to its producer: it takes what was not acknowledged for lost, and sends it again. */
  giveUp(why: string): void {
    if (this.#ended) return;
    this.#logEnd(`PutMedia ends: ${why}`);
    this.#drop();
  }

  /** Ends the session with an ERROR for the open fragment, of which nothing is kept. */
  reject(error: AckError, why: string): void {
    if (this.#ended) return;
    this.#rejected = true;
    const fragment = this.#fragment;
    this.#logEnd(`PutMedia ends with ${error}: ${why}`);
    this.#drop();
    // Producers stop listening at an ERROR, so whatever can still be PERSISTED is told first.
    this.#storing = this.#storing.then(() => {
      this.#services.emit({ event: 'ERROR', fragment, error });
      // Seen of the service: a missing track is reported once for the fragment and once for the stream.
      if (error === 'FRAMES_MISSING_FOR_TRACK') this.#services.emit({ event: 'ERROR', error: 'INVALID_MKV_DATA' });
    });
  }

  /** The open fragment, if there is one, has come whole. */
  closeFragment(): void {
    if (this.#pending !== undefined) throw new IngestError('INVALID_MKV_DATA', 'a Cluster without a timestamp');
    const fragment = this.#fragment;
    if (fragment === undefined) return;
    if (this.#latest.size === 0) throw new IngestError('INVALID_MKV_DATA', 'a Cluster without frames');
    const missing = fragment.header.trackNumbers.filter((track) => !this.#latest.has(track));
    if (missing.length > 0) {
      throw new IngestError('FRAMES_MISSING_FOR_TRACK', `no frame of track ${missing.join(', ')} in the fragment`);
    }
    for (const [track, tick] of this.#latest) this.#latestBefore.set(track, tick);
    this.#latestOfAll = this.#latestTick;
    this.#services.checks.fragmentEnd(() => fragment.draft?.look() ?? []);
    this.#fragment = undefined;
    this.#services.emit({ event: 'RECEIVED', fragment });
    this.#store(fragment, Math.round(this.#lengthMs));
  }

  #store(fragment: Fragment, lengthMs: number): void {
    this.#storingCount += 1;
    this.#storedCount += 1;
    const { fragments, announce, clock } = this.#services;
    const receivedAt = clock.now();
    const listDelay = this.#services.listDelay?.(this.#storedCount);
    const stored = fragments.complete(fragment, lengthMs, listDelay);
    const metadata = this.#tags.end();
    const acknowledged = async (): Promise<void> => {
      try {
        if (!(await stored)) return;
        fragments.counts.persistedAck.add(clock.now() - receivedAt);
        this.#services.emit({ event: 'PERSISTED', fragment });
        if (metadata !== undefined) announce?.(fragment, metadata);
      } catch (error) {
        this.#services.log.error('a fragment could not be stored', { fragment: fragment.number, error });
        // Also when the stream has come to its end meanwhile: without a word the producer would take it for stored.
        if (!this.#rejected) this.#services.emit({ event: 'ERROR', fragment, error: ackOfFailure(error) });
        this.#rejected = true;
        this.#drop();
      } finally {
        this.#storingCount -= 1;
      }
    };
    // PERSISTED comes in the order of the fragments, however long the store takes for each.
    this.#storing = Promise.all([this.#storing, stored.catch(() => undefined)]).then(acknowledged);
  }

  /** The open fragment, if there is one, will never be whole. */
  #drop(): void {
    this.#ended = true;
    this.#pending = undefined;
    this.#leading = new Pieces();
    if (this.#fragment !== undefined) this.#services.fragments.fail(this.#fragment);
    this.#fragment = undefined;
    this.#header?.letGo();
    this.#header = undefined;
  }

  #logEnd(text: string): void {
    const fragment = this.#fragment;
    if (fragment === undefined) this.#services.log.warn(text);
    else this.#services.log.warn(`${text}; what it had begun is dropped`, { fragment: fragment.number });
  }

  #append(fragment: Fragment, piece: Uint8Array): void {
    if (fragment.size + piece.length > this.#mostBytes) throw tooLarge(this.#mostBytes);
    if (!this.#services.fragments.append(fragment, piece)) throw storeFull();
  }

  get #lengthMs(): number {
    return ((this.#latestTick - this.#earliestTick) * this.#tickNs) / 1e6;
  }
}
