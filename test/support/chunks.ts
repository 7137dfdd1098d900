// Reads what GetMedia and GetMediaForFragmentList answer: one Matroska document per fragment, each with the service's
// tags around it. Strict: order, names and size widths are those of the service, or it throws.
import { ID } from './ids.ts';
import { type Bytes, concat } from './mkv.ts';
import { type Cluster, type Document, type Element, type Frame, type Pair, Truncated, tagPairs, walk } from './walk.ts';

export interface Chunk {
  readonly bytes: Bytes;
  readonly document: Document;
  readonly fragmentNumber: string;
  /** Epoch seconds with three decimals, as written. */
  readonly serverTimestamp: string;
  readonly producerTimestamp: string;
  /** Milliseconds as written, and the token; undefined where the answer carries no tail (GetMediaForFragmentList). */
  readonly millisBehindNow: string | undefined;
  readonly continuationToken: string | undefined;
  /** The producer's header: from the EBML id up to the service's first tag, without producer tags. */
  readonly header: Bytes;
  /** Producer tags in front of the service's, and those between the cluster and the service's tail. */
  readonly headerTags: readonly Pair[];
  readonly trailingTags: readonly Pair[];
  /** Bytes of whatever the producer sent between the cluster and the service's tail. */
  readonly trailing: Bytes;
  readonly cluster: Cluster;
  readonly frames: readonly Frame[];
}
export interface ErrorChunk {
  readonly code: string;
  readonly id: string;
  readonly fragmentNumber: string | undefined;
}

const PREFIX = 'AWS_KINESISVIDEO_';
const HEAD = ['FRAGMENT_NUMBER', 'SERVER_TIMESTAMP', 'PRODUCER_TIMESTAMP'];
const TAIL = ['MILLIS_BEHIND_NOW', 'CONTINUATION_TOKEN'];
const names = (element: Element): string =>
  tagPairs(element)
    .map(([name]) => name)
    .join();
const nameList = (list: readonly string[]): string => list.map((name) => PREFIX + name).join();
const isTags = (element: Element): boolean => element.id === ID.Tags;

/** Every size inside the service's own tags takes four bytes. */
function checkWidths(element: Element): void {
  const idLength = element.id > 0xffff ? 4 : 2;
  if (element.content - element.start !== idLength + 4) throw new Error(`${element.name} of the service: size width`);
  for (const child of element.children) checkWidths(child);
}

function values(element: Element): string[] {
  checkWidths(element);
  const [tag, ...more] = element.children;
  if (tag === undefined || more.length > 0) throw new Error('the service writes one Tag per Tags');
  return tagPairs(element).map(([, value]) => value);
}

function matching(text: string | undefined, pattern: RegExp): string {
  if (text === undefined || !pattern.test(text)) throw new Error(`${text} instead of ${pattern}`);
  return text;
}

function readChunk(document: Document, tail: 'required' | 'absent'): Chunk {
  if (document.segment.size !== 'unknown8') throw new Error(`Segment of size ${document.segment.size}`);
  const elements = document.segment.children;
  const at = elements.findIndex((element) => element.id === ID.Cluster);
  const [cluster, ...others] = document.clusters;
  if (cluster === undefined) throw new Truncated('a document without a cluster');
  if (others.length > 0) throw new Error(`${others.length + 1} clusters in a chunk`);
  const head = elements[at - 1];
  if (head === undefined || !isTags(head) || names(head) !== nameList(HEAD))
    throw new Error('the service tags do not stand right before the cluster');
  const [number, server, producer] = values(head);
  const before = elements.slice(0, at - 1);
  const after = elements.slice(at + 1);
  const last = tail === 'required' ? after.pop() : undefined;
  if (tail === 'required' && (last === undefined || !isTags(last) || names(last) !== nameList(TAIL)))
    throw new Truncated('no service tags at the end');
  const [behind, token] = last ? values(last) : [];
  const tagsBefore = before.filter(isTags);
  if (tagsBefore.some((element) => names(element).includes(PREFIX + HEAD[0])))
    throw new Error('the service tags stand in the header twice');
  const { ebml, segment } = document;
  const start = segment.bytes.subarray(0, segment.content - segment.start);
  return {
    bytes: document.bytes,
    document,
    fragmentNumber: matching(number, /^\d{47}$/),
    serverTimestamp: matching(server, /^\d+\.\d{3}$/),
    producerTimestamp: matching(producer, /^\d+\.\d{3}$/),
    millisBehindNow: last ? matching(behind, /^\d+$/) : undefined,
    continuationToken: last ? matching(token, /^[a-zA-Z0-9_.-]{1,128}$/) : undefined,
    header: concat(ebml.bytes, start, ...before.filter((element) => !isTags(element)).map((element) => element.bytes)),
    headerTags: tagsBefore.flatMap(tagPairs),
    trailingTags: after.filter(isTags).flatMap(tagPairs),
    trailing: concat(...after.map((element) => element.bytes)),
    cluster,
    frames: cluster.frames,
  };
}

/** Every chunk of a whole answer. `tail` says whether the answer's chunks end with the service's tail tags. */
export const walkChunks = (bytes: Bytes, tail: 'required' | 'absent' = 'required'): Chunk[] =>
  walk(bytes).map((document) => readChunk(document, tail));

/** An answer that ends with an error document: the chunks before it, and the error. */
export function walkError(bytes: Bytes): { chunks: Chunk[]; error: ErrorChunk } {
  const documents = walk(bytes);
  const last = documents.pop();
  if (last === undefined || last.clusters.length > 0) throw new Error('the answer does not end with an error document');
  const [tags, ...others] = last.segment.children;
  if (tags === undefined || !isTags(tags) || others.length > 0) throw new Error('an error document is one Tags');
  checkWidths(tags);
  const found = new Map(tagPairs(tags));
  const code = found.get(`${PREFIX}ERROR_CODE`);
  const id = found.get(`${PREFIX}ERROR_ID`);
  if (code === undefined || id === undefined) throw new Error('an error document has a code and an id');
  const error = { code, id, fragmentNumber: found.get(`${PREFIX}FRAGMENT_NUMBER`) };
  return { chunks: documents.map((document) => readChunk(document, 'required')), error };
}

/** Reads a live answer until `count` chunks are whole, and no further. */
export async function readChunks(stream: AsyncIterable<Bytes>, count: number): Promise<Chunk[]> {
  let bytes: Bytes = new Uint8Array();
  for await (const piece of stream) {
    bytes = concat(bytes, piece);
    const chunks = wholeChunks(bytes);
    if (chunks.length >= count) return chunks.slice(0, count);
  }
  throw new Error(`the answer ended with ${wholeChunks(bytes).length} of ${count} chunks`);
}

/** The chunks that are all there; a cut one at the end is left out. */
export function wholeChunks(bytes: Bytes): Chunk[] {
  const starts: number[] = [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf('1a45dfa3', 0, 'hex'); at !== -1; at = buffer.indexOf('1a45dfa3', at + 4, 'hex'))
    starts.push(at);
  for (const end of [bytes.length, ...starts.reverse()]) {
    try {
      return walkChunks(bytes.subarray(0, end));
    } catch (error) {
      if (!(error instanceof Truncated)) throw error;
    }
  }
  return [];
}
