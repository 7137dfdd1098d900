import type { Events } from '../events/events.ts';
import type { Journal } from './journal.ts';

/** Each request is told of when its answer has begun and it lasts, and when it is over. */
export function tellRequests(journal: Journal, events: Events): void {
  journal.watch((entry) => {
    if (!events.heard) return;
    const { account, region, resource, names } = entry;
    events.tell('request', { account, region, [names]: resource }, () => ({ entry }));
  });
}
