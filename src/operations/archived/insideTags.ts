// What is in a fragment, for those who look at a stream from within.

import { type Fragment, withWhole } from '../../domain/fragments/fragment.ts';
import { StoreError } from '../../domain/ports.ts';
import { accountRoot } from '../../domain/resources/scope.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { MatroskaError } from '../../media/matroska/error.ts';
import { MatroskaReader } from '../../media/matroska/reader.ts';
import type { SimpleTag } from '../../media/matroska/tags.ts';
import { sliceOver, turn } from '../../runtime/slices.ts';

/** Its metadata, as it stands in its bytes; none if it cannot be read. */
export async function tagsOf({ record }: Stream, fragment: Fragment): Promise<Record<string, string>> {
  const found = new Map<string, string>();
  const note = (tags: readonly SimpleTag[]): void => {
    for (const { name, value, targeted } of tags) if (!targeted) found.set(name, value);
  };
  const nothing = (): void => undefined;
  const reader = new MatroskaReader(
    {
      ...{
        cluster: nothing,
        timestamp: nothing,
        block: nothing,
        signal: nothing,
        documentEnd: nothing,
        bytes: nothing,
      },
      header: ({ tags }) => note(tags),
      tags: note,
    },
    {},
  );
  try {
    await withWhole([fragment], accountRoot(record.scope), async ([whole]) => {
      if (whole === undefined) return;
      const { header, pieces, leading } = whole;
      reader.push(fragment.first ? header.bytes : header.bytesWithoutTags);
      if (leading.length > 0) reader.push(leading);
      for (const piece of pieces) {
        reader.push(piece);
        if (sliceOver()) await turn();
      }
    });
  } catch (error) {
    if (!(error instanceof MatroskaError || error instanceof StoreError)) throw error;
  }
  return Object.fromEntries(found);
}
