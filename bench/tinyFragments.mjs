import { call, putMediaHead, upload } from './client.mjs';
import { LoopedBody } from './producer.mjs';

/** The least that can be played: one key frame. It is their number that counts. */
export const TINY = { frames: 1, frameMs: 33, frameBytes: 24, keyFrameBytes: 24 };
const PER_BLOCK = 5000;

/** A new stream with so many tiny fragments from yesterday on. */
export async function fill(server, stream, fragments) {
  await call(server, '/createStream', { StreamName: stream, DataRetentionInHours: 8760 });
  return append(server, stream, fragments, Math.floor(Date.now() / 1000) - 86_400);
}

/**
 * So many tiny fragments more, one after the other, without acknowledgements. Times in seconds since the epoch.
 * @returns `ms` is how long that took
 */
export async function append(server, stream, fragments, start) {
  const clustersPerBlock = Math.min(fragments, PER_BLOCK);
  const blockBytes = new LoopedBody({ mediaBytes: 1, shape: TINY, clustersPerBlock }).mediaBytes;
  const mediaBytes = (blockBytes * fragments) / clustersPerBlock;
  const body = new LoopedBody({ mediaBytes, shape: TINY, clustersPerBlock });
  const head = putMediaHead(stream, {
    'x-amzn-fragment-acknowledgment-required': 0,
    'x-amzn-producer-start-timestamp': start,
  });
  const { ms } = await upload(server, head, body);
  return { stream, start, end: start + (body.fragments * TINY.frameMs) / 1000, ms, fragments: body.fragments };
}
