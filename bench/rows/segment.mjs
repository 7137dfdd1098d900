import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { call } from '../client.mjs';
import { muxed, packetsOf, segmentOf } from '../mediabunny.mjs';
import { startBare, startEmulator } from '../processes.mjs';
import { NO_FFMPEG, sampleFile } from '../sample.mjs';
import { inTurns, median } from '../statistics.mjs';
import { cut, loadTransmuxers } from '../transmuxers.mjs';
import { milliseconds, ratio } from '../units.mjs';
import { mediaPlaylistPath, segmentPaths, Viewer } from '../viewer.mjs';

export const name = 'segment';

const WHAT = 'a segment of 2 s of 1080p at 4 Mbit/s from its fragment';
const IN_PROCESS = { figure: `${WHAT}, made in process, against mediabunny making the same`, aim: '<= 0.5' };
const OVER_HTTP = {
  figure: `${WHAT}, never asked for before, over HTTP to the last byte, against a bare \`node:http\` server with mediabunny`,
  aim: '<= 0.5',
};

const SECONDS = 60;
const WARM_ROUNDS = 3;
/** Seconds since the epoch. */
const RECORDED_AT = 1_700_000_000;

export async function run(watcher) {
  const path = await sampleFile(SECONDS);
  if (path === undefined) return [IN_PROCESS, OVER_HTTP].map((row) => ({ ...row, ...NO_FFMPEG }));
  return [await inProcess(path, watcher), await overHttp(path, watcher)];
}

/** Each round makes every fragment's segment once; the round's time is that of the median segment. */
async function inProcess(path, { quick, progress }) {
  const rounds = quick ? 5 : 15;
  const library = await loadTransmuxers();
  const fragments = cut(library, readFileSync(path));
  const documents = fragments.map(({ header, pieces }) => Buffer.concat([header.bytes, ...pieces]));
  const unpacked = await Promise.all(documents.map(packetsOf));
  const ours = () =>
    each(fragments, ({ header, pieces, startMs }) =>
      library.finish(library.mp4Segment(header, pieces, 1, 1, { startMs, delayMs: 0 })),
    );
  const fromPackets = [];
  const theirs = async () => {
    fromPackets.push(await each(unpacked, muxed));
    return each(documents, segmentOf);
  };
  for (let i = 0; i < WARM_ROUNDS; i++) {
    await ours();
    await theirs();
  }
  fromPackets.length = 0;
  const onRound = (round) => progress(round / rounds / 2);
  const measured = await inTurns({ rounds, a: ours, b: theirs, onRound });
  return {
    ...IN_PROCESS,
    value: ratio(measured.ratio),
    met: measured.ratio <= 0.5,
    absolute:
      `${milliseconds(measured.a)} against ${milliseconds(measured.b)}, video of ${fragments.length} fragments in each ` +
      `round; mediabunny from packets that it had unpacked before: ${milliseconds(median(fromPackets))}, ` +
      `ratio ${ratio(median(measured.as.map((ms, i) => ms / fromPackets[i])))}`,
  };
}

async function overHttp(path, { quick, progress }) {
  const rounds = quick ? 4 : 10;
  const emulator = await startEmulator();
  const bare = await startBare('mediabunny', path);
  const ofBare = await Viewer.open(bare);
  const firstBytes = [];
  const ours = async () => {
    const { times, firstByteMs } = await freshSegments(emulator, path);
    firstBytes.push(firstByteMs);
    return median(times);
  };
  const theirs = async () => {
    const times = [];
    for (let i = 0; i < SECONDS / 2; i++) times.push((await ofBare.get(`/${i}`)).ms);
    return median(times);
  };
  for (let i = 0; i < WARM_ROUNDS; i++) {
    await ours();
    await theirs();
  }
  const onRound = (round) => progress(0.5 + round / rounds / 2);
  firstBytes.length = 0;
  const measured = await inTurns({ rounds, a: ours, b: theirs, onRound });
  ofBare.close();
  await emulator.stop();
  await bare.stop();
  return {
    ...OVER_HTTP,
    value: ratio(measured.ratio),
    met: measured.ratio <= 0.5,
    absolute:
      `${milliseconds(measured.a)} (first byte after ${milliseconds(median(firstBytes))}) against ` +
      `${milliseconds(measured.b)}`,
  };
}

/** Uploads the file to an emulator that has forgotten it and plays all of it: nothing comes out of the cache. */
async function freshSegments(server, path) {
  await call(server, '/_kvs/reset');
  await call(server, '/createStream', { StreamName: 'fresh', DataRetentionInHours: 24 });
  const acks = await putFile(server, 'fresh', path);
  const viewer = await Viewer.open(server);
  const TimestampRange = { StartTimestamp: RECORDED_AT, EndTimestamp: RECORDED_AT + 3600 };
  const master = await viewer.openSession('HLS', {
    StreamName: 'fresh',
    PlaybackMode: 'ON_DEMAND',
    HLSFragmentSelector: { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange },
  });
  const paths = segmentPaths((await viewer.get(mediaPlaylistPath(master))).body);
  if (paths.length !== SECONDS / 2) throw new Error(`${paths.length} segments of ${SECONDS} s\n${acks}`);
  const times = [];
  const firstBytes = [];
  for (const segment of paths) {
    const { ms, firstByteMs } = await viewer.get(segment);
    times.push(ms);
    firstBytes.push(firstByteMs);
  }
  viewer.close();
  return { times, firstByteMs: median(firstBytes) };
}

async function putFile(server, stream, path) {
  const headers = {
    'x-amzn-stream-name': stream,
    'x-amzn-fragment-timecode-type': 'RELATIVE',
    'x-amzn-producer-start-timestamp': String(RECORDED_AT),
  };
  const response = await fetch(`${server.url}/putMedia`, { method: 'POST', headers, body: readFileSync(path) });
  return response.text();
}

/** Median time of making something of each, in ms. */
async function each(items, make) {
  const times = [];
  for (const item of items) {
    const began = performance.now();
    const made = await make(item);
    times.push(performance.now() - began);
    if (made.length < 800_000) throw new Error(`a segment of ${made.length} bytes`);
  }
  return median(times);
}
