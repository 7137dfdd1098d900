import type { JournalEntry } from '../../src/domain/journal/journal.ts';

/** An entry of a request of which nothing is known yet. */
export const entry = (requestId: string): JournalEntry => ({
  requestId,
  time: 0,
  method: 'POST',
  path: '/x',
  account: '1',
  region: 'r',
  principal: undefined,
  operation: undefined,
  resource: undefined,
  names: 'stream',
  status: undefined,
  error: undefined,
  access: undefined,
  throttled: undefined,
  took: undefined,
  warnings: [],
  acks: [],
  delivered: undefined,
  faults: undefined,
});
