import { GrowingBuffer } from '../bytes/growingBuffer.ts';
import { readId, readSize, readUnsigned, readVint, UNKNOWN_SIZE, vintLength } from '../ebml/vint.ts';
import { MatroskaError } from './error.ts';
import type { Block, MatroskaHandler, MatroskaReaderOptions } from './handler.ts';
import { declaresMatroska, parseHeader } from './header.ts';
import { CLUSTER_LEVEL, ID, KEY_FLAG, TOP_LEVEL } from './ids.ts';
import type { Opening, ReaderPlace, Wanted } from './readerState.ts';
import { LONGEST_TAGS, parseTags } from './tags.ts';
import { withoutTag } from './withoutTag.ts';

const MAX_HEADER = 4 << 20;
const MAX_EBML_HEADER = 4096;
/** Behind the header: whatever claims to be larger is refused by its claim, not after so much has been swallowed. */
const MAX_ELEMENT = 2 ** 32;
/** The longest that must be seen at once: id, size, and the track, time and flags of a block. */
const LONGEST_OPENING = 4 + 8 + 8 + 3;

/**
 * Push parser of a Matroska byte stream of any length, cut anywhere: several documents, Segments and Clusters of known
 * or unknown size. It looks only as deep as fragments need and copies nothing but headers and tags.
 */
export class MatroskaReader {
  readonly #handler: MatroskaHandler;
  readonly #signal: string | undefined;
  #place: ReaderPlace = 'start';
  /** Offset in the stream of the chunk's first byte. */
  #offset = 0;
  #chunk: Uint8Array = new Uint8Array();
  /** Up to here the chunk's bytes have been reported. */
  #reported = 0;
  /** The beginning of an element whose opening is not complete yet. */
  readonly #held = new Uint8Array(2 * LONGEST_OPENING);
  #heldLength = 0;
  /** Content bytes still to come of the element being passed over. */
  #skip = 0;
  /** Set if that content is wanted. */
  #wanted: Wanted | undefined;
  /** Where the open Cluster and BlockGroup end; Infinity if their size is unknown. */
  #clusterEnd = 0;
  #groupEnd = 0;
  /** Of the open BlockGroup: its Block, once that is told, and whether it refers to another. */
  #groupBlock: Block | undefined;
  #groupRefers = false;
  #timestampSeen = false;
  #headerStart = 0;
  readonly #header = new GrowingBuffer();

  constructor(handler: MatroskaHandler, options: MatroskaReaderOptions = {}) {
    this.#handler = handler;
    this.#signal = options.signal;
  }

  /** Bytes of memory it takes for what it has seen and not handed on. */
  get held(): number {
    return this.#header.room + (this.#wanted?.bytes.room ?? 0);
  }

