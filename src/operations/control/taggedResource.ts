import { Stream } from '../../domain/streams/stream.ts';
import type { Context, Targets } from '../operation.ts';
import { checkShardsTag } from './shardsTag.ts';

/** A stream or channel as something that has tags. */
export function taggedResource(
  context: Context,
  resource: Targets['resource'],
): { tag(tags: ReadonlyMap<string, string>): void; untag(keys: readonly string[]): void } {
  const { streams, channels } = context;
  return resource instanceof Stream
    ? {
        tag(tags) {
          streams.tag(resource, tags);
          checkShardsTag(context, tags);
        },
        untag: (keys) => streams.untag(resource, keys),
      }
    : { tag: (tags) => channels.tag(resource, tags), untag: (keys) => channels.untag(resource, keys) };
}
