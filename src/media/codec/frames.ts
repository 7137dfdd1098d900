import type { AudioConfig, Frame, TrackConfig, VideoConfig } from '../sample.ts';
import { finish, type Steps } from '../steps.ts';
import { refineVideo } from './inBand.ts';
import { withoutLeaps } from './leaps.ts';
import { joinLengthPrefixed, type LengthPrefixed } from './nal.ts';
import { hasPicture, isKeyPicture } from './pictures.ts';
import { unitsOf } from './units.ts';

/** No frame lies farther from its Cluster's timestamp; beyond, 32 bits of a duration would not hold. */
const FARTHEST_NS = 3.6e12;
/** An ADTS frame, and a box that is read as a whole, have no room for more. */
const LARGEST_AUDIO_FRAME = 8184;

/** What is wrong with single frames of a track, in words for the person who sent them. */
export interface FrameFaults {
  /** How many are left out because nothing of them can be read. */
  readonly unreadable: number;
  /** How many are carried in part, at another time, or not at all since there is nothing in them. */
  readonly mended: number;
  /** Of the first of them. */
  readonly message: string;
}

/** The frames of a track as they can be written, and how. */
export interface UsableFrames {
  /** As the frames bear it out; see refineVideo. */
  readonly config: TrackConfig;
  /** One that is left out has no bytes here, but its time still counts. */
  readonly frames: readonly Frame[];
  readonly faults: FrameFaults | undefined;
}

/**
 * One bad frame costs itself. Video comes out length-prefixed even if it came with start codes, without padding, and with
 * the key frames that are such by their bytes, whatever the container says.
 */
export function* usableSteps(config: TrackConfig, frames: readonly Frame[]): Steps<UsableFrames> {
  const faults = new Faults();
  const near = frames.every(isUsual)
    ? frames
    : frames.filter((frame) => isNear(frame, faults)).map(withoutAbsurdDuration);
  const timed = withoutLeaps(near, () => faults.mended('a frame at a time far from those of the frames around it'));
  yield;
  const carried =
    config.kind === 'video' ? yield* pictures(config, timed, faults) : { config, frames: sound(config, timed, faults) };
  return { ...carried, faults: faults.found };
}

/** The same in one go. */
export const usableFrames = (config: TrackConfig, frames: readonly Frame[]): UsableFrames =>
  finish(usableSteps(config, frames));

class Faults {
  #unreadable = 0;
  #mended = 0;
  #message: string | undefined;

  unreadable(message: string): void {
    this.#unreadable += 1;
    this.#message ??= message;
  }

  mended(message: string): void {
    this.#mended += 1;
    this.#message ??= message;
  }

  get found(): FrameFaults | undefined {
    const message = this.#message;
    return message === undefined ? undefined : { unreadable: this.#unreadable, mended: this.#mended, message };
  }
}

const isUsual = ({ timeNs, durationNs }: Frame): boolean =>
  Math.abs(timeNs) <= FARTHEST_NS && (durationNs === undefined || durationNs <= FARTHEST_NS);

function isNear({ timeNs }: Frame, faults: Faults): boolean {
  if (Math.abs(timeNs) <= FARTHEST_NS) return true;
  faults.mended('a frame hours away from its Cluster');
  return false;
}

function withoutAbsurdDuration(frame: Frame): Frame {
  if (frame.durationNs === undefined || frame.durationNs <= FARTHEST_NS) return frame;
  const { durationNs: _, ...rest } = frame;
  return rest;
}

/** Counts a frame that has no bytes to begin with. */
function isEmpty({ data, fault }: Frame, faults: Faults): boolean {
  if (fault !== undefined) faults.unreadable(fault);
  else if (data.length === 0) faults.mended('a frame without bytes');
  return data.length === 0;
}

const NOTHING = new Uint8Array();
const leftOut = (frame: Frame): Frame => ({ ...frame, data: NOTHING, key: false });

function sound({ codec }: AudioConfig, frames: readonly Frame[], faults: Faults): readonly Frame[] {
  const most = codec === 'aac' ? LARGEST_AUDIO_FRAME : Number.POSITIVE_INFINITY;
  if (frames.every(({ data }) => data.length > 0 && data.length <= most)) return frames;
  return frames.map((frame) => {
    if (isEmpty(frame, faults) || frame.data.length <= most) return frame;
    faults.unreadable(`an AAC frame of more than ${most} bytes`);
    return leftOut(frame);
  });
}

function* pictures(config: VideoConfig, frames: readonly Frame[], faults: Faults): Steps<Omit<UsableFrames, 'faults'>> {
  const { split, lengthSize, verbatim } = yield* unitsOf(config, frames);
  yield;
  const carried = frames.map((frame, at): Frame => {
    if (isEmpty(frame, faults)) return frame;
    const { units, fit } = split[at] as LengthPrefixed;
    const broken = fit === 'broken';
    if (units.length === 0) {
      if (broken) faults.unreadable('a frame in which no NAL unit can be read, since their lengths do not fit it');
      else faults.mended('a frame of nothing but zero bytes');
      return leftOut(frame);
    }
    const { data } = frame;
    if (broken) {
      faults.mended('a frame whose NAL unit lengths do not add up to it; what comes first is carried');
      if (!hasPicture(config.codec, data, units)) return leftOut(frame);
    }
    const kept = fit === 'exact' && verbatim;
    const key = isKeyPicture(config.codec, data, units, frame.key);
    if (kept && key === frame.key) return frame;
    return { ...frame, key, data: kept ? data : joinLengthPrefixed(data, units, lengthSize) };
  });
  yield;
  return { config: refineVideo({ ...config, lengthSize }, carried), frames: carried };
}
