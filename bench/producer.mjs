import { CAMERA, cluster, clusterMs, header, TIMESTAMP_AT } from './matroska.mjs';

/** One HTTP chunk. */
export const chunk = (bytes) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

export const LAST_CHUNK = Buffer.from('0\r\n\r\n');

const framed = (bytes, chunkBytes) => {
  const chunks = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(chunk(bytes.subarray(at, at + chunkBytes)));
  return Buffer.concat(chunks);
};

/** Where the byte at `at` of the body stands once it is framed. */
function placeInFrames(at, total, chunkBytes) {
  const before = Math.floor(at / chunkBytes);
  const frame = chunkBytes.toString(16).length + 4;
  const own = Math.min(chunkBytes, total - before * chunkBytes).toString(16).length + 2;
  return before * (chunkBytes + frame) + own + (at % chunkBytes);
}

/**
 * A long PutMedia body, framed once and sent again and again with new timestamps: making it must not cost the client
 * what it is to measure. `blocks` buffers go round, so that one is written into while the others are on their way.
 */
export class LoopedBody {
  #blocks;
  #places = [];
  #spacing;
  #sent = 0;
  #left;
  /** Fragments and bytes of media (chunk sizes and header not counted) in all. */
  fragments;
  mediaBytes;

  constructor({ mediaBytes, shape = CAMERA, chunkBytes = 65_536, clustersPerBlock = 8, blocks = 3 }) {
    const one = cluster(0, shape);
    const bytes = Buffer.concat(
      Array.from({ length: clustersPerBlock }, (_, i) => (i === 0 ? one : cluster(0, shape))),
    );
    for (let i = 0; i < clustersPerBlock; i++) {
      const digits = [];
      for (let j = 0; j < 8; j++)
        digits.push(placeInFrames(i * one.length + TIMESTAMP_AT + j, bytes.length, chunkBytes));
      this.#places.push(digits);
    }
    const frames = framed(bytes, chunkBytes);
    this.#blocks = Array.from({ length: blocks }, () => Buffer.from(frames));
    this.#spacing = clusterMs(shape);
    this.#left = Math.ceil(mediaBytes / bytes.length);
    this.fragments = this.#left * clustersPerBlock;
    this.mediaBytes = this.#left * bytes.length;
  }

  /** How many blocks may be on their way at once. */
  get inFlight() {
    return this.#blocks.length;
  }

  /** The next framed bytes, or undefined at the end. Valid until `inFlight` more have been asked for. */
  next() {
    if (this.#left === 0) return undefined;
    this.#left -= 1;
    const block = this.#blocks[0];
    this.#blocks.push(this.#blocks.shift());
    for (const digits of this.#places) {
      let timestamp = this.#sent++ * this.#spacing;
      for (let j = 7; j >= 0; j--) {
        block[digits[j]] = timestamp % 256;
        timestamp = Math.floor(timestamp / 256);
      }
    }
    return block;
  }

  /** What stands in front, framed. */
  static opening() {
    return chunk(header());
  }
}
