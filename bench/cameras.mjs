// Many cameras in a process of their own, each on a connection of its own and each frame in a chunk of its own:
// `node cameras.mjs PORT NUMBER`. Says `ready` once all are at it; then a line `start` or `stop` for each time watched.
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { Caller, jsonRequest, open, putMediaHead } from './client.mjs';
import { clusterOpening, header, simpleBlock } from './matroska.mjs';
import { chunk } from './producer.mjs';
import { quantile } from './statistics.mjs';

/** 25 frames/s of 4 kB, a key frame and so a fragment every 2 s. */
const FRAME_MS = 40;
const FRAMES = 50;
const FRAME_BYTES = 4000;
const WARM_MS = 1500;
/** So long, at most, is waited for what has not come when the watching ends. */
const LAST_MS = 1000;

const FRAME = Array.from({ length: FRAMES }, (_, i) => simpleBlock(i * FRAME_MS, FRAME_BYTES, i === 0));
const FRAME_CHUNK = FRAME.map(chunk);

const [port, number] = process.argv.slice(2).map(Number);

let watched = { chunks: 0, delays: [], late: 0 };
/** Fragments that ended while watched, and are not known to be PERSISTED yet. */
const awaited = new Set();
let watching = false;

class Camera {
  #socket;
  #fragment = 0;
  #frame = 0;
  /** The first fragment is shorter, so that those of all cameras spread over a fragment's time. */
  #frames;
  #ended = new Map();

  static async start(stream, frames) {
    const camera = new Camera();
    camera.#socket = await open(port);
    camera.#frames = frames;
    let text = '';
    camera.#socket.setEncoding('latin1').on('data', (piece) => {
      text += piece;
      if (text.includes('"ERROR"') || /^HTTP\/1.1 [^2]/m.test(text)) throw new Error(text);
      for (const [, timecode] of text.matchAll(/"PERSISTED","FragmentTimecode":(\d+)/g)) camera.#persisted(timecode);
      text = text.slice(text.lastIndexOf('\n', text.length - 3) + 1);
    });
    camera.#socket.write(Buffer.concat([putMediaHead(stream), chunk(header())]));
    return camera;
  }

  /** The next frame. A fragment's first one comes with the Cluster's beginning, which ends the fragment before. */
  sendFrame() {
    watched.chunks += 1;
    if (this.#frame > 0) this.#socket.write(FRAME_CHUNK[this.#frame]);
    else {
      if (this.#fragment > 0) this.#end(this.#fragment - 1);
      const opening = clusterOpening(this.#fragment * FRAMES * FRAME_MS);
      this.#socket.write(chunk(Buffer.concat([opening, FRAME[0]])));
    }
    this.#frame += 1;
    if (this.#frame < this.#frames) return;
    this.#frame = 0;
    this.#frames = FRAMES;
    this.#fragment += 1;
  }

  #end(fragment) {
    const ended = { at: performance.now(), watched: watching };
    this.#ended.set(fragment * FRAMES * FRAME_MS, ended);
    if (watching) awaited.add(ended);
  }

  #persisted(timecode) {
    const ended = this.#ended.get(Number(timecode));
    this.#ended.delete(Number(timecode));
    if (ended === undefined || !awaited.delete(ended)) return;
    watched.delays.push(performance.now() - ended.at);
  }
}

/** The bare server has no streams. */
async function createStreams() {
  const caller = await Caller.open({ port });
  for (let i = 0; i < number; i++) {
    await caller.call(jsonRequest('/createStream', { StreamName: `camera-${i}`, DataRetentionInHours: 24 }));
  }
  caller.close();
}

if (process.argv[4] !== 'bare') await createStreams();
const cameras = [];
for (let i = 0; i < number; i++) cameras.push(await Camera.start(`camera-${i}`, 1 + ((i * 7) % FRAMES)));

// One after the other, evenly over a frame's time.
const began = performance.now();
let sent = 0;
setInterval(() => {
  const now = performance.now();
  while (began + (sent * FRAME_MS) / number <= now) {
    watched.late = Math.max(watched.late, performance.now() - began - (sent * FRAME_MS) / number);
    cameras[sent % number].sendFrame();
    sent += 1;
  }
}, 1);

setTimeout(() => process.stdout.write('ready\n'), WARM_MS);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'start') {
    watched = { chunks: 0, delays: [], late: 0 };
    watching = true;
    continue;
  }
  watching = false;
  const { chunks, delays, late } = watched;
  const until = performance.now() + LAST_MS;
  while (awaited.size > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
  // What still has not come has taken so long at least.
  for (const { at } of awaited) delays.push(performance.now() - at);
  const [p50, p99] = [0.5, 0.99].map((share) => quantile(delays, share));
  process.stdout.write(`${JSON.stringify({ chunks, fragments: delays.length, p50, p99, late })}\n`);
}
process.exit();
