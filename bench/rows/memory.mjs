import { setTimeout as wait } from 'node:timers/promises';
import { residentBytes, startEmulator } from '../processes.mjs';
import { megabytes, ratio } from '../units.mjs';
import { putMedia } from './ingest.mjs';

export const name = 'memory';
export const figure = 'memory held per byte of media stored (growth of the resident set)';
export const aim = '<= 1.1';

/** The collector is left to itself; what it has not given back a moment later counts. */
const SETTLE_MS = 2000;

export async function run({ quick, progress }) {
  const server = await startEmulator('--max-memory', '3GiB');
  const before = residentBytes(server.pid);
  const { body } = await putMedia(server, 'media', quick ? 256e6 : 1e9);
  progress(0.5);
  await wait(SETTLE_MS);
  const grown = residentBytes(server.pid) - before;
  await server.stop();
  const perByte = grown / body.mediaBytes;
  return {
    value: ratio(perByte),
    met: perByte <= 1.1,
    absolute: `${megabytes(grown)} more for ${megabytes(body.mediaBytes)} of media; ${megabytes(before)} before`,
  };
}
