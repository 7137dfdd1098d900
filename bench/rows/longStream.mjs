import { performance } from 'node:perf_hooks';
import { call } from '../client.mjs';
import { startEmulator } from '../processes.mjs';
import { inTurns } from '../statistics.mjs';
import { append, fill, TINY } from '../tinyFragments.mjs';
import { milliseconds, ratio } from '../units.mjs';
import { mediaPlaylistPath, segmentPaths, Viewer } from '../viewer.mjs';

export const name = 'longStream';

const FEW = 1000;
/** Fragments in each list. */
const LISTED = 100;
/** In one round: as many as a stream of FEW has lists that share no fragment. */
const SESSIONS = FEW / LISTED;

/**
 * What a session is, from being opened to its first segment. All look at fragments that no session has looked at
 * before: those found once are remembered, which would make a short stream look cheap.
 */
const KINDS = {
  async 'HLS ON_DEMAND'(at, window) {
    const HLSFragmentSelector = selector(at, window);
    const input = { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector, MaxMediaPlaylistFragmentResults: LISTED };
    return watchHls(at, input);
  },
  async 'HLS LIVE'(at) {
    return watchHls(at, { PlaybackMode: 'LIVE', MaxMediaPlaylistFragmentResults: LISTED });
  },
  async 'DASH ON_DEMAND'({ viewer, stream, ...at }, window) {
    const manifest = await viewer.openSession('DASH', {
      StreamName: stream,
      PlaybackMode: 'ON_DEMAND',
      DASHFragmentSelector: selector(at, window),
      MaxManifestFragmentResults: LISTED,
    });
    const { body } = await viewer.get(manifest);
    const segment = manifest.replace('getDASHManifest.mpd', 'getMP4MediaFragment.mp4');
    await viewer.get(`${segment}&TrackNumber=1&FragmentNumber=${LISTED}`);
    if (!body.includes('<S ')) throw new Error(body.toString());
  },
};

/** From one list's first fragment to the end of all there is. */
const selector = ({ start, end }, window) => ({
  FragmentSelectorType: 'PRODUCER_TIMESTAMP',
  TimestampRange: { StartTimestamp: start + (window * LISTED * TINY.frameMs) / 1000, EndTimestamp: end },
});

async function watchHls({ viewer, stream }, input) {
  const master = await viewer.openSession('HLS', { StreamName: stream, ...input });
  await viewer.get(master);
  const listed = segmentPaths((await viewer.get(mediaPlaylistPath(master))).body);
  if (listed.length !== LISTED) throw new Error(`${listed.length} fragments in a list of ${LISTED}`);
  await viewer.get(listed[0]);
}

export async function run({ quick, progress, tell }) {
  const many = quick ? 100_000 : 1_000_000;
  const rounds = quick ? 5 : 15;
  const long = await start();
  const short = await start();
  Object.assign(long, await fill(long.server, 'stream', many));
  tell(`filled with ${many.toLocaleString('en')} fragments in ${(long.ms / 1000).toFixed(1)} s`);
  progress(0.5);
  const windows = shuffled(many / LISTED);
  const figures = [];
  for (const [kind, watch] of Object.entries(KINDS)) {
    const ofLong = () => round(long, kind, watch, () => windows.pop());
    const ofShort = async () => {
      await call(short.server, '/_kvs/reset');
      Object.assign(short, await fill(short.server, 'stream', FEW));
      return round(short, kind, watch, (i) => i);
    };
    await ofLong();
    await ofShort();
    const measured = await inTurns({ rounds, a: ofLong, b: ofShort });
    figures.push({
      figure: `one ${kind} session over ${many.toLocaleString('en')} fragments, opened and read up to its first segment, against over 1,000`,
      aim: '<= 1.5',
      value: ratio(measured.ratio),
      met: measured.ratio <= 1.5,
      absolute: `${milliseconds(measured.a)} against ${milliseconds(measured.b)}, ${LISTED} fragments in each list`,
    });
    progress(0.5 + figures.length / 6);
  }
  for (const { server, viewer } of [long, short]) {
    viewer.close();
    await server.stop();
  }
  return figures;
}

async function start() {
  const server = await startEmulator('--max-memory', '4GiB');
  return { server, viewer: await Viewer.open(server) };
}

/** Milliseconds that a session takes, mean of SESSIONS. */
async function round(at, kind, watch, windowOf) {
  let total = 0;
  for (let i = 0; i < SESSIONS; i++) {
    if (kind.endsWith('LIVE')) at.end = (await append(at.server, at.stream, LISTED, at.end)).end;
    const began = performance.now();
    await watch(at, windowOf(i));
    total += performance.now() - began;
  }
  return total / SESSIONS;
}

function shuffled(count) {
  const numbers = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [numbers[i], numbers[j]] = [numbers[j], numbers[i]];
  }
  return numbers;
}
