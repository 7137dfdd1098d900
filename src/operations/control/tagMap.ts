/** Tags as a list, which some operations take, as the map that they are. Of one key twice, the last counts. */
export const tagMap = (tags: readonly { Key: string; Value: string }[]): Map<string, string> =>
  new Map(tags.map(({ Key, Value }) => [Key, Value]));
