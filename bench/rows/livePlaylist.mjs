import { Caller, jsonRequest } from '../client.mjs';
import { LiveCamera } from '../liveCamera.mjs';
import { startEmulator } from '../processes.mjs';
import { median, quantile } from '../statistics.mjs';
import { fill } from '../tinyFragments.mjs';
import { milliseconds } from '../units.mjs';
import { mediaPlaylistPath, segmentPaths, Viewer } from '../viewer.mjs';

export const name = 'livePlaylist';
const WHAT = 'LIVE media playlist of 1,000 fragments over a kept HTTP connection, less a DescribeStream beside it:';
const AIM = '<= 1 ms';

const LISTED = 1000;
const WARM_REQUESTS = 200;

export async function run({ quick, progress }) {
  const requests = quick ? 100 : 500;
  const server = await startEmulator('--max-memory', '4GiB');
  const { end } = await fill(server, 'live', LISTED);
  const camera = await LiveCamera.start(server, 'live', { headers: { 'x-amzn-producer-start-timestamp': end + 1 } });
  await camera.record();
  const viewer = await Viewer.open(server);
  const master = await viewer.openSession('HLS', {
    StreamName: 'live',
    PlaybackMode: 'LIVE',
    HLSFragmentSelector: { FragmentSelectorType: 'PRODUCER_TIMESTAMP' },
    MaxMediaPlaylistFragmentResults: LISTED,
  });
  const path = mediaPlaylistPath(master);
  const caller = await Caller.open(server);
  const describe = jsonRequest('/describeStream', { StreamName: 'live' });
  const first = await viewer.get(path);
  const playlist = [];
  const still = [];
  const trivial = [];
  let newest = segmentPaths(first.body).at(-1);
  let bytes = 0;
  for (let i = -WARM_REQUESTS; i < requests; i++) {
    await camera.record();
    const { ms: describeMs } = await caller.call(describe);
    const { ms, body } = await viewer.get(path);
    const { ms: stillMs } = await viewer.get(path);
    const listed = segmentPaths(body);
    if (listed.length !== LISTED) throw new Error(`${listed.length} fragments in a playlist of ${LISTED}`);
    if (listed.at(-1) === newest) throw new Error('the newest fragment is missing');
    newest = listed.at(-1);
    bytes = body.length;
    if (i < 0) continue;
    playlist.push(ms);
    still.push(stillMs);
    trivial.push(describeMs);
    progress(i / requests);
  }
  caller.close();
  viewer.close();
  await camera.end();
  await server.stop();
  const describeMs = milliseconds(median(trivial));
  const row = (which, times, more) => {
    const cost = median(times.map((ms, i) => ms - trivial[i]));
    const [p50, p99] = [0.5, 0.99].map((share) => milliseconds(quantile(times, share)));
    return {
      figure: `${WHAT} ${which}`,
      aim: AIM,
      value: milliseconds(cost),
      met: cost <= 1,
      absolute: `p50 ${p50}, p99 ${p99} to the last byte; ${more}`,
    };
  };
  return [
    row('the list as it was a moment before', still, `${Math.round(bytes / 1000)} kB; DescribeStream ${describeMs}`),
    row(
      'a fragment of 1 MB new in it, which nobody has looked into',
      playlist,
      `a session's first, which looks into all ${LISTED.toLocaleString('en')}: ${milliseconds(first.ms)}`,
    ),
  ];
}
