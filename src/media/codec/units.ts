import type { VideoConfig } from '../sample.ts';
import type { Steps } from '../steps.ts';
import { type LengthPrefixed, MOST_UNITS, splitAnnexB, splitLengthPrefixed, startCodeLength } from './nal.ts';

/** The NAL units of each frame of a track. */
export interface FrameUnits {
  readonly split: readonly LengthPrefixed[];
  /** In which the frames are to be written. */
  readonly lengthSize: number;
  /** True if those that are `exact` have lengths of that size. */
  readonly verbatim: boolean;
}

/** A frame, or the beginning of one of `size` bytes. */
export interface FrameBytes {
  readonly data: Uint8Array;
  readonly size?: number;
}

const LENGTH_SIZES = [4, 2, 1] as const;

/** However the frames carry them: with lengths of the size that the record says, or of another, or with start codes. */
export function* unitsOf(
  { lengthSize: told }: Pick<VideoConfig, 'lengthSize'>,
  frames: readonly FrameBytes[],
): Steps<FrameUnits> {
  const asTold = splitAll(frames, told);
  if (asTold.broken === 0) return { ...asTold, verbatim: true };
  const others: Split[] = [];
  for (const size of LENGTH_SIZES) {
    if (size === told) continue;
    yield;
    others.push(splitAll(frames, size));
  }
  yield;
  // Other lengths than the record says: not because they fit a frame or two, which may be chance.
  const { split, lengthSize } = others.find(({ exact }) => exact > frames.length / 2) ?? asTold;
  const without = split.every(({ fit }) => fit === 'broken');
  let longest = 0;
  let left = MOST_UNITS;
  const found = split.map((own, at) => {
    const units = own.fit === 'broken' ? withStartCodes((frames[at] as FrameBytes).data, without, left) : [];
    left -= units.length;
    for (const { start, end } of units) longest = Math.max(longest, end - start);
    return units.length > 0 ? { units, fit: 'padded' as const } : own;
  });
  const verbatim = longest < 256 ** lengthSize;
  return { split: found, lengthSize: verbatim ? lengthSize : 4, verbatim };
}

/**
 * 00 00 01 begins a length of 256 to 511 as well, so it is a start code only where no frame has lengths: one broken frame
 * among good ones is not taken for one with start codes. With three zeros it would be the length of a first unit of one
 * byte, and there are none.
 */
function withStartCodes(data: Uint8Array, always: boolean, most: number): LengthPrefixed['units'] {
  const code = startCodeLength(data);
  return code > 3 || (code === 3 && always) ? (splitAnnexB(data, most) ?? []) : [];
}

interface Split {
  readonly split: readonly LengthPrefixed[];
  readonly lengthSize: number;
  readonly exact: number;
  readonly broken: number;
}

function splitAll(frames: readonly FrameBytes[], lengthSize: number): Split {
  let exact = 0;
  let broken = 0;
  let left = MOST_UNITS;
  const split = frames.map(({ data, size }) => {
    const found = splitLengthPrefixed(data, lengthSize, left, size);
    left -= found.units.length;
    if (found.fit === 'exact') exact += 1;
    else if (found.fit === 'broken') broken += 1;
    return found;
  });
  return { split, lengthSize, exact, broken };
}
