import { concatenate } from '../bytes/concatenate.ts';
import { PieceBytes } from '../bytes/pieceBytes.ts';
import { type KeyTeller, keyTeller } from '../codec/keyFrame.ts';
import { contentOf, type Element, readElement } from '../ebml/elements.ts';
import { readUnsigned, UNKNOWN_SIZE } from '../ebml/vint.ts';
import { writeElements } from '../ebml/writer.ts';
import { MatroskaError } from './error.ts';
import { blockStart } from './firstFrames.ts';
import { type MatroskaHeader, parseHeader } from './header.ts';
import { ID } from './ids.ts';
import { readTracks } from './tracks.ts';

/** A SimpleBlock or BlockGroup on its way from one Cluster to another. */
interface Moved {
  readonly track: number;
  /** Ticks from the document's time 0. */
  readonly time: number;
  /** Decoding can begin with it; only of the track that leads. */
  readonly key: boolean;
  /** The whole element; the two bytes at `timeAt` are its time in its Cluster. */
  readonly bytes: Uint8Array;
  readonly timeAt: number;
}

interface Document {
  readonly header: MatroskaHeader;
  /** The track at whose key frames Clusters begin. */
  readonly lead: number;
  readonly isKey: KeyTeller;
  /** Ticks. */
  readonly second: number;
}

const NANOSECONDS = 1_000_000_000;
/** A Cluster lasts at least as long as this: recordings of key frames alone would make one of every frame. */
const SHORTEST_SECONDS = 1;
/** And one whose successor lacks a track goes on, but not for longer than this. */
const LONGEST_SECONDS = 10;
/** How much later than the video a track may be interleaved, and what may be held meanwhile. */
const LATEST_SECONDS = 2;
const MOST_HELD = 16 << 20;
const LARGEST_ELEMENT = 64 << 20;
const NOTHING = new Uint8Array();
const UNKNOWN_SIZE_BYTES = Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
const CLUSTER_START = concatenate([Uint8Array.of(0x1f, 0x43, 0xb6, 0x75), UNKNOWN_SIZE_BYTES]);

/**
 * Cuts the Clusters of a Matroska stream anew: each begins with a key frame of the video (of the first track if there is
 * none), by its bitstream where that can be read, and every frame that is shown before it, of whatever track, stands in
 * the Cluster before. Muxers cut where bytes or seconds are full, and interleave sound by the time at which pictures are
 * decoded, not shown. Frames and headers stay as they are; what stands between and behind Clusters is left out.
 */
export class Recutter {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** So many bytes must be there before it is worth looking. */
  #wanted = 0;
  #offset = 0;
  #heading: Uint8Array[] = [];
  #document: Document | undefined;
  #clusterTime = 0;
  /** Timestamp of the Cluster that is being written. */
  #open: number | undefined;
  /** What has come since a frame at which a Cluster could begin; the frame itself is the first. */
  #held: Moved[] = [];
  #heldBytes = 0;
  /** Tracks that have got past that frame. */
  readonly #passed = new Set<number>();
  #out: Uint8Array[] = [];

