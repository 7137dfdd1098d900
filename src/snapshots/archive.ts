import { createHash } from 'node:crypto';
import { nextOf } from '../domain/fragments/nextOf.ts';
import { toText } from '../runtime/plain.ts';
import { sliceOver, turn } from '../runtime/slices.ts';
import type { Captured, CapturedFragment, CapturedShelf } from './captured.ts';
import { CLOCK, FORMAT, MANIFEST, type Manifest, mediaName, partName, SUMS, tableName, VERSION } from './layout.ts';
import { tarEnd, tarHead, tarPadding } from './tar.ts';

interface File {
  readonly name: string;
  readonly size: number | Promise<number>;
  readonly pieces: () => AsyncIterable<Uint8Array>;
}

/** Lines of text are handed on in pieces of about this size. */
const PIECE_BYTES = 65_536;

/**
 * A snapshot as a tar archive, piece by piece: the same bytes for the same state. What it holds has to be held until it has
 * been read.
 */
export async function* writeArchive(captured: Captured): AsyncGenerator<Uint8Array> {
  let sums = '';
  for (const { name, size, pieces } of filesOf(captured)) {
    const hash = createHash('sha256');
    const length = await size;
    yield tarHead(name, length);
    for await (const piece of pieces()) {
      hash.update(piece);
      yield piece;
    }
    yield tarPadding(length);
    sums += `${hash.digest('hex')}  ${name}\n`;
  }
  const last = Buffer.from(sums);
  yield tarHead(SUMS, last.length);
  yield last;
  yield tarPadding(last.length);
  yield tarEnd();
}

const byName = <T>([a]: readonly [string, T], [b]: readonly [string, T]): number => (a < b ? -1 : 1);

function* filesOf({ asked, clock, parts, tables, shelves }: Captured): Generator<File> {
  const manifest: Manifest = { format: FORMAT, version: VERSION, journal: asked.journal, secrets: asked.secrets };
  yield textFile(MANIFEST, `${JSON.stringify(manifest)}\n`);
  yield textFile(CLOCK, toText(clock));
  for (const [name, text] of [...parts].sort(byName)) yield textFile(partName(name), text);
  for (const [name, entries] of [...tables].sort(byName)) {
    const sorted = [...entries].sort(byName);
    yield linesFile(tableName(name), () => sorted);
  }
  let index = 0;
  for (const shelf of [...shelves].sort((a, b) => (a.arn < b.arn ? -1 : 1))) yield* mediaFiles(index++, shelf);
}

/** Numbers of fragments have as many digits each: they are in order as texts. */
function* mediaFiles(index: number, { arn, headers, fragments }: CapturedShelf): Generator<File> {
  const sorted = [...fragments].sort((a, b) => (a.record.number < b.record.number ? -1 : 1));
  const all = [...headers].sort(byName);
  yield linesFile(mediaName(index, 'headers.jsonl'), function* () {
    yield arn;
    yield* all;
  });
  yield linesFile(mediaName(index, 'fragments.jsonl'), function* () {
    for (const { record, bytes } of sorted) yield { record, size: bytes.size };
  });
  yield {
    name: mediaName(index, 'bytes'),
    size: sorted.reduce((sum, { bytes }) => sum + bytes.size, 0),
    pieces: () => bytesOf(sorted),
  };
}

async function* bytesOf(fragments: readonly CapturedFragment[]): AsyncGenerator<Uint8Array> {
  for (const { bytes } of fragments) {
    const reading = await bytes.open();
    for (let piece = await nextOf(reading); piece !== undefined; piece = await nextOf(reading)) yield piece;
  }
}

function textFile(name: string, text: string): File {
  const bytes = Buffer.from(text);
  return {
    name,
    size: bytes.length,
    pieces: async function* () {
      yield bytes;
    },
  };
}

/** Written twice: how long it is stands in front of it, and all of it at once may be more than a text can be. */
function linesFile(name: string, items: () => Iterable<unknown>): File {
  const pieces = () => linesOf(items());
  return { name, size: lengthOf(pieces()), pieces };
}

async function lengthOf(pieces: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const piece of pieces) length += piece.length;
  return length;
}

async function* linesOf(items: Iterable<unknown>): AsyncGenerator<Uint8Array> {
  let text = '';
  for (const item of items) {
    text += `${toText(item)}\n`;
    if (sliceOver()) await turn();
    if (text.length < PIECE_BYTES) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
