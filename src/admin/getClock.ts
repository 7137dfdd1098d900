import type { AdminOperation } from './adminOperation.ts';

export const getClock: AdminOperation = {
  method: 'GET',
  path: '/_kvs/clock',
  summary: 'the emulated time, and whether and how fast it runs',
  handle: ({ clock }) => clock.state(),
};
