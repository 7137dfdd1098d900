import { serviceError } from '../../protocol/errors.ts';

export type Tags = Map<string, string>;

const MOST_TAGS = 50;

/** The tags with others added or written over. Throws, and changes nothing, if that is too many or not allowed. */
export function withTags(tags: Tags, added: ReadonlyMap<string, string>): Tags {
  for (const key of added.keys()) {
    if (key.toLowerCase().startsWith('aws:')) {
      throw serviceError('invalidArgument', `Tag keys must not begin with aws: (${key}).`);
    }
  }
  const merged = new Map([...tags, ...added]);
  if (merged.size > MOST_TAGS) throw serviceError('tagLimitExceeded', MOST_TAGS);
  return merged;
}

/** The tags without some keys; keys that are not there do not matter. */
export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const left = new Map(tags);
  for (const key of keys) left.delete(key);
  return left;
}
