import type { DiskPayload } from './diskPayload.ts';
import { DataFolderError } from './failures.ts';
import type { Files } from './files.ts';
import { FORMAT } from './frame.ts';
import { type Marks, readMarks } from './marks.ts';
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
    if (endings.has('idx') || endings.has('gone')) aside.missing(segment.path, 'the fragments in it are lost.');
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
  const { removed, only } = marksOf(parts, segment, endings.has('gone'), lines.length > 0);
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
  for (const { at, length, why } of found.broken) {
    if (why === undefined) aside.end(segment.path, at, length);
    else aside.part(segment.path, at, length, why);
  }
  return found;
}

function marksOf({ files, aside }: Parts, segment: Segment, there: boolean, inUse: boolean): Marks {
  if (!there) {
    // A segment is made first.
    if (inUse) aside.missing(segment.marksPath, 'fragments that had been removed may be there again.');
    return { removed: new Set(), only: undefined };
  }
  const bytes = files.readNow(segment.marksPath);
  const { whole, size, ...marks } = readMarks(bytes);
  segment.markedBytes = size;
  if (whole && size < bytes.length) aside.end(segment.marksPath, size, bytes.length - size);
  if (!whole && inUse) {
    aside.part(segment.marksPath, 0, bytes.length, 'fragments that had been removed may be there again');
  }
  return marks;
}

/** What there is besides a segment goes. It is to have gone itself, for good, or its marks would have nothing to say. */
export function removeRest(files: Files, { indexPath, marksPath, oldPath }: Segment): void {
  for (const each of [indexPath, marksPath, oldPath]) files.remove(each);
}
