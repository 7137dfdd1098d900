import { integer, string } from '../protocol/shapes.ts';
import { account, region } from './whereShapes.ts';

// Lists of what has an ARN: in the order of those, and page by page.

export const MOST_LISTED = 1000;

/** What is asked of such a list. */
export const listQuery = {
  hint: 'Give account, region, limit or after.',
  members: {
    account,
    region,
    after: string({ means: 'the last ARN seen: what comes behind it' }),
    limit: integer({ min: 1, max: MOST_LISTED, means: 'so many at most' }),
  },
} as const;

interface Page<T> {
  readonly page: readonly T[];
  /** To be given as `after` for what follows; null if nothing does. */
  readonly next: string | null;
}

export function pageOf<T>(
  all: Iterable<T>,
  arnOf: (one: T) => string,
  { after, limit = MOST_LISTED }: { readonly after?: string | undefined; readonly limit?: number | undefined },
): Page<T> {
  const sorted = [...all].sort((a, b) => (arnOf(a) < arnOf(b) ? -1 : 1));
  const from = after === undefined ? sorted : sorted.filter((one) => arnOf(one) > after);
  const page = from.slice(0, limit);
  const last = page.at(-1);
  return { page, next: from.length > limit && last !== undefined ? arnOf(last) : null };
}

export const recordArn = ({ record }: { readonly record: { readonly arn: string } }): string => record.arn;
