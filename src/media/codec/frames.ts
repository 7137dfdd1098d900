import type { Frame, TrackConfig, VideoConfig } from '../sample.ts';
import { CodecError } from './error.ts';
import { joinLengthPrefixed, splitAnnexB, splitLengthPrefixed } from './nal.ts';

/** No frame lies farther from its Cluster's timestamp; beyond, 32 bits of a duration would not hold. */
const FARTHEST_NS = 3.6e12;
/** An ADTS frame, and a box that is read as a whole, have no room for more. */
const LARGEST_AUDIO_FRAME = 8184;

/**
 * The frames that can be written: those without bytes are left out, video with start codes is given lengths instead.
 * @throws CodecError `frame` if lengths of NAL units do not fit their frame, or a time is out of all proportion
 */
export function checkFrames(config: TrackConfig, frames: readonly Frame[]): Frame[] {
  const kept = frames.filter(({ data }) => data.length > 0);
  if (kept.some(({ timeNs, durationNs = 0 }) => Math.abs(timeNs) > FARTHEST_NS || durationNs > FARTHEST_NS)) {
    throw new CodecError('frame', 'a frame hours away from its Cluster');
  }
  if (config.kind === 'video') return withLengths(config, kept);
  if (config.codec === 'aac' && kept.some(({ data }) => data.length > LARGEST_AUDIO_FRAME)) {
    throw new CodecError('frame', `an AAC frame of more than ${LARGEST_AUDIO_FRAME} bytes`);
  }
  return kept;
}

function withLengths({ lengthSize }: VideoConfig, frames: Frame[]): Frame[] {
  if (frames.every(({ data }) => splitLengthPrefixed(data, lengthSize) !== undefined)) return frames;
  // A length of 1, or of 256 to 511, looks like a start code. So one frame's broken lengths must not be taken for one: a
  // producer that sends start codes sends them with every frame.
  const units = frames.map(({ data }) => splitAnnexB(data) ?? []);
  if (units.some((found) => found.length === 0)) {
    throw new CodecError('frame', 'a frame whose NAL unit lengths do not add up to it');
  }
  if (units.flat().some(({ start, end }) => end - start >= 256 ** lengthSize)) {
    throw new CodecError('frame', `a NAL unit too long for a length of ${lengthSize} bytes`);
  }
  return frames.map((frame, i) => ({ ...frame, data: joinLengthPrefixed(frame.data, units[i] ?? [], lengthSize) }));
}
