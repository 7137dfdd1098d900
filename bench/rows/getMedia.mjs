import { download, jsonRequest } from '../client.mjs';
import { startBare, startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { megabytesPerSecond, ratio, speed } from '../units.mjs';
import { putMedia } from './ingest.mjs';

export const name = 'getMedia';
export const figure =
  'GetMedia of 1 GB from EARLIEST, against a bare `node:http` server that writes it from one Buffer';
export const aim = '>= 0.5';

export async function run({ quick, progress }) {
  const rounds = quick ? 3 : 7;
  const emulator = await startEmulator('--max-memory', '3GiB');
  const bare = await startBare('write');
  const { body, lastNumber } = await putMedia(emulator, 'media', quick ? 256e6 : 1e9);
  const { mediaBytes } = body;
  const get = () => getMedia(emulator, mediaBytes, lastNumber);
  const write = () => take(bare, mediaBytes);
  await get();
  await write();
  const measured = await inTurns({ rounds, a: get, b: write, onRound: (round) => progress(round / rounds) });
  await emulator.stop();
  await bare.stop();
  return {
    value: ratio(measured.ratio),
    met: measured.ratio >= 0.5,
    absolute: `${speed(measured.a)} against ${speed(measured.b)}, ${Math.round(mediaBytes / 1e6)} MB in each round`,
  };
}

/** GetMedia has no end: all is there when the tag behind the last fragment names it. */
export async function getMedia(server, mediaBytes, lastNumber) {
  const request = jsonRequest('/getMedia', { StreamName: 'media', StartSelector: { StartSelectorType: 'EARLIEST' } });
  let end = '';
  const { ms, bytes } = await download(server, request, (total, piece) => {
    if (total < mediaBytes) return false;
    end = (end + piece.latin1Slice(Math.max(0, piece.length - 512))).slice(-512);
    return end.endsWith(lastNumber) && end.includes('CONTINUATION_TOKEN');
  });
  return megabytesPerSecond(bytes, ms);
}

export async function take(server, size) {
  const request = Buffer.from(`GET /${size} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  const { ms, bytes } = await download(server, request, (total) => total === size);
  return megabytesPerSecond(bytes, ms);
}
