import { performance } from 'node:perf_hooks';
import { call, open, putMediaHead } from '../client.mjs';
import { clusterOpening, header, simpleBlock } from '../matroska.mjs';
import { startEmulator } from '../processes.mjs';
import { chunk, LAST_CHUNK } from '../producer.mjs';
import { quantile } from '../statistics.mjs';
import { milliseconds } from '../units.mjs';

export const name = 'producers';
export const figure = '200 producers at 1 Mbit/s each: PERSISTED after the last byte of its fragment, p99';
export const aim = '< 50 ms';

const FRAME_MS = 40;
const FRAMES = 50;
/** What is left of its multiples without the whole numbers is spread evenly, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;
/** 1 Mbit/s: 250,000 bytes in a fragment of 2 s, a fifth of them in its key frame. */
const FRAME_BYTES = 4082;
const KEY_FRAME_BYTES = 50_000;

export async function run({ quick, progress }) {
  const server = await startEmulator('--max-memory', '4GiB');
  const { delays, late } = await persistedDelays(server, { producers: 200, seconds: quick ? 8 : 30, progress });
  await server.stop();
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => quantile(delays, share));
  return {
    value: milliseconds(p99),
    met: p99 < 50,
    absolute:
      `p50 ${milliseconds(p50)}, p99 ${milliseconds(p99)}, max ${milliseconds(most)} of ${delays.length} fragments; ` +
      `the client itself was late by up to ${milliseconds(late)}`,
  };
}

/** Those of every fragment, made once: to make them must not cost the client what it is to measure. */
const frames = Array.from({ length: FRAMES }, (_, i) =>
  chunk(simpleBlock(i * FRAME_MS, i === 0 ? KEY_FRAME_BYTES : FRAME_BYTES, i === 0)),
);

/**
 * As cameras are that know nothing of each other: their fragments spread over a fragment's time and, whatever those are,
 * their frames over a frame's. Else a fragment would always end in the middle of frames of all the others.
 */
const phaseMs = (i, producers) => (Math.floor((i * FRAMES) / producers) + ((i * GOLDEN) % 1)) * FRAME_MS;

/** How long after the last byte of each of their fragments PERSISTED comes, in ms, and how late they sent it themselves. */
export async function persistedDelays(server, { producers, seconds, progress }) {
  const delays = [];
  let late = 0;
  const all = [];
  for (let i = 0; i < producers; i++) {
    const stream = `camera-${i}`;
    await call(server, '/createStream', { StreamName: stream, DataRetentionInHours: 24 });
    all.push(await Producer.start(server, stream, (ms) => delays.push(ms)));
  }
  const began = performance.now();
  const due = all.map((_, i) => began + phaseMs(i, producers));
  await new Promise((resolve, reject) => {
    const timer = setInterval(() => {
      const now = performance.now();
      try {
        for (let i = 0; i < producers; i++) {
          while (due[i] <= now) {
            late = Math.max(late, now - due[i]);
            all[i].sendFrame();
            due[i] += FRAME_MS;
          }
        }
      } catch (error) {
        clearInterval(timer);
        reject(error);
      }
      progress((now - began) / 1000 / seconds);
      if (now - began < seconds * 1000) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  // Else what ends of all of them at once would be measured along with what came just before.
  await Promise.all(all.map((producer) => producer.answered()));
  await Promise.all(all.map((producer) => producer.end()));
  return { delays, late };
}

/** Sends a frame when told to. The next Cluster begins in the same write as the last byte of the one before. */
class Producer {
  #socket;
  #frame = 0;
  #fragment = 0;
  /** When the last bytes of fragments were sent that are not PERSISTED yet. */
  #sentAt = new Map();
  #onAnswered = () => undefined;
  #ended;

  static async start(server, stream, onPersisted) {
    const producer = new Producer();
    const socket = await open(server.port);
    producer.#socket = socket;
    let text = '';
    producer.#ended = new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.setEncoding('latin1').on('data', (piece) => {
        const now = performance.now();
        text += piece;
        for (const [, event, timecode] of text.matchAll(/"EventType":"(\w+)","FragmentTimecode":(\d+)/g)) {
          if (event === 'ERROR') reject(new Error(text));
          if (event === 'PERSISTED') producer.#onAck(Number(timecode), now, onPersisted);
        }
        if (text.endsWith('\r\n0\r\n\r\n')) resolve();
        text = text.slice(text.lastIndexOf('\n', text.length - 3) + 1);
      });
    });
    producer.#ended.catch(() => undefined);
    socket.write(Buffer.concat([putMediaHead(stream), chunk(header()), chunk(clusterOpening(0))]));
    return producer;
  }

  #onAck(timecode, now, onPersisted) {
    const sentAt = this.#sentAt.get(timecode);
    if (sentAt === undefined) return;
    this.#sentAt.delete(timecode);
    onPersisted(now - sentAt);
    if (this.#sentAt.size === 0) this.#onAnswered();
  }

  /** Resolves when each fragment whose last byte has been sent is PERSISTED. Rejects with what ended it before. */
  answered() {
    const all = new Promise((resolve) => {
      this.#onAnswered = resolve;
      if (this.#sentAt.size === 0) resolve();
    });
    return Promise.race([all, this.#ended]);
  }

  sendFrame() {
    const frame = frames[this.#frame];
    this.#frame += 1;
    if (this.#frame < FRAMES) {
      this.#socket.write(frame);
      return;
    }
    const timecode = this.#fragment * FRAMES * FRAME_MS;
    this.#fragment += 1;
    this.#frame = 0;
    this.#sentAt.set(timecode, performance.now());
    this.#socket.write(Buffer.concat([frame, chunk(clusterOpening(this.#fragment * FRAMES * FRAME_MS))]));
  }

  async end() {
    // Not measured: the fragment in progress ends with the body.
    this.#socket.write(Buffer.concat([chunk(simpleBlock(this.#frame * FRAME_MS, FRAME_BYTES, false)), LAST_CHUNK]));
    await this.#ended;
    this.#socket.destroy();
  }
}
