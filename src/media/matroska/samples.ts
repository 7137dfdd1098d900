import { PieceBytes } from '../bytes/pieceBytes.ts';
import { frameLength } from '../codec/audioTiming.ts';
import { configure } from '../codec/configure.ts';
import { CodecError } from '../codec/error.ts';
import { type Element, readElementOf } from '../ebml/elements.ts';
import { readVint, UNKNOWN_SIZE, vintLength } from '../ebml/vint.ts';
import type { Frame, Track, TrackConfig } from '../sample.ts';
import { finish, type Steps } from '../steps.ts';
import { MatroskaError } from './error.ts';
import { ID, KEY_FLAG, TOP_LEVEL } from './ids.ts';
import { lacedFrameSizes } from './lacing.ts';
import { readTracks } from './tracks.ts';

export { readTracks } from './tracks.ts';

/** What of a fragment's header is needed to read its frames. */
export interface FrameContext {
  /** From the EBML header up to the first Cluster. */
  readonly bytes: Uint8Array;
  /** Nanoseconds per tick. */
  readonly timestampScale: bigint;
}

/** Of one track: one each millisecond of the 20 s that a fragment may last. */
const MOST_FRAMES = 20_000;
/** So many elements are read before others may have their turns. */
const AT_ONCE = 5000;
/** Whatever they are, and however empty. */
const MOST_ELEMENTS = 100_000;
/** Frames of AAC that say nothing else are this long, in PCM samples. */
const AAC_FRAME = 1024;

interface LaceTrack {
  readonly track: Track;
  /** Absent if it cannot be played. */
  readonly config?: TrackConfig;
}

function laceTrack(track: Track): LaceTrack {
  try {
    return { track, config: configure(track) };
  } catch (error) {
    if (error instanceof CodecError) return { track };
    throw error;
  }
}

/**
 * The frames of one fragment: a Cluster and what follows it up to the next one. By track number, in stream order;
 * tracks without a frame are not in the map. Times are relative to the Cluster's timestamp. Behind MOST_FRAMES of a track
 * nothing is read, and a last frame without bytes says so.
 * @throws MatroskaError
 */
export function* frameSteps(header: FrameContext, pieces: readonly Uint8Array[]): Steps<Map<number, Frame[]>> {
  // Not put together first: a megabyte of new memory costs more than all that is read here.
  const reader = new ClusterReader(header, new PieceBytes(pieces));
  yield* reader.read();
  return reader.frames;
}

/** The same in one go. */
export const readFrames = (header: FrameContext, pieces: readonly Uint8Array[]): Map<number, Frame[]> =>
  finish(frameSteps(header, pieces));

class ClusterReader {
  readonly frames = new Map<number, Frame[]>();
  readonly #header: FrameContext;
  readonly #bytes: PieceBytes;
  readonly #tickNs: number;
  /** How many have been looked at. */
  #elements = 0;
  /** A track has more frames than are read. */
  #full = false;
  /** Read when a lace is met: only then do frames need a duration to know their times. */
  #laceTracks: ReadonlyMap<number, LaceTrack> | undefined;

  constructor(header: FrameContext, bytes: PieceBytes) {
    this.#header = header;
    this.#bytes = bytes;
    this.#tickNs = Number(header.timestampScale);
  }

