import type { DiskPayload } from './diskPayload.ts';
import { DataFolderError } from './failures.ts';
import type { Files } from './files.ts';
import { FORMAT } from './frame.ts';
import { MARKS_HEAD, type Marks, readMarks } from './marks.ts';
import { type Line, Segment } from './segment.ts';
import { readIndex } from './segmentIndex.ts';
import { scanSegment } from './segmentScan.ts';
import type { SetAside } from './setAside.ts';

interface Parts {
  readonly files: Files;
  readonly aside: SetAside;
  readonly folder: string;
  readonly arn: string;
}

export interface Loaded {
  readonly segment: Segment<DiskPayload>;
  /** What is there. */
  readonly lines: readonly Line[];
}

/** The segments in a stream's folder, with what is in them. What is damaged is set aside. Throws node's error. */
export function loadSegments(parts: Parts): {
  readonly loaded: Loaded[];
  /** Those that were going. */
  readonly going: Segment[];
  readonly next: number;
} {
  const { files, folder } = parts;
  const endings = new Map<number, Set<string>>();
  for (const name of files.list(folder)) {
    const [, number, ending] = /^(\d{6,})\.(.+)$/.exec(name) ?? [];
    if (number === undefined || ending === undefined) continue;
    const known = endings.get(Number(number)) ?? new Set();
    endings.set(Number(number), known.add(ending));
  }
  const numbers = [...endings.keys()].sort((a, b) => a - b);
  const isGoing = (number: number): boolean => endings.get(number)?.has('old') === true;
  const going = numbers.filter(isGoing).map((number) => new Segment(folder, number));
  const loaded = numbers
    .filter((number) => !isGoing(number))
    .map((number) => loadSegment(parts, new Segment<DiskPayload>(folder, number), endings.get(number) ?? new Set()))
    .filter((one) => one !== undefined);
  return { loaded, going, next: (numbers.at(-1) ?? 0) + 1 };
}

function loadSegment(parts: Parts, segment: Segment<DiskPayload>, endings: ReadonlySet<string>): Loaded | undefined {
  const { files, aside, arn } = parts;
  files.remove(`${segment.indexPath}.new`);
  if (!endings.has('seg')) {
    const begun = !endings.has('idx') && sizeOf(files, segment.marksPath) <= MARKS_HEAD.length;
    if (!begun) aside.missing(segment.path, 'the fragments in it are lost.');
    else if (endings.has('gone')) aside.begun(segment.path, 'the fragments in it are lost');
    removeRest(files, segment);
    return undefined;
  }
  const index = endings.has('idx') ? indexOf(parts, segment) : undefined;
  const { lines, size, ...rest } = index ?? scanned(parts, segment);
  if ((index?.format ?? FORMAT) > FORMAT) throw new DataFolderError(newer(segment.indexPath));
  if ('arn' in rest && rest.arn !== undefined && rest.arn !== arn) {
    aside.whole(segment.path, `it belongs to ${rest.arn}, and is in the folder of ${arn}`);
    removeRest(files, segment);
    return undefined;
  }
  segment.size = size;
  const begun = 'begun' in rest && rest.begun === true;
  const { removed, only } = marksOf(parts, segment, { begun, inUse: lines.length > 0 });
  // An index says itself what belongs there.
  const own = index === undefined && only !== undefined ? lines.filter((line) => belongs(line, only)) : lines;
  segment.lines = index === undefined ? own : undefined;
  return { segment, lines: own.filter((line) => line.kind === 'header' || !removed.has(line.at)) };
}

const belongs = (line: Line, only: ReadonlySet<number>): boolean => line.kind === 'header' || only.has(line.at);

const newer = (path: string): string =>
  `${path} was written by a newer version of kvs-emulator. Use that version, or another folder.`;

function indexOf({ files, aside }: Parts, segment: Segment) {
  const found = readIndex(files.readNow(segment.indexPath));
  if (found === undefined) {
    aside.whole(segment.indexPath, 'its checksum does not fit; it is made again from the segment');
    return undefined;
  }
  const size = files.size(segment.path) ?? 0;
  if (size >= found.size) return found;
  aside.missing(`${segment.path} from byte ${size} on`, `it had ${found.size}. The fragments there are lost.`);
  const isThere = (line: Line): boolean => line.kind === 'header' || line.at + line.length <= size;
  return { ...found, lines: found.lines.filter(isThere) };
}

function scanned({ files, aside }: Parts, segment: Segment) {
  if (files.size(segment.path) === 0) aside.empty(segment.path);
  const found = scanSegment(files, segment.path);
  if (found.format > FORMAT) throw new DataFolderError(newer(segment.path));
  for (const { at, length, why, torn } of found.broken) {
    if (torn) aside.torn(segment.path, at, length);
    else aside.part(segment.path, at, length, why);
  }
  return found;
}

/** @param inUse there are fragments in it, all of which may have come just before a sudden stop if it was `begun` */
function marksOf(
  { files, aside }: Parts,
  segment: Segment,
  { begun, inUse }: { readonly begun: boolean; readonly inUse: boolean },
): Marks {
  const { marksPath: path } = segment;
  files.remove(`${path}.new`);
  const bytes = files.size(path) === undefined ? undefined : files.readNow(path);
  const { whole, unwritten, size, ...marks } = readMarks(bytes ?? Buffer.alloc(0));
  segment.markedBytes = size;
  if (bytes !== undefined && whole && size < bytes.length) aside.end(path, size, bytes.length - size);
  if (whole || !inUse) return marks;
  const again = 'fragments that had been removed may be there again';
  if (unwritten || (begun && (bytes?.length ?? 0) <= MARKS_HEAD.length)) aside.begun(path, again);
  else if (bytes === undefined) aside.missing(path, `${again}.`);
  else aside.part(path, 0, bytes.length, again);
  // What could be read is written down anew.
  [segment.markedBytes, segment.removed, segment.only] = [0, [...marks.removed], marks.only];
  return marks;
}

const sizeOf = (files: Files, path: string): number => files.size(path) ?? 0;

/** What there is besides a segment goes. It is to have gone itself, for good, or its marks would have nothing to say. */
export function removeRest(files: Files, segment: Segment): void {
  removeBeside(files, segment);
  files.remove(segment.oldPath);
}

export function removeBeside(files: Files, { indexPath, marksPath }: Segment): void {
  for (const each of [indexPath, marksPath]) files.remove(each);
}
