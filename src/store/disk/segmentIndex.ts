import type { Files } from './files.ts';
import { FORMAT, frame, headIn, metaIn } from './frame.ts';
import type { OpenFiles } from './openFiles.ts';
import type { Line, Segment } from './segment.ts';
import { writeWhole } from './writeWhole.ts';

/** What is in a segment, so that nobody need go through it at the start. */
export interface SegmentIndex {
  readonly format: number;
  /** Of the segment. */
  readonly size: number;
  readonly lines: Line[];
}

/** Undefined if it is not what was written. */
export function readIndex(bytes: Buffer): SegmentIndex | undefined {
  const head = headIn(bytes);
  if (head?.kind !== 'index') return undefined;
  return metaIn(bytes, head) as SegmentIndex | undefined;
}

/** Writes the index of a segment that nothing is added to any more. Rejects with node's error. */
export async function writeIndex(files: Files, open: OpenFiles, folder: string, segment: Segment): Promise<void> {
  const { lines, size, path, indexPath } = segment;
  if (lines === undefined || segment.gone) return;
  const bytes = frame('index', { format: FORMAT, size, lines } satisfies SegmentIndex);
  const draft = `${indexPath}.new`;
  // What an index says is there has to be there.
  await open.use(path, false, (file) => file.sync());
  await writeWhole(files, draft, bytes);
  if (segment.gone) files.remove(draft);
  else files.rename(draft, indexPath);
  await files.syncFolder(folder);
  segment.lines = undefined;
}
