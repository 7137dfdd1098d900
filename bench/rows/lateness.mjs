import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { call, open, putMediaHead } from '../client.mjs';
import { cluster, element, header, UNKNOWN } from '../matroska.mjs';
import { startEmulator } from '../processes.mjs';
import { chunk, LAST_CHUNK } from '../producer.mjs';
import { ResponseReader } from '../response.mjs';
import { fill } from '../tinyFragments.mjs';
import { milliseconds } from '../units.mjs';

export const name = 'lateness';

const LIMIT_MS = 100;
const HOUR_S = 3600;
const SHAPE = { frames: 2, frameMs: 500, frameBytes: 400, keyFrameBytes: 400 };

const simpleTag = (tagName, value) => element('67c8', element('45a3', tagName), element('4487', value));
const tags = (...simple) => element('1254c367', element('7373', ...simple));
const padded = (bytes) => Buffer.concat([Buffer.alloc(bytes), Buffer.from('x')]);

/** Sends one body of PutMedia, however the emulator likes it, and resolves when it has answered. */
async function put(server, stream, body, headers = {}) {
  const socket = await open(server.port);
  const answer = [];
  const reader = new ResponseReader((piece) => answer.push(Buffer.from(piece)));
  const over = new Promise((resolve) => {
    socket.on('error', resolve).on('close', resolve);
    socket.on('data', (bytes) => {
      reader.push(bytes);
      if (reader.done) resolve();
    });
  });
  socket.write(putMediaHead(stream, headers));
  for (let at = 0; at < body.length; at += 65_536) socket.write(chunk(body.subarray(at, at + 65_536)));
  socket.write(LAST_CHUNK);
  await over;
  socket.destroy();
  return Buffer.concat(answer).toString();
}

const stream = async (server, StreamName) => {
  await call(server, '/createStream', { StreamName, DataRetentionInHours: 24 });
  return StreamName;
};

/** Whatever it answers: an attacker does not mind. */
const ask = (server, path, input) =>
  fetch(server.url + path, { method: 'POST', body: JSON.stringify(input) }).then(async (answer) => ({
    status: answer.status,
    body: Buffer.from(await answer.arrayBuffer()),
  }));

const range = (from = -2 * 24 * HOUR_S, to = HOUR_S) => ({
  StartTimestamp: Date.now() / 1000 + from,
  EndTimestamp: Date.now() / 1000 + to,
});
const selector = (axis = 'PRODUCER_TIMESTAMP', times = range(-25 * HOUR_S, -2 * HOUR_S)) => ({
  FragmentSelectorType: axis,
  TimestampRange: times,
});

/** Everything that looks into the media of a stream. */
async function look(server, StreamName) {
  const clip = ask(server, '/getClip', { StreamName, ClipFragmentSelector: selector() });
  const from = Date.now() / 1000 - 24 * HOUR_S - 60;
  const images = ask(server, '/getImages', {
    StreamName,
    ImageSelectorType: 'PRODUCER_TIMESTAMP',
    Format: 'JPEG',
    StartTimestamp: from,
    EndTimestamp: from + 300,
  });
  for (const protocol of ['HLS', 'DASH']) {
    const { status, body } = await ask(server, `/get${protocol}StreamingSessionURL`, {
      StreamName,
      PlaybackMode: 'ON_DEMAND',
      [`${protocol}FragmentSelector`]: selector(),
      [protocol === 'HLS' ? 'MaxMediaPlaylistFragmentResults' : 'MaxManifestFragmentResults']: 5000,
    });
    if (status !== 200) continue;
    const url = JSON.parse(body)[`${protocol}StreamingSessionURL`];
    await fetch(url).then((answer) => answer.arrayBuffer());
    if (protocol === 'DASH') {
      const segment = url.replace('getDASHManifest.mpd', 'getMP4MediaFragment.mp4');
      await fetch(`${segment}&TrackNumber=1&FragmentNumber=1`).then((answer) => answer.arrayBuffer());
      continue;
    }
    const list = url.replace('getHLSMasterPlaylist', 'getHLSMediaPlaylist');
    const playlist = await fetch(`${list}&TrackNumber=1`).then((answer) => answer.text());
    const segment = /^getMP4MediaFragment.*$/m.exec(playlist)?.[0];
    if (segment) await fetch(new URL(segment, url)).then((answer) => answer.arrayBuffer());
  }
  await Promise.all([clip, images]);
}

