import type { AdminOperation } from './adminOperation.ts';
import { caPem } from './caPem.ts';
import { deleteRequests } from './deleteRequests.ts';
import { getClock } from './getClock.ts';
import { getRequests } from './getRequests.ts';
import { health } from './health.ts';
import { postClock } from './postClock.ts';
import { reset } from './reset.ts';

/** Every route of the emulator's own API, one line each. */
export const adminRegistry: readonly AdminOperation[] = [
  health,
  getClock,
  postClock,
  reset,
  getRequests,
  deleteRequests,
  caPem,
];