  *read(): Steps<void> {
    const cluster = this.#element(0, this.#bytes.length);
    if (cluster.id !== ID.Cluster) throw new MatroskaError('a fragment that does not begin with a Cluster', 0);
    const known = cluster.size !== UNKNOWN_SIZE;
    const end = known ? cluster.contentAt + cluster.size : this.#bytes.length;
    if (end > this.#bytes.length) throw new MatroskaError('a Cluster that breaks off', this.#bytes.length);
    for (let at = cluster.contentAt; at < end && !this.#full; ) {
      const child = this.#element(at, end);
      // Tags and the like behind a Cluster of unknown size end it. Behind one of known size nothing is of interest.
      if (TOP_LEVEL.has(child.id)) {
        if (known) throw new MatroskaError('a top-level element inside a Cluster', at);
        return;
      }
      at = this.#endOf(child, end);
      if (this.#elements % AT_ONCE === 0) yield;
      if (child.id === ID.SimpleBlock) this.#block(child, undefined, undefined);
      else if (child.id === ID.BlockGroup) this.#group(child);
    }
  }

  #group(group: Element): void {
    const end = group.contentAt + group.size;
    let block: Element | undefined;
    let key = true;
    let durationNs: number | undefined;
    for (let at = group.contentAt; at < end; ) {
      const child = this.#element(at, end);
      at = this.#endOf(child, end);
      if (child.id === ID.Block) block = child;
      else if (child.id === ID.ReferenceBlock) key = false;
      else if (child.id === ID.BlockDuration) durationNs = this.#unsigned(child) * this.#tickNs;
    }
    // A group without a Block has no frame to be missed.
    if (block !== undefined) this.#block(block, key, durationNs);
  }

  #block(block: Element, key: boolean | undefined, durationNs: number | undefined): void {
    const content = this.#contentOf(block);
    const trackLength = vintLength(content[0] ?? 0);
    // Without track and time it is nobody's frame.
    if (trackLength > 8 || content.length < trackLength + 3) return;
    const number = readVint(content, 0, trackLength);
    const ticks = (((content[trackLength] as number) << 24) | ((content[trackLength + 1] as number) << 16)) >> 16;
    const flags = content[trackLength + 2] as number;
    const payload = content.subarray(trackLength + 3);
    const lacing = (flags >> 1) & 3;
    const shared = { key: key ?? (flags & KEY_FLAG) !== 0, timeNs: ticks * this.#tickNs };
    let frames = this.frames.get(number);
    if (frames === undefined) {
      frames = [];
      this.frames.set(number, frames);
    }
    if (frames.length >= MOST_FRAMES) {
      this.#full = true;
      const fault = `more than ${MOST_FRAMES} frames of a track in one fragment, of which the first are read`;
      frames.push({ data: new Uint8Array(), ...shared, fault });
      return;
    }
    if (lacing === 0) {
      frames.push(durationNs === undefined ? { data: payload, ...shared } : { data: payload, ...shared, durationNs });
      return;
    }
    const sizes = lacedFrameSizes(lacing, payload);
    if (sizes === undefined) {
      frames.push({ data: new Uint8Array(), ...shared, fault: 'a Block whose lace does not fit it' });
      return;
    }
    let at = payload.length - sizes.reduce((total, size) => total + size, 0);
    let { timeNs } = shared;
    for (const size of sizes) {
      const data = payload.subarray(at, at + size);
      frames.push({ data, key: shared.key, timeNs: Math.round(timeNs) });
      at += size;
      timeNs += this.#laceStep(number, size) ?? (durationNs ?? 0) / sizes.length;
    }
  }

  /**
   * Duration of one laced frame in ns, if the track tells: only a Block's first frame has a time of its own. Sound lasts as
   * long as its codec says, whatever the container thinks.
   */
  #laceStep(number: number, size: number): number | undefined {
    this.#laceTracks ??= new Map(readTracks(this.#header.bytes).map((track) => [track.number, laceTrack(track)]));
    const { track, config } = this.#laceTracks.get(number) ?? {};
    if (config?.kind === 'audio') return (frameLength(config, size) * 1e9) / config.timescale;
    if (track?.defaultDurationNs !== undefined) return track.defaultDurationNs;
    return track?.codec === 'aac' && track.sampleRate ? (AAC_FRAME * 1e9) / track.sampleRate : undefined;
  }

  #element(at: number, end: number): Element {
    const element = readElementOf(this.#bytes, at, end);
    this.#elements += 1;
    if (this.#elements > MOST_ELEMENTS) throw new MatroskaError(`more than ${MOST_ELEMENTS} elements in a Cluster`, at);
    if (element === undefined) throw new MatroskaError('no element begins here', at);
    return element;
  }

  #contentOf({ contentAt, size }: Element): Uint8Array {
    return this.#bytes.slice(contentAt, contentAt + size);
  }

  #endOf({ size, start, contentAt }: Element, parentEnd: number): number {
    if (size === UNKNOWN_SIZE) throw new MatroskaError('an unknown size inside a Cluster', start);
    if (contentAt + size > parentEnd) throw new MatroskaError('an element that ends behind its parent', start);
    return contentAt + size;
  }

  #unsigned(element: Element): number {
    let value = 0;
    for (const byte of this.#contentOf(element)) value = value * 256 + byte;
    return value;
  }
}
