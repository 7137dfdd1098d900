// A walk over Matroska as it goes by: where Clusters and blocks begin and what time they have, and what Tags say. It
// looks for no errors (the service does) and stops looking at the first thing that is no element.

/** Offsets are bytes from the beginning; times are milliseconds in the media's own time. */
export type Mark =
  | { readonly kind: 'document'; readonly offset: number }
  /** `timecode` is the Cluster's as it stands there, in the media's timecode scale. */
  | { readonly kind: 'cluster'; readonly offset: number; readonly timecode: number; readonly ms: number }
  | { readonly kind: 'block'; readonly offset: number; readonly track: number; readonly ms: number }
  | { readonly kind: 'tags'; readonly end: number; readonly tags: ReadonlyMap<string, string> };

const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMECODE_SCALE = 0x2ad7b1;
const CLUSTER = 0x1f43b675;
const TIMECODE = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const TAGS = 0x1254c367;
const TAG = 0x7373;
const SIMPLE_TAG = 0x67c8;
const TAG_NAME = 0x45a3;
const TAG_STRING = 0x4487;

/** Elements whose children are looked at; that also deals with sizes nobody knows. */
const ENTERED: ReadonlySet<number> = new Set([SEGMENT, INFO, CLUSTER, BLOCK_GROUP]);
/** Elements that are read whole, and how long they may be. */
const READ: ReadonlyMap<number, number> = new Map([
  [TIMECODE_SCALE, 8],
  [TIMECODE, 8],
  [TAGS, 65_536],
]);
/** Track number of one or two bytes and a time of two. */
const BLOCK_HEAD = 4;

interface Header {
  readonly id: number;
  readonly size: number;
  readonly length: number;
}

/** The element header at `at`; undefined if it is not all there, null if there is none. */
function header(bytes: Uint8Array, at: number): Header | undefined | null {
  const idLength = Math.clz32(bytes[at] ?? 1) - 23;
  if (idLength > 4) return at < bytes.length ? null : undefined;
  const sizeLength = Math.clz32(bytes[at + idLength] ?? 1) - 23;
  if (at + idLength >= bytes.length) return undefined;
  if (sizeLength > 8) return null;
  const length = idLength + sizeLength;
  if (at + length > bytes.length) return undefined;
  return { id: unsigned(bytes, at, idLength), size: vint(bytes, at + idLength, sizeLength), length };
}

/** Without the bit that marks the length, which would push the lowest bits of an 8-byte size out of a number. */
const vint = (bytes: Uint8Array, at: number, length: number): number =>
  ((bytes[at] ?? 0) & (0xff >> length)) * 256 ** (length - 1) + unsigned(bytes, at + 1, length - 1);

/** Loses the lowest bits beyond 2^53, where there is no time and no size any more. */
function unsigned(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = at; i < at + length; i++) value = value * 256 + (bytes[i] ?? 0);
  return value;
}

export class Scanner {
  #held: Uint8Array = new Uint8Array(0);
  /** Offset of the first byte of #held. */
  #offset = 0;
  #skip = 0;
  #lost = false;
  #scale = 1_000_000;
  #cluster = 0;
  #clusterAt = 0;

  /** Everything that has begun with this chunk. */
  *push(chunk: Uint8Array): Generator<Mark, void, undefined> {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let at = 0;
    while (!this.#lost) {
      const skipped = Math.min(this.#skip, bytes.length - at);
      at += skipped;
      this.#skip -= skipped;
      const found = header(bytes, at);
      if (found === undefined) break;
      if (found === null) this.#lost = true;
      else {
        const data = at + found.length;
        const wanted = this.#wanted(found);
        if (data + wanted > bytes.length) break;
        yield* this.#read(found, this.#offset + at, bytes.subarray(data, data + wanted));
        at = data;
        if (!ENTERED.has(found.id)) this.#skip = found.size;
      }
    }
    this.#held = this.#lost ? new Uint8Array(0) : bytes.slice(at);
    this.#offset += at;
  }

  #wanted({ id, size }: Header): number {
    if (id === SIMPLE_BLOCK || id === BLOCK) return Math.min(size, BLOCK_HEAD);
    return size <= (READ.get(id) ?? 0) ? size : 0;
  }

  *#read({ id, length }: Header, offset: number, data: Uint8Array): Generator<Mark, void, undefined> {
    if (id === EBML) {
      this.#scale = 1_000_000;
      yield { kind: 'document', offset };
    } else if (id === TIMECODE_SCALE) this.#scale = unsigned(data, 0, data.length) || this.#scale;
    else if (id === CLUSTER) this.#clusterAt = offset;
    else if (id === TIMECODE) {
      this.#cluster = unsigned(data, 0, data.length);
      yield { kind: 'cluster', offset: this.#clusterAt, timecode: this.#cluster, ms: this.#ms(0) };
    } else if (id === SIMPLE_BLOCK || id === BLOCK) {
      const trackLength = (data[0] ?? 0) & 0x80 ? 1 : 2;
      const track = vint(data, 0, trackLength);
      const relative = (unsigned(data, trackLength, 2) << 16) >> 16;
      yield { kind: 'block', offset, track, ms: this.#ms(relative) };
    } else if (id === TAGS) yield { kind: 'tags', end: offset + length + data.length, tags: readTags(data) };
  }

  #ms(relative: number): number {
    return ((this.#cluster + relative) * this.#scale) / 1e6;
  }
}

/** Name and text of every simple tag, however deep. */
function readTags(data: Uint8Array): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  const text = new TextDecoder();
  let name = '';
  for (let at = 0; at < data.length; ) {
    const found = header(data, at);
    if (!found) break;
    at += found.length;
    if (found.id === TAG || found.id === SIMPLE_TAG) continue;
    const value = data.subarray(at, at + found.size);
    if (found.id === TAG_NAME) name = text.decode(value);
    if (found.id === TAG_STRING) tags.set(name, text.decode(value));
    at += found.size;
  }
  return tags;
}
