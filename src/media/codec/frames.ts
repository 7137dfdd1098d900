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
  const kept: Frame[] = [];
  for (const frame of frames) {
    if (Math.abs(frame.timeNs) > FARTHEST_NS || (frame.durationNs ?? 0) > FARTHEST_NS) {
      throw new CodecError('frame', 'a frame hours away from its Cluster');
    }
    if (frame.data.length === 0) continue;
    if (config.kind === 'video') kept.push(withLengths(config, frame));
    else if (config.codec === 'aac' && frame.data.length > LARGEST_AUDIO_FRAME) {
      throw new CodecError('frame', `an AAC frame of ${frame.data.length} bytes`);
    } else kept.push(frame);
  }
  return kept;
}

function withLengths({ lengthSize }: VideoConfig, frame: Frame): Frame {
  // Lengths go first: a length of 1 or of 256 to 511 looks like a start code, but only real lengths add up.
  if (splitLengthPrefixed(frame.data, lengthSize) !== undefined) return frame;
  const units = splitAnnexB(frame.data);
  if (units === undefined || units.length === 0) {
    throw new CodecError('frame', 'a frame whose NAL unit lengths do not add up to it');
  }
  if (units.some(({ start, end }) => end - start >= 256 ** lengthSize)) {
    throw new CodecError('frame', `a NAL unit too long for a length of ${lengthSize} bytes`);
  }
  return { ...frame, data: joinLengthPrefixed(frame.data, units, lengthSize) };
}
