// Reads Matroska for tests, strictly: an element it does not know, a size that leads out of its parent, a missing piece
// of a GetMedia chunk all throw. It knows nothing of src/media.
import { elementName, ID } from './ids.ts';
import type { Bytes } from './mkv.ts';

/** The bytes end before the document does. Everything else that is wrong is an ordinary Error. */
export class Truncated extends Error {}

export interface Element {
  readonly id: number;
  readonly name: string;
  /** Where the id starts and where the content starts and ends, in the bytes that were walked. */
  readonly start: number;
  readonly content: number;
  readonly end: number;
  readonly size: 'known' | 'unknown1' | 'unknown8';
  /** From the id to the end. */
  readonly bytes: Bytes;
  /** Masters only. */
  readonly children: readonly Element[];
}
export interface Frame {
  readonly track: number;
  /** Ticks: the cluster's timecode and the block's own. For the later frames of a lace, the block's time again. */
  readonly time: number;
  readonly key: boolean;
  readonly data: Bytes;
}
export type Pair = readonly [name: string, value: string];
export interface Cluster {
  readonly element: Element;
  readonly timecode: bigint;
  readonly frames: readonly Frame[];
}
export interface WalkedTrack {
  readonly number: number;
  readonly codecId: string;
  readonly codecPrivate: Bytes | undefined;
}
export interface Document {
  readonly bytes: Bytes;
  readonly docType: string;
  readonly ebml: Element;
  readonly segment: Element;
  readonly timecodeScale: number;
  readonly tracks: readonly WalkedTrack[];
  readonly clusters: readonly Cluster[];
}

const { EBML, Segment, Info, Tracks, TrackEntry, Cues, SeekHead, Tags, Tag, SimpleTag, Targets } = ID;
const MASTERS = new Set<number>([
  ...[EBML, Segment, SeekHead, ID.Seek, Info, Tracks, TrackEntry, ID.Cluster, ID.BlockGroup, Tags, Tag, Targets],
  ...[SimpleTag],
]);
const LEVEL1 = new Set<number>([SeekHead, Info, Tracks, ID.Cluster, Cues, Tags, ID.Chapters, ID.Attachments]);
const GLOBAL = new Set<number>([ID.Void, ID.CRC32]);
const PARENTS: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [Segment, new Set([...LEVEL1, ...GLOBAL])],
  [ID.Cluster, new Set([...GLOBAL, ID.Timecode, ID.Position, ID.PrevSize, ID.SimpleBlock, ID.BlockGroup])],
  [Tags, new Set([...GLOBAL, Tag])],
  [Tag, new Set<number>([...GLOBAL, Targets, SimpleTag])],
]);

function readId(bytes: Bytes, at: number): { id: number; next: number } {
  const first = bytes[at];
  if (first === undefined) throw new Truncated(`no element at ${at}`);
  const length = Math.clz32(first) - 23;
  if (length > 4) throw new Error(`no element id at ${at}: ${first.toString(16)}`);
  if (at + length > bytes.length) throw new Truncated(`id cut at ${at}`);
  return { id: Number(unsigned(bytes.subarray(at, at + length))), next: at + length };
}

function readSize(bytes: Bytes, at: number): { size: number | 'unknown1' | 'unknown8'; next: number } {
  const first = bytes[at];
  if (first === undefined) throw new Truncated(`no size at ${at}`);
  const length = Math.clz32(first) - 23;
  if (length > 8) throw new Error(`no size at ${at}`);
  if (at + length > bytes.length) throw new Truncated(`size cut at ${at}`);
  const value = unsigned(bytes.subarray(at, at + length)) & ((1n << BigInt(7 * length)) - 1n);
  const next = at + length;
  if (value !== (1n << BigInt(7 * length)) - 1n) return { size: Number(value), next };
  if (length !== 1 && length !== 8) throw new Error(`unknown size in ${length} bytes at ${at}`);
  return { size: length === 1 ? 'unknown1' : 'unknown8', next };
}

/** A big-endian integer; an empty element is 0. */
const unsigned = (bytes: Bytes): bigint => BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
const string = (bytes: Bytes): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\0+$/, '');

function readElement(bytes: Bytes, start: number, limit: number, parent: number | undefined): Element {
  const { id, next } = readId(bytes, start);
  const allowed = parent === undefined ? new Set([EBML, Segment]) : PARENTS.get(parent);
  if (allowed && !allowed.has(id)) throw new Error(`${elementName(id)} at ${start} may not stand here`);
  const { size, next: content } = readSize(bytes, next);
  if (typeof size === 'number' && content + size > limit) {
    const message = `${elementName(id)} at ${start} ends at ${content + size}, after ${limit}`;
    throw limit === bytes.length ? new Truncated(message) : new Error(message);
  }
  const known = typeof size === 'number';
  const children: Element[] = [];
  let end = known ? content + size : content;
  if (MASTERS.has(id)) {
    const inside = known ? end : limit;
    for (end = content; end < inside && (known || !closes(id, readId(bytes, end).id)); ) {
      const child = readElement(bytes, end, inside, id);
      children.push(child);
      end = child.end;
    }
  } else if (!known) throw new Error(`${elementName(id)} at ${start} may not have an unknown size`);
  const name = elementName(id);
  return { id, name, start, content, end, size: known ? 'known' : size, bytes: bytes.subarray(start, end), children };
}

