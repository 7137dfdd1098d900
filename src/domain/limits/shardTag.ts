import type { Tags } from '../resources/tags.ts';

/** A stream's tag that says how many shards it has. */
export const SHARDS_TAG = 'kvs-emulator:shards';
export const MOST_SHARDS = 1000;

/** What such a tag says; undefined if it says no number of shards. */
export function parseShards(text: string): number | undefined {
  const shards = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  return shards >= 1 && shards <= MOST_SHARDS ? shards : undefined;
}

export function shardsOfTags(tags: Tags): number | undefined {
  const tag = tags.find(([key]) => key === SHARDS_TAG);
  return tag && parseShards(tag[1]);
}
