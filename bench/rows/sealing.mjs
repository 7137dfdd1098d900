import { startBare, startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { ratio, speed } from '../units.mjs';
import { getMedia, take } from './getMedia.mjs';
import { count, ingest, putMedia } from './ingest.mjs';

export const name = 'sealing';
export const figure =
  'PutMedia and GetMedia with everything sealed under a data key, against bare `node:http` servers that count and write';
export const aim = '>= 0.3 and >= 0.5';

const WARM_BYTES = 64e6;

/** The same as the rows of ingest and of GetMedia, held against what sealing may cost. */
export async function run({ quick, progress }) {
  const rounds = quick ? 3 : 7;
  const bytes = quick ? 256e6 : 1e9;
  const emulator = await startEmulator('--max-memory', '3GiB');
  const [counts, writes] = [await startBare('count'), await startBare('write')];
  await putMedia(emulator, 'warm', WARM_BYTES);
  await count(counts, WARM_BYTES);
  await ingest(emulator, bytes);
  const put = await inTurns({
    rounds,
    a: () => ingest(emulator, bytes),
    b: () => count(counts, bytes),
    onRound: (round) => progress(round / (2 * rounds)),
  });
  const { body, lastNumber } = await putMedia(emulator, 'media', bytes);
  const { mediaBytes } = body;
  const get = () => getMedia(emulator, mediaBytes, lastNumber);
  const write = () => take(writes, mediaBytes);
  await get();
  await write();
  const got = await inTurns({
    rounds,
    a: get,
    b: write,
    onRound: (round) => progress((rounds + round) / (2 * rounds)),
  });
  for (const server of [emulator, counts, writes]) await server.stop();
  return {
    value: `${ratio(put.ratio)} and ${ratio(got.ratio)}`,
    met: put.ratio >= 0.3 && got.ratio >= 0.5,
    absolute: `in ${speed(put.a)} against ${speed(put.b)}, out ${speed(got.a)} against ${speed(got.b)}`,
  };
}