/** A master of unknown size ends where something begins that cannot be its child. */
const closes = (master: number, id: number): boolean =>
  id === EBML || (master === ID.Cluster && (LEVEL1.has(id) || id === Segment));

export const payload = (element: Element): Bytes => element.bytes.subarray(element.content - element.start);
const childrenOf = (element: Element, id: number): Element[] => element.children.filter((child) => child.id === id);

/** Names and values of all SimpleTags of a Tags, in order. */
export function tagPairs(element: Element): Pair[] {
  return childrenOf(element, Tag).flatMap((tag) =>
    childrenOf(tag, SimpleTag).map((simple): Pair => {
      const [name, value] = [ID.TagName, ID.TagString].map((id) => readElements(simple, id).map(string));
      if (name?.length !== 1 || (value?.length ?? 0) > 1) throw new Error(`odd SimpleTag at ${simple.start}`);
      return [name[0] as string, value?.[0] ?? ''];
    }),
  );
}
const readElements = (parent: Element, id: number): Bytes[] => childrenOf(parent, id).map(payload);

function only(parent: Element, id: number): Element {
  const [found, ...more] = childrenOf(parent, id);
  if (found === undefined || more.length > 0)
    throw new Error(`${more.length ? 'several' : 'no'} ${elementName(id)} in ${parent.name} at ${parent.start}`);
  return found;
}

function readCluster(element: Element): Cluster {
  const timecode = unsigned(payload(only(element, ID.Timecode)));
  const frames = element.children.flatMap((child): Frame[] => {
    if (child.id === ID.SimpleBlock) return readBlock(payload(child), timecode, undefined);
    if (child.id !== ID.BlockGroup) return [];
    const key = childrenOf(child, ID.ReferenceBlock).length === 0;
    return readBlock(payload(only(child, ID.Block)), timecode, key);
  });
  return { element, timecode, frames };
}

function readBlock(block: Bytes, timecode: bigint, groupKey: boolean | undefined): Frame[] {
  const { size: track, next } = readSize(block, 0);
  if (typeof track !== 'number' || block.length < next + 3) throw new Error('odd block head');
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const time = Number(timecode) + view.getInt16(next);
  const flags = view.getUint8(next + 2);
  return unlace(block, next + 3, (flags >> 1) & 3).map((data) => ({
    track,
    time,
    key: groupKey ?? (flags & 0x80) !== 0,
    data,
  }));
}

function unlace(block: Bytes, start: number, lacing: number): Bytes[] {
  if (lacing === 0) return [block.subarray(start)];
  const count = (block[start] as number) + 1;
  const sizes: number[] = [];
  let at = start + 1;
  if (lacing === 2) sizes.push(...new Array(count - 1).fill((block.length - at) / count));
  for (; sizes.length < count - 1; ) {
    if (lacing === 1) {
      let size = 0;
      for (; block[at] === 255; at++) size += 255;
      sizes.push(size + (block[at++] as number));
    } else {
      const { size, next } = readSize(block, at);
      const half = 2 ** (7 * (next - at) - 1) - 1;
      if (typeof size !== 'number') throw new Error('unknown size in a lace');
      sizes.push(sizes.length === 0 ? size : (sizes.at(-1) as number) + size - half);
      at = next;
    }
  }
  const frames = sizes.map((size) => {
    at += size;
    return block.subarray(at - size, at);
  });
  if (at > block.length || sizes.some((size) => size < 0 || !Number.isInteger(size))) throw new Error('odd lace');
  return [...frames, block.subarray(at)];
}

/** All documents of the bytes: each an EBML header and a Segment. */
export function walk(bytes: Bytes): Document[] {
  const documents: Document[] = [];
  for (let at = 0; at < bytes.length; ) {
    const ebml = readElement(bytes, at, bytes.length, undefined);
    if (ebml.id !== EBML) throw new Error(`${ebml.name} at ${at} instead of EBML`);
    const segment = readElement(bytes, ebml.end, bytes.length, undefined);
    if (segment.id !== Segment) throw new Error(`${segment.name} at ${ebml.end} instead of Segment`);
    const scale = childrenOf(segment, Info).flatMap((info) => readElements(info, ID.TimecodeScale))[0];
    documents.push({
      bytes: bytes.subarray(at, segment.end),
      docType: string(payload(only(ebml, ID.DocType))),
      ebml,
      segment,
      timecodeScale: scale ? Number(unsigned(scale)) : 1_000_000,
      tracks: childrenOf(segment, Tracks)
        .flatMap((list) => childrenOf(list, TrackEntry))
        .map((entry) => ({
          number: Number(unsigned(payload(only(entry, ID.TrackNumber)))),
          codecId: string(payload(only(entry, ID.CodecID))),
          codecPrivate: readElements(entry, ID.CodecPrivate)[0],
        })),
      clusters: childrenOf(segment, ID.Cluster).map(readCluster),
    });
    at = segment.end;
  }
  return documents;
}
