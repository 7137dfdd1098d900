import type { AdminOperation } from './adminOperation.ts';

export const postClock: AdminOperation = {
  method: 'POST',
  path: '/_kvs/clock',
  summary: 'moves, freezes or speeds up the emulated time; answers when all work due is done',
  handle: ({ clock }, { body }) => clock.change(body),
};