  /**
   * What can be passed on now that `chunk` has come.
   * @throws MatroskaError
   */
  push(chunk: Uint8Array): Uint8Array {
    this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    if (this.#pendingBytes < this.#wanted) return NOTHING;
    const bytes = concatenate(this.#pending);
    this.#wanted = 0;
    let at = 0;
    for (;;) {
      const element = readElement(bytes, at, bytes.length);
      if (element === undefined) {
        if (bytes.length - at >= 12) throw new MatroskaError('no Matroska element', this.#offset + at);
        break;
      }
      const end = this.#take(bytes, element);
      if (end === undefined) break;
      at = end;
    }
    this.#pending = [bytes.subarray(at)];
    this.#pendingBytes = bytes.length - at;
    this.#wanted = Math.max(0, this.#wanted - at);
    this.#offset += at;
    return this.#taken();
  }

  /** The rest. A last element that is not whole is left out. */
  end(): Uint8Array {
    while (this.#held.length > 0) this.#release();
    this.#open = undefined;
    this.#pending = [];
    this.#pendingBytes = 0;
    return this.#taken();
  }

  #taken(): Uint8Array {
    const out = concatenate(this.#out);
    this.#out = [];
    return out;
  }

  /** Returns where the next element begins, or undefined if this one has not come whole. */
  #take(bytes: Uint8Array, element: Element): number | undefined {
    const { id, start, contentAt, size } = element;
    if (this.#document === undefined && this.#heading.length === 0 && id !== ID.EBML)
      throw new MatroskaError('no EBML header', this.#offset + start);
    if (id === ID.Cluster) this.#begin();
    if (id === ID.EBML && this.#document !== undefined) {
      while (this.#held.length > 0) this.#release();
      this.#open = undefined;
      this.#document = undefined;
    }
    if (id === ID.Segment || id === ID.Cluster) {
      if (this.#document === undefined) this.#heading.push(bytes.slice(start, contentAt));
      return contentAt;
    }
    const end = contentAt + size;
    if (size === UNKNOWN_SIZE || size > LARGEST_ELEMENT)
      throw new MatroskaError('an element that is too large', this.#offset + start);
    if (end > bytes.length) {
      this.#wanted = end;
      return undefined;
    }
    if (this.#document === undefined) this.#heading.push(bytes.slice(start, end));
    else if (id === ID.Timestamp) this.#clusterTime = Number(readUnsigned(contentOf(bytes, element).subarray(0, 8)));
    else if (id === ID.SimpleBlock || id === ID.BlockGroup) {
      this.#frame({ id, start: 0, sizeAt: 0, contentAt: contentAt - start, size }, bytes.slice(start, end));
    }
    return end;
  }

  /** The document's first Cluster is there: what stood in front of it is its header. */
  #begin(): void {
    if (this.#document !== undefined) return;
    const header = parseHeader(concatenate(this.#heading), 0);
    this.#heading = [];
    const tracks = readTracks(header.bytes);
    const lead =
      tracks.find(({ kind }) => kind === 'video') ?? tracks.find(({ number }) => number === header.trackNumbers[0]);
    this.#document = {
      header,
      lead: lead?.number ?? 0,
      isKey: lead === undefined ? ({ key }) => key : keyTeller(lead),
      second: NANOSECONDS / Number(header.timestampScale),
    };
    this.#out.push(header.bytes);
  }

  #frame(element: Element, bytes: Uint8Array): void {
    const { lead, isKey } = this.#document as Document;
    const block = blockStart(new PieceBytes([bytes]), element);
    if (block === undefined) return;
    const { track, timeAt, key: told } = block;
    const key = track === lead && (isKey(block) ?? told);
    this.#sort({ track, time: this.#clusterTime + block.time, key, bytes, timeAt });
  }

  #sort(frame: Moved): void {
    const { header, lead, second } = this.#document as Document;
    const [first] = this.#held;
    if (first === undefined) {
      const open = this.#open;
      const mayBegin = frame.track === lead && frame.key && frame.time - (open ?? 0) >= SHORTEST_SECONDS * second;
      if (open !== undefined && !mayBegin) {
        this.#write(frame);
        return;
      }
    }
    this.#held.push(frame);
    this.#heldBytes += frame.bytes.length;
    const from = (first ?? frame).time;
    // Pictures that are shown before their key frame follow it; the first one that is shown after it ends them.
    if (frame.track === lead ? frame.time > from : frame.time >= from) this.#passed.add(frame.track);
    const late = Math.abs(frame.time - from) > LATEST_SECONDS * second || this.#heldBytes > MOST_HELD;
    if (late || header.trackNumbers.every((number) => this.#passed.has(number))) this.#release();
  }

  /** Begins a Cluster with what is held, if each track has a part in it. */
  #release(): void {
    const { header, lead, second } = this.#document as Document;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#passed.clear();
    const open = this.#open;
    const pictures = held.filter(({ track }) => track === lead).map(({ time }) => time);
    const from = open === undefined ? Number.NEGATIVE_INFINITY : least(pictures);
    const own = held.filter(({ track, time }) => track === lead || time >= from);
    const all = header.trackNumbers.every((number) => own.some(({ track }) => track === number));
    if (open !== undefined && !all && from - open < LONGEST_SECONDS * second) {
      this.#goOn(held);
      return;
    }
    for (const frame of held) if (frame.track !== lead && frame.time < from) this.#write(frame);
    this.#cluster(least(own.map(({ time }) => time)));
    this.#goOn(own);
  }

  /** Behind the frame that was waited for there may be another like it. */
  #goOn([first, ...others]: readonly Moved[]): void {
    if (first !== undefined) this.#write(first);
    for (const frame of others) this.#sort(frame);
  }

  #cluster(time: number): void {
    const from = Math.max(0, time);
    this.#open = from;
    const ticks = Uint8Array.from({ length: 8 }, (_, index) => Math.floor(from / 256 ** (7 - index)) % 256);
    this.#out.push(CLUSTER_START, writeElements([{ id: ID.Timestamp, content: ticks, sizeLength: 1 }]));
  }

  #write({ bytes, timeAt, time }: Moved): void {
    const outside = (ticks: number): boolean => ticks < -32_768 || ticks > 32_767;
    if (outside(time - (this.#open ?? 0))) this.#cluster(time);
    const ticks = time - (this.#open ?? 0);
    bytes.set([(ticks >> 8) & 0xff, ticks & 0xff], timeAt);
    this.#out.push(bytes);
  }
}

const least = (numbers: readonly number[]): number =>
  numbers.reduce((smallest, number) => Math.min(smallest, number), Number.POSITIVE_INFINITY);
