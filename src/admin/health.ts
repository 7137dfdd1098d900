import type { AdminOperation } from './adminOperation.ts';

export const health: AdminOperation = {
  method: 'GET',
  path: '/_kvs/health',
  summary: 'whether the emulator answers, its version and how long it runs',
  handle: ({ version, uptimeMs }) => ({ status: 'ok', version, uptimeMs: uptimeMs() }),
};
