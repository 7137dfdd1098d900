// A fragment's bytes as what playback needs: the tracks it may play, and their samples on a timeline.

import type { BadFrames, FragmentMedia, TrackFault, TrackMedia } from '../domain/fragments/media.ts';
import type { FragmentHeader } from '../domain/fragments/sharedHeader.ts';
import { configure } from '../media/codec/configure.ts';
import { CodecError } from '../media/codec/error.ts';
import { usableSteps } from '../media/codec/frames.ts';
import { hasSequence } from '../media/codec/inBand.ts';
import type { Timeline } from '../media/codec/placing.ts';
import { timedSamples, totalDuration } from '../media/codec/timing.ts';
import { MatroskaError } from '../media/matroska/error.ts';
import { frameSteps, readTracks } from '../media/matroska/samples.ts';
import type { AudioConfig, Sample, Track, TrackConfig, VideoConfig } from '../media/sample.ts';
import type { Steps } from '../media/steps.ts';

/** What of a fragment stands in front of its bytes. */
export type MediaHeader = Pick<FragmentHeader, 'bytes' | 'timestampScale'>;

/** Playback defines roles for tracks 1 and 2 and ignores a third. */
const isPlayed = ({ number }: Track): boolean => number === 1 || number === 2;

interface HeaderTracks {
  readonly configs: ReadonlyMap<number, TrackConfig>;
  readonly faults: readonly TrackFault[];
  readonly layout: string;
  readonly codecIds: FragmentMedia['codecIds'];
}
/** Many fragments share one header, and so what it says. */
const known = new WeakMap<MediaHeader, HeaderTracks>();

/** @throws MatroskaError */
export function headerTracks(header: MediaHeader): HeaderTracks {
  const found = known.get(header) ?? read(header);
  known.set(header, found);
  return found;
}

function read(header: MediaHeader): HeaderTracks {
  const declared = readTracks(header.bytes).sort((a, b) => a.number - b.number);
  const tracks = declared.filter(isPlayed);
  const configs = new Map<number, TrackConfig>();
  const faults: TrackFault[] = [];
  for (const track of tracks) {
    try {
      configs.set(track.number, configure(track));
    } catch (error) {
      if (!(error instanceof CodecError)) throw error;
      faults.push({ track: track.number, fault: error.fault, message: error.message });
    }
  }
  const layout = tracks.map(({ number, codec }) => `${number}:${codec}`).join(' ');
  const named = tracks.length > 0 ? tracks : declared;
  return { configs, faults, layout, codecIds: named.map(({ number, codecId }) => ({ track: number, id: codecId })) };
}

/** What there is in a fragment to play. */
export function* inspectFragment(header: MediaHeader, pieces: readonly Uint8Array[]): Steps<FragmentMedia> {
  try {
    const { configs, faults: headerFaults, layout, codecIds } = headerTracks(header);
    const frames = yield* frameSteps(header, pieces);
    const tracks: TrackMedia[] = [];
    const faults = [...headerFaults];
    const badFrames: BadFrames[] = [];
    for (const [number, declared] of configs) {
      yield;
      const usable = yield* usableSteps(declared, frames.get(number) ?? []);
      yield;
      const { config } = usable;
      if (usable.faults !== undefined) badFrames.push({ track: number, ...usable.faults });
      if (config.kind === 'video' && !hasSequence(config)) {
        const message = 'no sequence parameter set, neither in the codec private data nor in the frames';
        faults.push({ track: number, fault: 'invalid', message });
      }
      const samples = timedSamples(usable, { startMs: 0 });
      yield;
      const media = trackMedia(config, samples);
      if (media !== undefined) tracks.push(media);
    }
    return { tracks, faults, badFrames, layout, codecIds };
  } catch (error) {
    if (!(error instanceof MatroskaError)) throw error;
    return { tracks: [], faults: [], badFrames: [], layout: '', codecIds: [], unreadable: error.message };
  }
}

function trackMedia(config: TrackConfig, samples: readonly Sample[]): TrackMedia | undefined {
  const [start] = samples;
  const last = samples.at(-1);
  if (start === undefined || last === undefined) return undefined;
  const first = earliest(samples);
  return {
    number: config.track.number,
    kind: config.kind,
    codec: config.codec,
    configuration: `${config.codec} ${fingerprint(config.track.codecPrivate ?? new Uint8Array())}`,
    codecString: config.codecString,
    ...(config.kind === 'video' ? pictureFacts(config, samples) : soundFacts(config)),
    timescale: config.timescale,
    first,
    duration: totalDuration(samples),
    lastDuration: last.duration,
    delayMs: ((first - start.dts) * 1000) / config.timescale,
    frames: samples.length,
    bytes: samples.reduce((total, { data }) => total + data.length, 0),
  };
}

const earliest = (samples: readonly Sample[]): number =>
  samples.reduce((least, { pts }) => Math.min(least, pts), Number.POSITIVE_INFINITY);

function pictureFacts({ width, height }: VideoConfig, samples: readonly Sample[]) {
  const firstPicture = earliest(samples.filter(({ key }) => key));
  return {
    ...(width > 0 && height > 0 ? { width, height } : {}),
    ...(firstPicture === Number.POSITIVE_INFINITY ? {} : { firstPicture }),
  };
}

const soundFacts = ({ sampleRate, channels }: AudioConfig) => ({ sampleRate, channels });

/** Codec private data are short; as text they can be compared. Of long ones it is a digest. */
const LONGEST_AS_TEXT = 1024;

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');

function fingerprint(bytes: Uint8Array): string {
  if (bytes.length <= LONGEST_AS_TEXT) return Array.from(bytes, (byte) => hex(byte, 2)).join('');
  // Two sums in the manner of FNV-1a: what differs by chance differs here.
  let a = 0x811c9dc5;
  let b = 0x1234567;
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ (bytes[i] as number), 0x01000193);
    b = Math.imul(b ^ (bytes[i] as number), 0x85ebca6b);
  }
  return `${bytes.length} ${hex(a >>> 0, 8)}${hex(b >>> 0, 8)}`;
}

export interface TrackSamples {
  readonly config: TrackConfig;
  readonly samples: Sample[];
}

/**
 * The samples of the tracks of a fragment that can be played, or of some of them; there may be none of a track.
 * @throws MatroskaError
 */
export function* fragmentSamples(
  header: MediaHeader,
  pieces: readonly Uint8Array[],
  timeline: Timeline,
  numbers?: readonly number[],
): Steps<TrackSamples[]> {
  const { configs } = headerTracks(header);
  const frames = yield* frameSteps(header, pieces);
  const found: TrackSamples[] = [];
  for (const [number, declared] of configs) {
    if (numbers !== undefined && !numbers.includes(number)) continue;
    yield;
    const usable = yield* usableSteps(declared, frames.get(number) ?? []);
    yield;
    found.push({ config: usable.config, samples: timedSamples(usable, timeline) });
  }
  yield;
  return found;
}

/**
 * How a track of a fragment is to be decoded; undefined if it cannot be played.
 * @param pieces none if the fragment is gone; then its header must do
 * @throws MatroskaError
 */
export function* fragmentConfig(
  header: MediaHeader,
  pieces: readonly Uint8Array[],
  number: number,
): Steps<TrackConfig | undefined> {
  const declared = headerTracks(header).configs.get(number);
  const frames = pieces.length === 0 ? undefined : (yield* frameSteps(header, pieces)).get(number);
  yield;
  return declared && (yield* usableSteps(declared, frames ?? [])).config;
}
