/** Nothing if the next item may follow at once, a promise if not before that, false if none is wanted any more. */
export type Taken = Promise<void> | false | undefined;
export type Take<T> = (item: T) => Taken;

/** Items that can be had without a promise for each. */
export interface Pourable<T> extends AsyncIterable<T> {
  /** Calls `take` with each item. Resolves when there are no more, or no more are wanted; rejects as iterating would. */
  pour(take: Take<T>): Promise<void>;
}

const isPourable = <T>(items: AsyncIterable<T>): items is Pourable<T> => 'pour' in items;

/** Calls `take` with each item, as fast as the items can be had. Rejects with whatever they or `take` throw. */
export async function pour<T>(items: AsyncIterable<T>, take: Take<T>): Promise<void> {
  if (isPourable(items)) return items.pour(take);
  for await (const item of items) {
    const taken = take(item);
    if (taken === false) return;
    if (taken !== undefined) await taken;
  }
}