/** So many frames in one fragment: a SimpleBlock of one byte each. */
function manyFrames(frames, laced) {
  const parts = [header(), Buffer.from('1f43b675', 'hex'), UNKNOWN, Buffer.from('e78100', 'hex')];
  if (laced) {
    // 256 frames of one byte each in a Block with fixed-size lacing.
    const block = Buffer.concat([
      Buffer.from('a34105', 'hex'),
      Buffer.of(0x81, 0, 0, 0x84, 0xff),
      Buffer.alloc(256, 0x41),
    ]);
    for (let i = 0; i < frames / 256; i++) parts.push(block);
  } else {
    for (let i = 0; i < frames; i++) {
      const ms = Math.floor((i * 19_000) / frames);
      parts.push(Buffer.of(0xa3, 0x85, 0x81, ms >> 8, ms & 0xff, i === 0 ? 0x80 : 0, 0x41));
    }
  }
  return Buffer.concat(parts);
}

const CODEC_ID = Buffer.from('V_MPEG4/ISO/AVC');
/** The usual header, with another CodecID. */
function headerWithCodec(codec) {
  const track = [element('d7', 1), element('73c5', 1), element('83', 1), element('86', codec)];
  return Buffer.concat([
    element('1a45dfa3', element('4282', 'matroska'), element('4287', 4), element('4285', 2)),
    Buffer.from('18538067', 'hex'),
    UNKNOWN,
    element('1549a966', element('2ad7b1', 0x0f, 0x42, 0x40)),
    element('1654ae6b', element('ae', ...track)),
  ]);
}

/** What a stranger may do. Each gets an emulator of its own; `act` is what is watched, and what it starts it awaits. */
const ATTACKS = {
  'a TagName of 1,000,000 zeros and an x': async (server, scale) => {
    const name = await stream(server, 'tag');
    const body = Buffer.concat([header(), cluster(0, SHAPE), tags(simpleTag(padded(scale(1_000_000)), 'v'))]);
    return () => put(server, name, body);
  },
  'a value of the same': async (server, scale) => {
    const name = await stream(server, 'value');
    const body = Buffer.concat([header(), cluster(0, SHAPE), tags(simpleTag('n', padded(scale(1_000_000))))]);
    return () => put(server, name, body);
  },
  'a CodecID of the same, played': async (server, scale) => {
    const name = await stream(server, 'codec');
    const codec = Buffer.concat([CODEC_ID, padded(scale(1_000_000))]);
    const body = Buffer.concat([headerWithCodec(codec), cluster(0, SHAPE)]);
    return async () => {
      await put(server, name, body);
      await look(server, name);
    };
  },
  '300,000 empty SimpleTags': async (server, scale) => {
    const name = await stream(server, 'tags');
    const many = Buffer.alloc(scale(300_000) * 3, Buffer.from('67c880', 'hex'));
    return () => put(server, name, Buffer.concat([header(), cluster(0, SHAPE), tags(many)]));
  },
  '500,000 empty elements in the header': async (server, scale) => {
    const name = await stream(server, 'voids');
    const many = Buffer.alloc(scale(500_000) * 2, Buffer.from('ec80', 'hex'));
    return () => put(server, name, Buffer.concat([headerWithCodec(CODEC_ID), many, cluster(0, SHAPE)]));
  },
  '10,000,000 NAL units in a frame, played': async (server, scale) => {
    const name = await stream(server, 'units');
    const frame = Buffer.alloc(scale(10_000_000) * 4, Buffer.from('00000141', 'hex'));
    const opening = Buffer.from('1f43b67501ffffffffffffffe78100a310000000', 'hex');
    opening.writeUInt32BE(0x10000000 + frame.length + 4, opening.length - 4);
    const body = Buffer.concat([header(), opening, Buffer.from('81000080', 'hex'), frame]);
    return async () => {
      await put(server, name, body);
      await look(server, name);
    };
  },
  '100,000 TrackEntries': async (server, scale) => {
    const name = await stream(server, 'tracks');
    const many = element('1654ae6b', Buffer.alloc(scale(100_000) * 2, Buffer.from('ae80', 'hex')));
    const head = headerWithCodec(CODEC_ID);
    return () => put(server, name, Buffer.concat([head, many, cluster(0, SHAPE)]));
  },
  '1,000,000 frames in a fragment, played': async (server, scale) => {
    const name = await stream(server, 'frames');
    const body = manyFrames(scale(1_000_000), false);
    return async () => {
      await put(server, name, body);
      await look(server, name);
    };
  },
  '4,000,000 laced frames in a fragment, played': async (server, scale) => {
    const name = await stream(server, 'laced');
    const body = manyFrames(scale(4_000_000), true);
    return async () => {
      await put(server, name, body);
      await look(server, name);
    };
  },
  '200,000 fragments expire at once': async (server, scale) => {
    await fill(server, 'old', scale(200_000));
    await call(server, '/updateDataRetention', {
      StreamName: 'old',
      CurrentVersion: (await call(server, '/describeStream', { StreamName: 'old' })).StreamInfo.Version,
      DataRetentionChangeInHours: 8736,
      Operation: 'DECREASE_DATA_RETENTION',
    });
    return () => call(server, '/_kvs/clock', { advance: '30d' });
  },
  'a stream of 200,000 fragments is deleted': async (server, scale) => {
    await fill(server, 'gone', scale(200_000));
    const { StreamInfo } = await call(server, '/describeStream', { StreamName: 'gone' });
    return () => call(server, '/deleteStream', { StreamARN: StreamInfo.StreamARN });
  },
  'all of them are reset': async (server, scale) => {
    await fill(server, 'reset', scale(200_000));
    return () => call(server, '/_kvs/reset');
  },
  'the first lists over 200,000 fragments': async (server, scale) => {
    const { start, end } = await fill(server, 'long', scale(200_000));
    return async () => {
      const FragmentSelector = selector('PRODUCER_TIMESTAMP', { StartTimestamp: start, EndTimestamp: end });
      await ask(server, '/listFragments', { StreamName: 'long', MaxResults: 1000, FragmentSelector });
      await look(server, 'long');
    };
  },
  'a recording of 50,000 fragments sent twice, out of order': async (server, scale) => {
    await fill(server, 'twice', scale(50_000));
    const { fragments, start } = { fragments: scale(50_000), start: Math.floor(Date.now() / 1000) - 86_400 };
    const { append } = await import('../tinyFragments.mjs');
    await append(server, 'twice', fragments, start);
    return () => look(server, 'twice');
  },
  'JSON of 1 MB: an array, a string, a deep nest': async (server) => {
    const bodies = [
      `{"StreamName":[${'1,'.repeat(500_000)}1]}`,
      `{"StreamName":"${'a'.repeat(1_000_000)}"}`,
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
      `{${Array.from({ length: 60_000 }, (_, i) => `"member${i}":1`).join(',')}}`,
    ];
    return async () => {
      for (const path of ['/createStream', '/listFragments', '/_kvs/clock']) {
        for (const body of bodies) await fetch(server.url + path, { method: 'POST', body }).then((one) => one.text());
      }
    };
  },
};

