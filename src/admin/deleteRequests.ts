import type { AdminOperation } from './adminOperation.ts';

export const deleteRequests: AdminOperation = {
  method: 'DELETE',
  path: '/_kvs/requests',
  summary: 'forgets the requests so far',
  handle({ journal }) {
    journal.clear();
    return {};
  },
};
