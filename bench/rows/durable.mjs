import { closeSync, fdatasync, mkdtempSync, openSync, rmSync, statSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
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
    for (const measure of [putting, waiting, getting, starting]) figures.push(await measure(folder, watcher));
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const PRODUCERS = 50;

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
  const [rounds, seconds] = quick ? [2, 6] : [4, 15];
  const [delays, alone, undurable, lates] = [[], [], [], []];
  for (let round = 0; round < rounds; round++) {
    const told = (part) => (done) => progress((round + (part + done) / 3) / rounds);
    const found = await persisted(() => onNewFolder(folder, '--fsync', 'each'), { seconds, progress: told(0) });
    delays.push(...found.delays);
    lates.push(found.late);
    const everyMs = (seconds * 1000) / found.delays.length;
    alone.push(...(await fsyncs(join(folder, `synced-${round}`), found.delays.length, everyMs)));
    // What of it is due to anything but the disk.
    undurable.push(...(await persisted(startEmulator, { seconds, progress: told(2) })).delays);
  }
  const [p99, ownP99] = [quantile(delays, 0.99), quantile(alone, 0.99)];
  const both = (times) => `p50 ${milliseconds(quantile(times, 0.5))}, p99 ${milliseconds(quantile(times, 0.99))}`;
  return {
    figure:
      `${PRODUCERS} producers at 1 Mbit/s, \`--fsync each\`: PERSISTED p99, against write and fsync alone of as many ` +
      'bytes, as often and in as many files',
    aim: '<= 3',
    value: ratio(p99 / ownP99),
    met: p99 <= 3 * ownP99,
    absolute:
      `${both(delays)}, against ${both(alone)}; the same emulator without a data folder ${both(undurable)}; ` +
      `${delays.length} fragments in ${rounds} rounds by turns; the client itself was late by up to ` +
      milliseconds(Math.max(...lates)),
  };
}

async function persisted(starting, { seconds, progress }) {
  const emulator = await starting();
  // As everywhere here: what is measured is not how its code is loaded.
  await putMedia(emulator, 'warm', 64e6);
  const found = await persistedDelays(emulator, { producers: PRODUCERS, seconds, progress });
  await emulator.stop();
  return found;
}

/**
 * What the disk takes for the same: one after the other in a row it would take less, since each finds the work of the one
 * before done, and a disk that nobody asks for anything for a while takes longer.
 */
async function fsyncs(path, count, everyMs) {
  const bytes = Buffer.alloc(250_000, 'media');
  const files = Array.from({ length: PRODUCERS }, (_, i) => ({ file: openSync(`${path}-${i}`, 'w'), size: 0 }));
  const times = [];
  const running = [];
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    const wait = began + i * everyMs - performance.now();
    if (wait > 0) await sleep(wait);
    const one = files[i % files.length];
    running.push(
      (async () => {
        const at = performance.now();
        await promisify(write)(one.file, bytes, 0, bytes.length, one.size);
        one.size += bytes.length;
        await promisify(fdatasync)(one.file);
        times.push(performance.now() - at);
      })(),
    );
  }
  await Promise.all(running);
  for (const { file } of files) closeSync(file);
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
