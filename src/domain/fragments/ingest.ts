import type { Log } from '../../runtime/log.ts';
import { LAST_DATE } from '../../runtime/time.ts';
import type { LimitOf } from '../limits/limits.ts';
import type { AckError } from './acks.ts';
import type { Fragment } from './fragment.ts';
import type { FragmentLog } from './fragmentLog.ts';
import { FragmentTags, type Tag } from './fragmentTags.ts';
import { FrameTimes } from './frameTimes.ts';
import { ackOfFailure, IngestError, isTold, storeFull, tooLarge } from './ingestError.ts';
import { LoosePieces } from './loosePieces.ts';
import type { SessionChecks } from './sessionChecks.ts';
import { type FragmentHeader, SharedHeader } from './sharedHeader.ts';
import { Storing, type StoringServices } from './storing.ts';

/** The name of the tag by which a producer says that its fragment is whole. It is no part of what is kept. */
export const END_OF_FRAGMENT = 'AWS_KINESISVIDEO_END_OF_FRAGMENT';

/** What takes the fragments of a session. */
export type IngestFragments = Pick<
  FragmentLog,
  'limit' | 'open' | 'append' | 'secured' | 'complete' | 'fail' | 'counts'
>;

export interface IngestServices extends StoringServices {
  readonly fragments: IngestFragments;
  readonly log: Log;
  readonly checks: SessionChecks;
  /** Counts what limits are about. */
  readonly meter?: { fragment(number: string): void; frame(): void } | undefined;
  /** Who sends: the ARN of a principal. */
  readonly writer: string;
  /** It is media of the past: a fragment has come when its producer says that it was made. */
  readonly placed?: boolean;
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
  readonly #loose = new LoosePieces();
  #fragment: Fragment | undefined;
  #previousTimecode: bigint | undefined;
  readonly #times = new FrameTimes();
  readonly #tags: FragmentTags;
  readonly #storing: Storing;
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
    this.#storing = new Storing(services, (fragment, error) => this.#failed(fragment, error));
    this.#startMs = BigInt(producerStart ?? 0);
  }

  /** No acknowledgement will follow but PERSISTED of what was received. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Fragments on their way into the store. */
  get backlog(): number {
    return this.#storing.backlog;
  }

  /** Pending as long as it is not known whether there is a key for what has begun. Rejects with a StoreError if not. */
  get keyless(): Promise<void> | undefined {
    return this.#storing.keyless;
  }

  /** Bytes that belong to no fragment yet. */
  get loose(): number {
    return this.#loose.size;
  }

  /** Resolves when the next of what has come has been stored. */
  storedNext(): Promise<void> {
    return this.#storing.next;
  }

  /** Resolves when everything received so far has been stored. */
  stored(): Promise<void> {
    return this.#storing.done;
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
    this.#times.header(this.#header);
    this.#firstOfDocument = true;
    this.#tags.countAnew();
    this.#tags.add(header.tags);
    this.#services.checks.header(this.#header);
  }

  /** Another document follows: its timecodes may begin anew. */
  documentEnd(): void {
    this.closeFragment();
    this.#previousTimecode = undefined;
    this.#times.documentEnd();
    // What stood between an END_OF_FRAGMENT and the end of its document belongs to nothing that follows.
    this.#loose.dropLeading();
    this.#tags.forgetNext();
  }

  cluster(): void {
    this.closeFragment();
    this.#loose.cluster();
    this.#tags.countAnew();
  }

  timestamp(timecode: bigint): void {
    const header = this.#header as SharedHeader;
    const producerTime = this.#startMs + (timecode * header.timestampScale) / 1_000_000n;
    const fragment = this.#services.fragments.open(this.#identity, {
      producerTime: Math.min(Number(producerTime), LAST_DATE),
      timecode,
      header,
      first: this.#firstOfDocument,
      leading: this.#loose.takeLeading(),
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
    this.#times.begin(timecode);
    this.#services.checks.fragment(fragment.producerTime, now);
    this.#services.emit({ event: 'BUFFERING', fragment });
    this.#storing.secure(fragment);
    for (const piece of this.#loose.takeCluster()) this.#append(fragment, piece);
  }

  block(block: Block): void {
    const { track, time, size } = block;
    this.#services.meter?.frame();
    const times = this.#times;
    const latest = times.latest(track);
    if (latest === undefined && !this.#header?.trackNumbers.includes(track)) {
      throw new IngestError('TRACK_NUMBER_MISMATCH', `a frame of track ${track}, which the header does not have`);
    }
    if (size > this.#mostBytes) throw tooLarge(this.#mostBytes);
    if (this.#fragment !== undefined) this.#fragment.frames += 1;
    const tick = times.tick(time);
    if (tick <= times.latestOfAll) this.#checkOrder(track, tick);
    if (latest === undefined) this.#services.checks.firstFrame(block, tick);
    times.add(track, tick, latest);
    if (times.lengthMs > this.#mostMs) {
      const text = `a fragment longer than ${this.#mostMs} ms`;
      throw new IngestError('MAX_FRAGMENT_DURATION_REACHED', text);
    }
  }

  /** A frame not later than the latest of the previous fragment: of the same track never, of another as checks go. */
  #checkOrder(track: number, tick: number): void {
    const before = this.#times.before(track);
    if (before !== undefined && tick <= before) {
      const text = `a frame of track ${track} at ${tick}, not after ${before} of the previous fragment`;
      throw new IngestError('FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS', text);
    }
    this.#services.checks.overlap(track, tick, this.#times.latestOfAll);
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
    else if (!this.#loose.append(piece)) throw tooLarge(this.#limit('fragment.bytes'));
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

  /** Ends the session with an ERROR for the open fragment, of which nothing is kept; the log is told unless it knows. */
  reject(error: AckError, why: string | undefined): void {
    if (this.#ended) return;
    this.#rejected = true;
    const fragment = this.#fragment;
    if (why !== undefined) this.#logEnd(`PutMedia ends with ${error}: ${why}`);
    this.#drop();
    // Producers stop listening at an ERROR, so whatever can still be PERSISTED is told first.
    this.#storing.afterwards(() => {
      this.#services.emit({ event: 'ERROR', fragment, error });
      // Seen of the service: a missing track is reported once for the fragment and once for the stream.
      if (error === 'FRAMES_MISSING_FOR_TRACK') this.#services.emit({ event: 'ERROR', error: 'INVALID_MKV_DATA' });
    });
  }

  /** The open fragment, if there is one, has come whole. */
  closeFragment(): void {
    if (this.#loose.isInCluster) throw new IngestError('INVALID_MKV_DATA', 'a Cluster without a timestamp');
    const fragment = this.#fragment;
    if (fragment === undefined) return;
    if (!this.#times.hasFrames) throw new IngestError('INVALID_MKV_DATA', 'a Cluster without frames');
    const missing = fragment.header.trackNumbers.filter((track) => this.#times.latest(track) === undefined);
    if (missing.length > 0) {
      throw new IngestError('FRAMES_MISSING_FOR_TRACK', `no frame of track ${missing.join(', ')} in the fragment`);
    }
    this.#times.end();
    this.#services.checks.fragmentEnd(() => fragment.draft?.look() ?? []);
    this.#fragment = undefined;
    this.#services.emit({ event: 'RECEIVED', fragment });
    this.#storing.add(fragment, Math.round(this.#times.lengthMs), this.#tags.end());
  }

  #failed(fragment: Fragment, error: unknown): void {
    if (!isTold(error)) {
      this.#services.log.error('a fragment could not be stored', { fragment: fragment.number, error });
    }
    // Also when the stream has come to its end meanwhile: without a word the producer would take it for stored.
    if (!this.#rejected) this.#services.emit({ event: 'ERROR', fragment, error: ackOfFailure(error) });
    this.#rejected = true;
    this.#drop();
  }

  /** The open fragment, if there is one, will never be whole. */
  #drop(): void {
    this.#ended = true;
    this.#loose.drop();
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
}
