import { serviceError } from '../../protocol/errors.ts';

/** Pairs and no object: that would put keys that are numbers first. */
export type Tags = readonly (readonly [key: string, value: string])[];

/** The tags with others added or written over. Throws if that is too many or not allowed. */
export function withTags(tags: Tags, added: ReadonlyMap<string, string>, most: number): Tags {
  for (const key of added.keys()) {
    if (key.toLowerCase().startsWith('aws:')) {
      throw serviceError('invalidArgument', `Tag keys must not begin with aws: (${key}).`);
    }
  }
  const merged = new Map([...tags, ...added]);
  if (merged.size > most) throw serviceError('tagLimitExceeded', most);
  return [...merged];
}

/** The tags without some keys; keys that are not there do not matter. */
export function withoutTags(tags: Tags, keys: readonly string[]): Tags {
  const without = new Set(keys);
  return tags.filter(([key]) => !without.has(key));
}
