import { duration } from '../protocol/ownShapes.ts';
import type { DurationShape } from '../protocol/shapes.ts';

/** How long media are kept. A bare number is refused: everybody means another unit. @param min in milliseconds */
export const retention = (min: number, means?: string): DurationShape<false> =>
  duration({
    min,
    needsUnit: true,
    ...(means === undefined ? {} : { means }),
    hint: (value) =>
      typeof value === 'number' ? `Of what? Say "${value}h".` : 'Give a duration like "24h", "7d" or "PT25H".',
  });
