// What a MatroskaReader tells, written down; and what it should tell, worked out by the walker.
import { MatroskaError } from '../../src/media/matroska/error.ts';
import type { MatroskaHandler } from '../../src/media/matroska/handler.ts';
import type { MatroskaHeader } from '../../src/media/matroska/header.ts';
import { MatroskaReader } from '../../src/media/matroska/reader.ts';
import { ID } from './ids.ts';
import { type Bytes, concat, hex } from './mkv.ts';
import { payload, tagPairs, walk } from './walk.ts';

export interface Recording {
  /** One line an event. `@` is how many bytes had been reported by then. */
  readonly events: readonly string[];
  readonly bytes: Bytes;
  readonly headers: readonly MatroskaHeader[];
  /** What the reader threw, if it did. */
  readonly error: MatroskaError | undefined;
  readonly reader: MatroskaReader;
  readonly blocks: number;
}

export interface RecordOptions {
  /** False leaves the stream open. */
  readonly end?: boolean;
  /** Name of tags that are left out. */
  readonly signal?: string;
}

/** Pushes `pieces` and ends the stream. An error other than a MatroskaError is thrown on. */
export function record(pieces: Iterable<Bytes>, { end = true, ...options }: RecordOptions = {}): Recording {
  const events: string[] = [];
  const reported: Bytes[] = [];
  const headers: MatroskaHeader[] = [];
  let size = 0;
  let blocks = 0;
  const handler: MatroskaHandler = {
    header(header) {
      headers.push(header);
      events.push(headerLine(header.bytes, header.trackNumbers, size));
    },
    cluster: () => void events.push(`cluster @${size}`),
    timestamp: (ticks) => void events.push(`timestamp ${ticks} @${size}`),
    block({ track, time, size: length }) {
      blocks++;
      events.push(blockLine(track, time, length));
    },
    tags: (tags) => void events.push(tagsLine(tags, size)),
    signal: () => void events.push(`signal @${size}`),
    documentEnd: () => void events.push(`documentEnd @${size}`),
    bytes(piece) {
      if (piece.length === 0) throw new Error('an empty piece was reported');
      reported.push(piece);
      size += piece.length;
    },
  };
  const reader = new MatroskaReader(handler, options);
  let error: MatroskaError | undefined;
  try {
    for (const piece of pieces) reader.push(piece);
    if (end) reader.end();
  } catch (thrown) {
    if (!(thrown instanceof MatroskaError)) throw thrown;
    error = thrown;
  }
  return { events, bytes: new Uint8Array(Buffer.concat(reported)), headers, error, reader, blocks };
}

const headerLine = (bytes: Bytes, tracks: readonly number[], at: number): string =>
  `header ${bytes.length} bytes, tracks ${tracks.join(' ')} @${at}`;
const blockLine = (track: number, time: number, size: number): string => `block ${track} ${time} ${size}`;
const tagsLine = (tags: readonly { name: string; value: string }[], at: number): string =>
  `tags ${JSON.stringify(tags.map(({ name, value }) => [name, value]))} @${at}`;

/** The bytes in pieces of `size`. */
export function* inPieces(bytes: Bytes, size: number): Generator<Bytes> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export interface Expected {
  readonly events: string[];
  readonly bytes: Bytes;
}

/** What a reader has to tell of whole documents, found by an independent reader. */
export function expected(stream: Bytes): Expected {
  const events: string[] = [];
  const parts: Bytes[] = [];
  let size = 0;
  const pass = (bytes: Bytes): void => {
    parts.push(bytes);
    size += bytes.length;
  };
  const documents = walk(stream);
  documents.forEach(({ ebml, segment, tracks }, index) => {
    const first = segment.children.find(({ id }) => id === ID.Cluster);
    if (first === undefined) throw new Error('no Cluster');
    const start = segment.bytes.subarray(segment.content - segment.start, first.start - segment.start);
    const head = concat(ebml.bytes, hex('1853806701ffffffffffffff'), start);
    const numbers = tracks.map(({ number }) => number);
    events.push(headerLine(head, numbers, size));
    for (const child of segment.children.filter((element) => element.start >= first.start)) {
      if (child.id === ID.Cluster) {
        events.push(`cluster @${size}`);
        for (const inner of child.children) {
          const upTo = size + inner.end - child.start;
          if (inner.id === ID.Timecode) {
            events.push(`timestamp ${BigInt(`0x${Buffer.from(payload(inner)).toString('hex')}`)} @${upTo}`);
          }
          const group = inner.id === ID.BlockGroup ? inner.children : [inner];
          for (const { id, bytes, content, start: from } of group) {
            if (id !== ID.SimpleBlock && id !== ID.Block) continue;
            const block = bytes.subarray(content - from);
            const track = Math.clz32(block[0] as number) - 23;
            const number = Buffer.from(block).readUIntBE(0, track) - 2 ** (7 * track);
            events.push(blockLine(number, Buffer.from(block).readInt16BE(track), block.length));
          }
        }
      }
      pass(child.bytes);
      if (child.id === ID.Tags) {
        const tags = tagPairs(child).map(([name, value]) => ({ name, value }));
        events.push(tagsLine(tags, size));
      }
    }
    if (index < documents.length - 1) events.push(`documentEnd @${size}`);
  });
  return { events, bytes: concat(...parts) };
}
