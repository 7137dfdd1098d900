// Matroska as a 1080p camera sends it: Segment and Clusters of unknown size, one video track, no gaps. Its frames are noise
// in whole NAL units, so it can be played as far as everything but a decoder is concerned.

/** The shape of what is measured: 30 frames/s of about 16 KiB, a key frame and so a fragment every 2 s: about 1 MB. */
export const CAMERA = { frames: 60, frameMs: 33, frameBytes: 16_000, keyFrameBytes: 96_000 };

/** What x264 says of High profile, level 4.0, 1920x1080, 30 frames/s. */
const AVC_1080P30 =
  '01640028ffe1002467640028acb403c0113f2e022000000300200000078c90001e848003d09c94400f1832a001000468ef3cb0fdf8f800';

export const UNKNOWN = Buffer.from('01ffffffffffffff', 'hex');

/** An element's size in eight bytes, whatever it is. */
function size(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value) | (1n << 56n));
  return bytes;
}

export function element(id, ...content) {
  const bytes = Buffer.concat(content.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))));
  return Buffer.concat([Buffer.from(id, 'hex'), size(bytes.length), bytes]);
}

/** Everything in front of the first Cluster; timestamps count milliseconds. */
export function header() {
  const video = element('e0', element('b0', 7, 128), element('ba', 4, 56));
  const track = [element('d7', 1), element('73c5', 1), element('83', 1), element('86', 'V_MPEG4/ISO/AVC')];
  const codecPrivate = element('63a2', Buffer.from(AVC_1080P30, 'hex'));
  const defaultDuration = Buffer.alloc(4);
  defaultDuration.writeUInt32BE(CAMERA.frameMs * 1e6);
  return Buffer.concat([
    element('1a45dfa3', element('4282', 'matroska'), element('4287', 4), element('4285', 2)),
    Buffer.from('18538067', 'hex'),
    UNKNOWN,
    element('1549a966', element('2ad7b1', 0x0f, 0x42, 0x40), element('4d80', 'bench'), element('5741', 'bench')),
    element('1654ae6b', element('ae', ...track, element('23e383', defaultDuration), codecPrivate, video)),
  ]);
}

/** Bytes in front of a Cluster's first frame, and where in them its timestamp stands. */
const OPENING = Buffer.concat([Buffer.from('1f43b675', 'hex'), UNKNOWN, Buffer.from('e788', 'hex'), Buffer.alloc(8)]);
export const TIMESTAMP_AT = OPENING.length - 8;

export function clusterOpening(timestamp) {
  const bytes = Buffer.from(OPENING);
  bytes.writeBigUInt64BE(BigInt(timestamp), TIMESTAMP_AT);
  return bytes;
}

/** A SimpleBlock of track 1 with `bytes` of content that no compressor and no copy-on-write could make smaller. */
export function simpleBlock(time, bytes, key) {
  const head = Buffer.concat([
    Buffer.from('a3', 'hex'),
    size(bytes + 4),
    Buffer.of(0x81, time >> 8, time & 0xff, key ? 0x80 : 0),
  ]);
  return Buffer.concat([head, nalUnit(noise(bytes), key)]);
}

/** The least that is a NAL unit behind its length. */
const SMALLEST_UNIT = 6;

/** The same number of bytes as one slice behind its length; too few stay what they are. */
function nalUnit(content, key) {
  if (content.length < SMALLEST_UNIT) return content;
  const unit = Buffer.from(content);
  unit.writeUInt32BE(unit.length - 4, 0);
  unit[4] = key ? 0x65 : 0x41;
  return unit;
}

/** One Cluster whose timestamp is `timestamp`. */
export function cluster(timestamp, { frames, frameMs, frameBytes, keyFrameBytes }) {
  const parts = [clusterOpening(timestamp)];
  for (let i = 0; i < frames; i++) parts.push(simpleBlock(i * frameMs, i === 0 ? keyFrameBytes : frameBytes, i === 0));
  return Buffer.concat(parts);
}

/** How long a Cluster lasts, up to the next one, in ticks. */
export const clusterMs = ({ frames, frameMs }) => frames * frameMs;

const POOL = Buffer.alloc(1 << 20);
{
  let state = 0x9e3779b9;
  for (let at = 0; at < POOL.length; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    POOL.writeInt32LE(state, at);
  }
}

let used = 0;
function noise(bytes) {
  used = (used + 7919) % (POOL.length - bytes);
  return POOL.subarray(used, used + bytes);
}
