import { MOST_SHARDS, parseShards, SHARDS_TAG } from '../../domain/limits/shardTag.ts';
import { excerpt } from '../../protocol/errors.ts';
import type { RequestContext } from '../operation.ts';

/** Tells whoever tags a stream if the tag that is ours says nothing. */
export function checkShardsTag(
  context: Pick<RequestContext, 'warn'>,
  tags: ReadonlyMap<string, string> | undefined,
): void {
  const text = tags?.get(SHARDS_TAG);
  if (text === undefined || parseShards(text) !== undefined) return;
  const what = `says "${excerpt(text, 32)}", which is no number of shards from 1 to ${MOST_SHARDS}`;
  context.warn('shardsTag', `The tag ${SHARDS_TAG} ${what}: the stream has one.`);
}
