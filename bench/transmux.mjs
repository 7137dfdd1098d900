// `node bench/transmux.mjs`: MKV to fMP4 and to MPEG-TS against `ffmpeg -c copy` on the same file, and one segment of two
// seconds against mediabunny making the same. Needs ffmpeg, which also makes the file: 1080p30, 4 Mbit/s, 60 s. A Markdown
// table goes to stdout; exit code 1 if something could not be measured. MEDIABUNNY may name where the package is.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const ROUNDS = 15;
const SEGMENT_ROUNDS = 60;
const FILE = join(tmpdir(), 'transmux-bench-1080p30-4M-60s.mkv');
const MAKE =
  '-f lavfi -i testsrc2=size=1920x1080:rate=30:duration=60 ' +
  '-f lavfi -i sine=frequency=440:beep_factor=4:sample_rate=48000:duration=60 -map 0:v -map 1:a ' +
  '-c:v libx264 -preset veryfast -profile:v high -level 4.0 -bf 0 -pix_fmt yuv420p -sc_threshold 0 -g 60 -keyint_min 60 ' +
  '-b:v 4M -minrate 4M -maxrate 4M -bufsize 4M -x264-params nal-hrd=cbr -c:a aac -b:a 96k -ac 1 ' +
  '-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -map_metadata -1';
const FMP4 = '-f mp4 -movflags cmaf+frag_keyframe+empty_moov+default_base_moof';

const ffmpeg = (...args) =>
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', ...args.flatMap((arg) => arg.split(' '))]);
const say = (line) => process.stderr.write(`${line}\n`);

/** The best of some rounds, in ms: what else runs on the machine only ever makes them longer. */
function timed(rounds, work) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rounds; i++) {
    const began = performance.now();
    work();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

async function timedAsync(rounds, work) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rounds; i++) {
    const began = performance.now();
    await work();
    best = Math.min(best, performance.now() - began);
  }
  return best;
}

/** Processor time of `work`, in ms. */
function processorTime(rounds, work) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < rounds; i++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

/** What ffmpeg says of its own processor time between start and end, in ms. */
function ffmpegProcessorTime(rounds, ...args) {
  let best = Number.POSITIVE_INFINITY;
  const all = ['-nostdin', '-y', '-benchmark', ...args.flatMap((arg) => arg.split(' '))];
  for (let i = 0; i < rounds; i++) {
    const said = spawnSync('ffmpeg', all, { encoding: 'utf8' }).stderr;
    const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(said);
    best = Math.min(best, (Number(user) + Number(system)) * 1000);
  }
  return best;
}