  /** @throws MatroskaError, or whatever the handler throws; the reader is of no use afterwards */
  push(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#reported = 0;
    let at = this.#heldLength > 0 ? this.#finishHeld() : 0;
    while (at < chunk.length) {
      if (this.#skip > 0) at = this.#pass(at);
      else {
        const opened = this.#open(chunk, at, chunk.length, this.#offset + at);
        if (opened === 0) {
          this.#report(at);
          this.#held.set(chunk.subarray(at));
          this.#heldLength = chunk.length - at;
          this.#reported = chunk.length;
          break;
        }
        at += opened;
        if (this.#skip === 0) this.#contentEnd(at);
      }
    }
    this.#report(chunk.length);
    this.#offset += chunk.length;
  }

  /**
   * The stream is over.
   * @throws MatroskaError if it broke off inside an element or before any Cluster
   */
  end(): void {
    if (this.#place === 'start' || this.#place === 'segment' || this.#place === 'header') {
      throw new MatroskaError('the stream ends before any Cluster', this.#offset);
    }
    const insideCluster = this.#place !== 'between' && Number.isFinite(this.#clusterEnd);
    if (this.#heldLength > 0 || this.#skip > 0 || this.#place === 'group' || insideCluster) {
      throw new MatroskaError('the stream breaks off inside an element', this.#offset);
    }
  }

  /** Completes a held opening with bytes of the chunk; returns how many of those it took. */
  #finishHeld(): number {
    const before = this.#heldLength;
    const added = Math.min(this.#chunk.length, this.#held.length - before);
    this.#held.set(this.#chunk.subarray(0, added), before);
    const opened = this.#open(this.#held, 0, before + added, this.#offset - before);
    if (opened === 0) {
      // Whatever is still not enough is shorter than the buffer, so all of the chunk was added.
      this.#heldLength = before + added;
      this.#reported = added;
      return added;
    }
    this.#heldLength = 0;
    if (!this.#withholding) this.#deliver(this.#held.slice(0, before));
    const at = opened - before;
    // A Block is opened only when the first bytes of its content are there too; some of those may have been held.
    if (at < 0) {
      this.#collect(this.#held.subarray(opened, before));
      this.#skip += at;
      return 0;
    }
    if (this.#skip === 0) this.#contentEnd(at);
    return at;
  }

  /** Passes over content, up to the end of the chunk at most; returns where it got to. */
  #pass(at: number): number {
    const end = Math.min(at + this.#skip, this.#chunk.length);
    if (this.#wanted !== undefined) this.#collect(this.#chunk.subarray(at, end));
    if (this.#withholding) this.#reported = end;
    this.#skip -= end - at;
    if (this.#skip === 0) this.#contentEnd(end);
    return end;
  }

  #collect(piece: Uint8Array): void {
    this.#wanted?.bytes.append(piece);
  }

  /** An element's content, or an empty element, has come to its end at `at` of the chunk. */
  #contentEnd(at: number): void {
    const wanted = this.#wanted;
    if (wanted !== undefined) {
      this.#wanted = undefined;
      this.#use(wanted, wanted.bytes.take(), at);
    }
    const position = this.#offset + at;
    if (this.#place === 'group' && position === this.#groupEnd) this.#place = 'cluster';
    if (this.#place === 'cluster' && position === this.#clusterEnd) this.#place = 'between';
  }

  #use({ id, size }: Wanted, content: Uint8Array, at: number): void {
    const start = this.#offset + at - size;
    if (id === ID.EBML) {
      if (!declaresMatroska(content)) throw new MatroskaError('an EBML document that is not Matroska', start);
    } else if (id === ID.Timestamp) {
      this.#timestampSeen = true;
      this.#report(at);
      this.#handler.timestamp(readUnsigned(content));
    } else if (id === ID.Tags) {
      this.#useTags(content, content.length - size, start);
    }
  }

  /** A Tags element behind a Cluster has come whole: hands it on, but for the signals in it. */
  #useTags(element: Uint8Array, openingLength: number, start: number): void {
    const kept = this.#signal === undefined ? element : withoutTag(element, this.#signal);
    const tags = parseTags(kept.subarray(openingLength), start);
    if (kept.length > 0) {
      this.#deliver(kept);
      this.#handler.tags(tags);
    }
    if (kept !== element) this.#handler.signal();
  }

  /** Hands on the chunk's bytes before `end`. */
  #report(end: number): void {
    if (end <= this.#reported) return;
    // A view costs more than all else there is to do for a frame that came by itself.
    const whole = this.#reported === 0 && end === this.#chunk.length;
    this.#deliver(whole ? this.#chunk : this.#chunk.subarray(this.#reported, end));
    this.#reported = end;
  }

  #deliver(piece: Uint8Array): void {
    if (this.#place === 'between' || this.#place === 'cluster' || this.#place === 'group') {
      this.#handler.bytes(piece);
      return;
    }
    if (this.#header.length + piece.length > MAX_HEADER) {
      throw new MatroskaError(`more than ${MAX_HEADER} bytes before the first Cluster`, this.#offset);
    }
    this.#header.append(piece);
  }

  /**
   * Opens the element at `at` of `bytes`, which is `position` in the stream. Returns the size of its id and size fields,
   * or 0 if more bytes are needed. On return #skip is what must be passed over before the next element begins.
   */
  #open(bytes: Uint8Array, at: number, end: number, position: number): number {
    const idLength = vintLength(bytes[at] as number);
    if (idLength > 4) throw new MatroskaError('no element begins here', position);
    if (at + idLength >= end) {
      // What is no EBML header at all is refused by its first byte, not when enough of it has come.
      if (this.#place === 'start' && bytes[at] !== ID.EBML >>> 24) throw new MatroskaError('no EBML header', position);
      return 0;
    }
    const sizeLength = vintLength(bytes[at + idLength] as number);
    if (sizeLength > 8) throw new MatroskaError('an element without a size', position);
    const content = at + idLength + sizeLength;
    if (content > end) return 0;
    const element: Opening = {
      id: readId(bytes, at, idLength),
      size: readSize(bytes, at + idLength, sizeLength),
      position,
      contentAt: position + content - at,
    };
    if (element.id === 0) throw new MatroskaError('no element begins here', position);
    if (this.#place === 'cluster' || this.#place === 'group') {
      const ends = this.#place === 'cluster' && this.#clusterEnd === Number.POSITIVE_INFINITY;
      // Nearly all of them are SimpleBlocks.
      if (element.id === ID.SimpleBlock || !ends || !(TOP_LEVEL.has(element.id) || element.id === ID.EBML)) {
        return this.#openInCluster(element, bytes, content, end) ? content - at : 0;
      }
      this.#place = 'between';
    }
    this.#openOutside(element);
    if (element.id === ID.Tags && this.#place === 'between') this.#withhold(element, bytes.subarray(at, content));
    return content - at;
  }

  #openOutside({ id, size, position, contentAt }: Opening): void {
    if (id === ID.EBML && (this.#place === 'start' || this.#place === 'between')) {
      if (this.#place === 'between') {
        this.#report(position - this.#offset);
        this.#handler.documentEnd();
      }
      this.#headerStart = position;
      this.#place = 'segment';
      if (size < 0 || size > MAX_EBML_HEADER) throw new MatroskaError('an EBML header of absurd size', position);
      this.#want(id, size);
      return;
    }
    if (id === ID.Segment && this.#place === 'segment') {
      // Its size says nothing that its children do not say better: live muxers never come back to write it.
      this.#place = 'header';
      return;
    }
    if (id === ID.Cluster && (this.#place === 'header' || this.#place === 'between')) {
      this.#beginCluster(size, position, contentAt);
      return;
    }
    const padding = id === ID.Void || id === ID.CRC32;
    if (this.#place === 'start') throw new MatroskaError('no EBML header', position);
    if (this.#place === 'segment' && !padding) throw new MatroskaError('no Segment behind the EBML header', position);
    if (id === ID.Segment || id === ID.EBML) throw new MatroskaError('a Segment inside a Segment', position);
    if (this.#place === 'between' && (id === ID.Tracks || id === ID.Info)) {
      throw new MatroskaError('Info or Tracks behind a Cluster; a new track needs a new EBML header', position);
    }
    if (CLUSTER_LEVEL.has(id)) throw new MatroskaError('a part of a Cluster outside any', position);
    if (size === UNKNOWN_SIZE) throw new MatroskaError('an unknown size outside Segment and Cluster', position);
    if (this.#place !== 'between' && size > MAX_HEADER) {
      throw new MatroskaError(`an element of ${size} bytes before the first Cluster`, position);
    }
    if (id === ID.Tags && size > LONGEST_TAGS) throw new MatroskaError(`a Tags element of ${size} bytes`, position);
    if (size > MAX_ELEMENT) throw new MatroskaError(`an element of ${size} bytes`, position);
    this.#skip = size;
  }

  /** False if more bytes are needed. */
  #openInCluster(element: Opening, bytes: Uint8Array, content: number, end: number): boolean {
    const { id, size, position, contentAt } = element;
    const outer = this.#place === 'group' ? this.#groupEnd : this.#clusterEnd;
    if (size === UNKNOWN_SIZE) throw new MatroskaError('an unknown size inside a Cluster', position);
    if (contentAt + size > outer) throw new MatroskaError('an element that ends behind its parent', position);
    if (size > MAX_ELEMENT) throw new MatroskaError(`an element of ${size} bytes inside a Cluster`, position);
    if (id === (this.#place === 'group' ? ID.Block : ID.SimpleBlock)) {
      return this.#openBlock(element, bytes, content, end);
    }
    if (id === ID.Segment || TOP_LEVEL.has(id) || id === ID.EBML) {
      throw new MatroskaError('a top-level element inside a Cluster', position);
    }
    if (id === ID.BlockGroup && this.#place === 'cluster') {
      this.#groupEnd = contentAt + size;
      this.#groupBlock = undefined;
      this.#groupRefers = false;
      if (size > 0) this.#place = 'group';
    } else if (id === ID.Timestamp && this.#place === 'cluster') {
      if (size > 8 || this.#timestampSeen)
        throw new MatroskaError('a Cluster timestamp too many or too long', position);
      this.#want(id, size);
    } else {
      if (id === ID.ReferenceBlock && this.#place === 'group') this.#refer();
      this.#skip = size;
    }
    return true;
  }

  #openBlock({ size, position }: Opening, bytes: Uint8Array, content: number, end: number): boolean {
    if (size === 0) throw new MatroskaError('an empty Block', position);
    if (content >= end) return false;
    const trackLength = vintLength(bytes[content] as number);
    if (trackLength > 8 || size < trackLength + 3) throw new MatroskaError('a Block without track and time', position);
    const timeAt = content + trackLength;
    if (timeAt + 3 > end) return false;
    if (!this.#timestampSeen) throw new MatroskaError('a Block in front of its Cluster timestamp', position);
    const track = readVint(bytes, content, trackLength);
    const time = (((bytes[timeAt] as number) << 24) | ((bytes[timeAt + 1] as number) << 16)) >> 16;
    // Frames are not looked into: one that cannot be read, or a lace, is a matter of playback.
    this.#skip = size;
    const grouped = this.#place === 'group';
    const key = grouped ? !this.#groupRefers : ((bytes[timeAt + 2] as number) & KEY_FLAG) !== 0;
    const block = { track, time, size, key };
    if (grouped) this.#groupBlock = block;
    this.#handler.block(block);
    return true;
  }

  #refer(): void {
    if (this.#groupBlock !== undefined) this.#handler.delta?.(this.#groupBlock);
    this.#groupBlock = undefined;
    this.#groupRefers = true;
  }

  #beginCluster(size: number, position: number, contentAt: number): void {
    if (size === Number.POSITIVE_INFINITY) throw new MatroskaError('a Cluster of absurd size', position);
    this.#report(position - this.#offset);
    if (this.#place === 'header') {
      const header = parseHeader(this.#header.take(), this.#headerStart, this.#signal);
      this.#place = 'cluster';
      this.#handler.header(header);
    }
    this.#place = size === 0 ? 'between' : 'cluster';
    this.#clusterEnd = size === UNKNOWN_SIZE ? Number.POSITIVE_INFINITY : contentAt + size;
    this.#timestampSeen = false;
    this.#handler.cluster();
  }

  /** Who listens at once must not hear of Tags before it is known whether they are a signal. */
  get #withholding(): boolean {
    return this.#wanted?.id === ID.Tags;
  }

  #withhold({ size, position, contentAt }: Opening, opening: Uint8Array): void {
    this.#report(position - this.#offset);
    this.#reported = contentAt - this.#offset;
    this.#want(ID.Tags, size);
    this.#collect(opening);
  }

  #want(id: number, size: number): void {
    this.#skip = size;
    this.#wanted = { id, size, bytes: new GrowingBuffer(size) };
  }
}
