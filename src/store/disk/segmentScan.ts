import type { Files } from './files.ts';
import { BLOCK_BYTES, FORMAT, type FrameHead, fits, HEAD_BYTES, headIn, metaIn, nextHead } from './frame.ts';
import type { Line } from './segment.ts';

/** Most descriptions are shorter: then one look is enough. */
const LOOK_BYTES = 4096;

interface Range {
  readonly at: number;
  readonly length: number;
  readonly why: string;
  /** Nobody had been told that it was safe, as far as the file says: it may have been written just before a sudden stop. */
  readonly torn: boolean;
}

export interface Scanned {
  readonly lines: Line[];
  /** So much of the file is good, or was. */
  readonly size: number;
  /** Nothing in it says that anything of it had been safe. */
  readonly begun: boolean;
  /** Ranges that are not what was written. */
  readonly broken: readonly Range[];
  /** Whose it says that it is; undefined if that cannot be read. */
  readonly arn: string | undefined;
  /** The version that has written it. */
  readonly format: number;
}

interface Found extends FrameHead {
  readonly meta: unknown;
  readonly bodyAt: number;
  readonly end: number;
}

/**
 * Goes through a segment of which there is no index. The bytes of fragments are not looked at, but for those that may not
 * have been safe when the emulator was stopped.
 */
export function scanSegment(files: Files, path: string): Scanned {
  const length = files.size(path) ?? 0;
  const found: Found[] = [];
  const gaps: Omit<Range, 'torn'>[] = [];
  for (let at = 0; at < length; ) {
    const frame = frameAt(files, path, at, length);
    if (frame !== undefined) {
      found.push(frame);
      at = frame.end;
      continue;
    }
    const next = frameBehind(files, path, at, length);
    gaps.push({ at, length: (next ?? length) - at, why: 'what stands there cannot be read' });
    at = next ?? length;
  }
  const safe = found.reduce((most, frame) => Math.max(most, frame.safe), 0);
  const lines: Line[] = [];
  let [arn, format, size]: [string | undefined, number, number] = [undefined, FORMAT, 0];
  for (const frame of found) {
    const { kind, meta, bodyAt: at, bodyLength, end } = frame;
    if (kind === 'file') ({ arn, format } = meta as { arn: string; format: number });
    else if (kind === 'header') lines.push({ kind, meta } as Line);
    else if (kind === 'fragment') {
      const line = { kind, at, length: bodyLength, meta } as Line & { kind: 'fragment' };
      if (end <= safe || isWhole(files, path, line)) lines.push(line);
      else gaps.push({ at, length: bodyLength, why: 'bytes of a fragment are not what was written' });
    }
    size = end;
  }
  const broken = gaps.map((gap) => ({ ...gap, torn: gap.at >= safe }));
  return { lines, size, begun: safe === 0, broken, arn, format };
}

/** The frame that begins there, with a body that is all there. */
function frameAt(files: Files, path: string, at: number, length: number): Found | undefined {
  let bytes = files.readNow(path, at, LOOK_BYTES);
  const head = headIn(bytes);
  if (head === undefined) return undefined;
  const bodyAt = at + HEAD_BYTES + head.metaLength;
  const end = bodyAt + head.bodyLength;
  if (end > length) return undefined;
  if (HEAD_BYTES + head.metaLength > bytes.length) bytes = files.readNow(path, at, HEAD_BYTES + head.metaLength);
  const meta = metaIn(bytes, head);
  return meta === undefined ? undefined : { ...head, meta, bodyAt, end };
}

/** Where the next frame begins that can be read. */
function frameBehind(files: Files, path: string, at: number, length: number): number | undefined {
  const rest = files.readNow(path, at);
  for (let next = nextHead(rest, 1); next >= 0; next = nextHead(rest, next + 1)) {
    if (frameAt(files, path, at + next, length) !== undefined) return at + next;
  }
  return undefined;
}

function isWhole(files: Files, path: string, { at, length, meta: { sums } }: Line & { kind: 'fragment' }): boolean {
  const bytes = files.readNow(path, at, length);
  return sums.every((sum, index) => fits(bytes.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES), sum));
}
