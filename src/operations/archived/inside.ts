// What is in a fragment, for those who look at a stream from within.

import type { Fragment } from '../../domain/fragments/fragment.ts';
import { FragmentReader } from '../../domain/fragments/fragmentReader.ts';
import { nextOf } from '../../domain/fragments/nextOf.ts';
import { accountRoot } from '../../domain/resources/scope.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { documentHead } from '../../packaging/documents.ts';
import { tracksSeen } from '../../packaging/tracksSeen.ts';

/** Number and codec of each track: `1:V_MPEG4/ISO/AVC`. */
export const tracksOf = ({ header }: Fragment): { number: number; codec: string }[] =>
  (header.print?.layout ?? (header.clear && tracksSeen(header.clear)?.layout) ?? '')
    .split(' ')
    .filter((one) => one !== '')
    .map((one) => ({ number: Number.parseInt(one, 10), codec: one.slice(one.indexOf(':') + 1) }));

/**
 * A fragment's document as GetMediaForFragmentList gives it, as far as it has come; undefined if it is gone. Rejects with a
 * StoreError if its key may not be used.
 */
export async function documentOf({ fragments, record }: Stream, fragment: Fragment): Promise<Uint8Array | undefined> {
  const reader = await FragmentReader.open(fragments, fragment, { reader: accountRoot(record.scope) });
  const { head } = reader;
  const parts = head === undefined ? [] : documentHead(fragment, head);
  try {
    for (let next = nextOf(reader); next !== undefined; next = nextOf(reader)) {
      const bytes = next instanceof Promise ? await next : next;
      if (bytes !== undefined) parts.push(bytes);
    }
    return reader.cut || head === undefined ? undefined : new Uint8Array(Buffer.concat(parts));
  } finally {
    reader.close();
  }
}