export async function run({ quick, progress, tell }) {
  const scale = (count) => (quick ? Math.floor(count / 5) : count);
  const figures = [];
  const entries = Object.entries(ATTACKS).filter(
    ([what]) => !process.env.KVS_BENCH_ATTACK || what.includes(process.env.KVS_BENCH_ATTACK),
  );
  for (const [at, [what, prepare]] of entries.entries()) {
    const server = await startEmulator('--max-memory', '4GiB');
    const prober = startProber(server);
    const act = await prepare(server, scale);
    await prober.watch(() => undefined);
    const { slowest, took } = await prober.watch(act);
    tell(`${what}: ${milliseconds(slowest)} late, took ${milliseconds(took)}`);
    figures.push({
      figure: `slowest answer to another client while: ${what}`,
      aim: `<= ${LIMIT_MS} ms`,
      value: milliseconds(slowest),
      met: slowest <= LIMIT_MS,
      absolute: `all of it took ${milliseconds(took)}`,
    });
    progress((at + 1) / entries.length);
    prober.stop();
    await server.stop();
  }
  return figures;
}

function startProber(server) {
  const script = fileURLToPath(new URL('../prober.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, String(server.port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  return {
    /** The slowest answer while `act` is done, and for a moment before and after it. */
    async watch(act) {
      child.stdin.write('start\n');
      await new Promise((resolve) => setTimeout(resolve, 200));
      const began = performance.now();
      await act();
      const took = performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, 100));
      const told = once(lines, 'line');
      child.stdin.write('stop\n');
      const [line] = await told;
      return { ...JSON.parse(line), took };
    },
    stop: () => child.kill(),
  };
}
