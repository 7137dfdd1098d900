import { Stream } from '../../domain/streams/stream.ts';
import type { Context, Targets } from '../operation.ts';

/** A stream or channel as something that has tags. */
export function taggedResource(
  { streams, channels }: Context,
  resource: Targets['resource'],
): { tag(tags: ReadonlyMap<string, string>): void; untag(keys: readonly string[]): void } {
  return resource instanceof Stream
    ? { tag: (tags) => streams.tag(resource, tags), untag: (keys) => streams.untag(resource, keys) }
    : { tag: (tags) => channels.tag(resource, tags), untag: (keys) => channels.untag(resource, keys) };
}