/** The transmuxers as they are in src, bundled for this node. */
async function load(folder) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const media = (path) => `export * from ${JSON.stringify(join(root, 'src/media', path))};\n`;
  const outfile = join(folder, 'transmux.mjs');
  await build({
    stdin: {
      contents: [
        'matroska/reader.ts',
        'matroska/samples.ts',
        'codec/configure.ts',
        'codec/timing.ts',
        'fmp4/initSegment.ts',
        'fmp4/mediaSegment.ts',
        'mpegts/tsSegment.ts',
      ]
        .map(media)
        .join(''),
      resolveDir: root,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

function cut(lib, file) {
  const found = [];
  let header;
  const reader = new lib.MatroskaReader({
    header: (one) => {
      header = one;
    },
    cluster: () => found.push({ header, pieces: [], startMs: 0 }),
    timestamp: (ticks) => {
      found.at(-1).startMs = Number(ticks);
    },
    block: () => {},
    tags: () => {},
    documentEnd: () => {},
    bytes: (piece) => found.at(-1).pieces.push(piece),
  });
  for (let at = 0; at < file.length; at += 65_536) reader.push(file.subarray(at, at + 65_536));
  reader.end();
  return found;
}

const samplesOf = (lib, { header, pieces, startMs }) => {
  const frames = lib.readFrames(header, pieces);
  return lib.readTracks(header.bytes).map((track) => {
    const config = lib.configure(track);
    return { config, samples: lib.decodeTimes(config, frames.get(track.number) ?? [], { startMs }) };
  });
};

function toFmp4(lib, fragment, sequenceNumber) {
  let size = 0;
  for (const { config, samples } of samplesOf(lib, fragment)) {
    if (samples.length > 0) size += lib.mediaSegment({ config, sequenceNumber, samples }).length;
  }
  return size;
}

function toTs(lib, fragment) {
  const [video, audio] = samplesOf(lib, fragment);
  return lib.tsSegment({ video, audio }).length;
}

/** One fragment through mediabunny: the same bytes in, a CMAF segment of the video track out. */
async function withMediabunny(mb, bytes) {
  const input = new mb.Input({ source: new mb.BufferSource(bytes), formats: [mb.MATROSKA] });
  const track = await input.getPrimaryVideoTrack();
  const target = new mb.BufferTarget();
  const output = new mb.Output({
    format: new mb.CmafOutputFormat({ minimumFragmentDuration: 100 }),
    target,
    initTarget: new mb.BufferTarget(),
  });
  const source = new mb.EncodedVideoPacketSource('avc');
  output.addVideoTrack(source);
  await output.start();
  const decoderConfig = await track.getDecoderConfig();
  for await (const packet of new mb.EncodedPacketSink(track).packets()) await source.add(packet, { decoderConfig });
  await output.finalize();
  return target.buffer.byteLength;
}

const rows = [];
const folder = mkdtempSync(join(tmpdir(), 'transmux-'));
try {
  if (!existsSync(FILE)) {
    say('making the file ...');
    ffmpeg(MAKE, `${FILE}.part.mkv`);
    renameSync(`${FILE}.part.mkv`, FILE);
  }
  const lib = await load(folder);
  const file = readFileSync(FILE);
  const megabytes = file.length / 1e6;
  const speed = (ms) => `${(megabytes / (ms / 1000)).toFixed(0)} MB/s`;
  const all = (make) => () => cut(lib, readFileSync(FILE)).map(make);

  for (const [name, aim, make, options] of [
    ['fMP4', 2, (fragment, i) => toFmp4(lib, fragment, i), FMP4],
    ['MPEG-TS', 1, (fragment) => toTs(lib, fragment), '-f mpegts'],
  ]) {
    const copy = ['-i', FILE, '-c copy', options, '/dev/null'];
    const ours = timed(ROUNDS, all(make));
    const theirs = timed(ROUNDS, () => ffmpeg(...copy));
    rows.push([
      `MKV to ${name}, file to segments`,
      speed(ours),
      `ffmpeg -c copy, the whole process: ${speed(theirs)}`,
      (theirs / ours).toFixed(2),
      `>= ${aim}`,
    ]);
    const ourTime = processorTime(ROUNDS, all(make));
    const theirTime = ffmpegProcessorTime(ROUNDS, ...copy);
    rows.push([
      `the same, by processor time`,
      speed(ourTime),
      `ffmpeg without its start: ${speed(theirTime)}`,
      (theirTime / ourTime).toFixed(2),
      '',
    ]);
  }

  const fragments = cut(lib, file);
  const fragment = fragments[7];
  const whole = Buffer.concat([fragment.header.bytes, ...fragment.pieces]);
  const ours = timed(SEGMENT_ROUNDS, () => toFmp4(lib, fragment, 7));
  try {
    const mb = await import(process.env.MEDIABUNNY ?? 'mediabunny');
    const theirs = await timedAsync(SEGMENT_ROUNDS, () => withMediabunny(mb, whole));
    rows.push([
      `one 2 s fragment (${(whole.length / 1e6).toFixed(1)} MB) to fMP4, both tracks`,
      `${ours.toFixed(2)} ms`,
      `mediabunny, video alone: ${theirs.toFixed(2)} ms`,
      (ours / theirs).toFixed(2),
      '<= 0.5',
    ]);
  } catch (error) {
    say(`mediabunny was not measured: ${error.message}`);
    rows.push(['one 2 s fragment to fMP4', `${ours.toFixed(2)} ms`, 'mediabunny is not installed', '', '<= 0.5']);
  }
} catch (error) {
  say(error.stack);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
say('');
for (const row of [['figure', 'here', 'against', 'ratio', 'aim'], ['---', '---', '---', '---', '---'], ...rows]) {
  process.stdout.write(`| ${row.join(' | ')} |\n`);
}
