import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  write,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { call } from '../client.mjs';
import { firstAnswer, startBare, startEmulator } from '../processes.mjs';
import { LoopedBody } from '../producer.mjs';
import { inTurns, quantile } from '../statistics.mjs';
import { megabytesPerSecond, milliseconds, ratio, speed } from '../units.mjs';
import { getMedia, take } from './getMedia.mjs';
import { putMedia } from './ingest.mjs';
import { persistedDelays } from './producers.mjs';

export const name = 'durable';

/** What is measured is that disk's: `KVS_BENCH_DIR` names a folder on another. */
const DISK = process.env.KVS_BENCH_DIR ?? tmpdir();

export async function run(watcher) {
  const folder = mkdtempSync(join(DISK, 'kvs-bench-'));
  try {
    const figures = [];
    for (const measure of [putting, waiting, getting, starting, startingFull])
      figures.push(await measure(folder, watcher));
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let folders = 0;
/** An emulator on a folder that is not there yet. */
const onNewFolder = (folder, ...options) => startEmulator('--data-dir', join(folder, `data-${folders++}`), ...options);

async function putting(folder, { quick, progress }) {
  const rounds = quick ? 3 : 7;
  const bytes = quick ? 256e6 : 1e9;
  const emulator = await onNewFolder(folder);
  await putMedia(emulator, 'warm', 64e6);
  const loop = () => writeLoop(join(folder, 'written'), bytes);
  const unsafe = await writeLoop(join(folder, 'written'), bytes, false);
  const measured = await inTurns({
    rounds,
    a: () => durably(emulator, bytes),
    b: loop,
    onRound: (round) => progress(round / rounds),
  });
  await emulator.stop();
  return {
    figure:
      'PutMedia into a data folder, every fragment safe, against `fs.write` in a loop and fsync of the same bytes',
    aim: '>= 0.4',
    value: ratio(measured.ratio),
    met: measured.ratio >= 0.4,
    absolute:
      `${speed(measured.a)} against ${speed(measured.b)}, ${bytes / 1e6} MB in each round; ` +
      `the loop alone, without making it safe, ${speed(unsafe)}`,
  };
}

async function durably(emulator, bytes) {
  const { body, ms } = await putMedia(emulator, 'measured', bytes);
  const { StreamInfo } = await call(emulator, '/describeStream', { StreamName: 'measured' });
  await call(emulator, '/deleteStream', { StreamARN: StreamInfo.StreamARN });
  return megabytesPerSecond(body.mediaBytes, ms);
}

/** The body of the same upload, in pieces of the same size, one behind the other. */
async function writeLoop(path, mediaBytes, safe = true) {
  const writing = promisify(write);
  const body = new LoopedBody({ mediaBytes });
  const began = performance.now();
  const file = openSync(path, 'w');
  let at = 0;
  for (let piece = body.next(); piece !== undefined; piece = body.next()) {
    await writing(file, piece, 0, piece.length, at);
    at += piece.length;
  }
  if (safe) await promisify(fdatasync)(file);
  closeSync(file);
  return megabytesPerSecond(body.mediaBytes, performance.now() - began);
}

async function waiting(folder, { quick, progress }) {
  const emulator = await onNewFolder(folder, '--fsync', 'each');
  const { delays, late } = await persistedDelays(emulator, { producers: 50, seconds: quick ? 8 : 30, progress });
  await emulator.stop();
  const alone = fsyncs(join(folder, 'synced'), delays.length);
  const [p99, ownP99] = [quantile(delays, 0.99), quantile(alone, 0.99)];
  return {
    figure: '50 producers at 1 Mbit/s, `--fsync each`: PERSISTED p99, against write and fsync alone on the same disk',
    aim: '<= 3',
    value: ratio(p99 / ownP99),
    met: p99 <= 3 * ownP99,
    absolute:
      `p99 ${milliseconds(p99)} against ${milliseconds(ownP99)}, p50 ${milliseconds(quantile(delays, 0.5))} against ` +
      `${milliseconds(quantile(alone, 0.5))}, ${delays.length} fragments; the client itself was late by up to ${milliseconds(late)}`,
  };
}

function fsyncs(path, count) {
  const bytes = Buffer.alloc(250_000, 'media');
  const file = openSync(path, 'w');
  const times = [];
  for (let i = 0; i < count; i++) {
    const began = performance.now();
    writeSync(file, bytes);
    fdatasyncSync(file);
    times.push(performance.now() - began);
  }
  closeSync(file);
  return times;
}

async function getting(folder, { quick, progress }) {
  const rounds = quick ? 3 : 7;
  const size = quick ? 256e6 : 1e9;
  const emulator = await onNewFolder(folder);
  const { body, lastNumber } = await putMedia(emulator, 'media', size);
  const path = join(folder, 'written');
  await writeLoop(path, body.mediaBytes);
  const bare = await startBare('file', path);
  const get = () => getMedia(emulator, body.mediaBytes, lastNumber);
  const { size: fileSize } = statSync(path);
  const read = () => take(bare, fileSize);
  await get();
  await read();
  const measured = await inTurns({ rounds, a: get, b: read, onRound: (round) => progress(round / rounds) });
  await emulator.stop();
  await bare.stop();
  return {
    figure: 'GetMedia from a data folder, against a bare `node:http` server that reads a file of the same bytes',
    aim: '>= 0.5',
    value: ratio(measured.ratio),
    met: measured.ratio >= 0.5,
    absolute: `${speed(measured.a)} against ${speed(measured.b)}, ${Math.round(body.mediaBytes / 1e6)} MB in each round`,
  };
}

async function starting(folder, { quick, progress }) {
  const rounds = quick ? 7 : 21;
  const onFolder = () => firstAnswer(() => onNewFolder(folder));
  const without = () => firstAnswer(startEmulator);
  await onFolder();
  await without();
  const measured = await inTurns({ rounds, a: onFolder, b: without, onRound: (round) => progress(round / rounds) });
  const added = quantile(
    measured.as.map((ms, i) => ms - measured.bs[i]),
    0.5,
  );
  return {
    figure: 'start with an empty data folder, against a start without',
    aim: 'adds <= 20 ms',
    value: milliseconds(added),
    met: added <= 20,
    absolute: `${milliseconds(measured.a)} against ${milliseconds(measured.b)}, ${rounds} starts of each`,
  };
}

/** Killed, so that what each stream has written last has no index yet. */
async function startingFull(folder, { quick, progress }) {
  const streams = 10;
  const size = quick ? 1e9 : 10e9;
  const data = join(folder, 'full');
  let emulator = await startEmulator('--data-dir', data);
  for (let i = 0; i < streams; i++) {
    await putMedia(emulator, `media-${i}`, size / streams);
    progress((i + 1) / streams);
  }
  await emulator.stop();
  emulator = await startEmulator('--data-dir', data);
  const { StreamInfoList: all } = await call(emulator, '/listStreams');
  const ms = performance.now() - emulator.spawnedAt;
  await emulator.stop();
  rmSync(data, { recursive: true });
  if (all.length !== streams) throw new Error(`${all.length} of ${streams} streams are there`);
  return {
    figure: `start over ${size / 1e9} GB of segments, up to the first answer`,
    aim: '< 2 s',
    value: milliseconds(ms),
    met: ms < 2000,
    absolute: `${streams} streams`,
  };
}
