// A fragment's bytes as what playback needs: the tracks it may play, and their samples on a timeline.

import type { Fragment, FragmentHeader } from '../domain/fragments/fragment.ts';
import type { FragmentMedia, TrackFault, TrackMedia } from '../domain/sessions/media.ts';
import { configure } from '../media/codec/configure.ts';
import { CodecError } from '../media/codec/error.ts';
import { decodeTimes, reorderDelayMs, type Timeline, totalDuration } from '../media/codec/timing.ts';
import { MatroskaError } from '../media/matroska/error.ts';
import { readFrames, readTracks } from '../media/matroska/samples.ts';
import type { Frame, Sample, Track, TrackConfig } from '../media/sample.ts';

/** What of a fragment stands in front of its bytes. */
export type MediaHeader = Pick<FragmentHeader, 'bytes' | 'timestampScale'>;

/** Playback defines roles for tracks 1 and 2 and ignores a third. */
const isPlayed = ({ number }: Track): boolean => number === 1 || number === 2;

interface HeaderTracks {
  readonly tracks: readonly Track[];
  readonly configs: ReadonlyMap<number, TrackConfig>;
  readonly faults: readonly TrackFault[];
  readonly layout: string;
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
  const tracks = readTracks(header.bytes)
    .filter(isPlayed)
    .sort((a, b) => a.number - b.number);
  const configs = new Map<number, TrackConfig>();
  const faults: TrackFault[] = [];
  for (const track of tracks) {
    try {
      configs.set(track.number, configure(track));
    } catch (error) {
      faults.push(faultOf(track.number, error));
    }
  }
  const layout = tracks.map(({ number, codec }) => `${number}:${codec}`).join(' ');
  return { tracks, configs, faults, layout };
}

function faultOf(track: number, error: unknown): TrackFault {
  if (!(error instanceof CodecError)) throw error;
  return { track, fault: error.fault, message: error.message };
}

/** What there is in a fragment to play. */
export function inspectFragment({ header }: Pick<Fragment, 'header'>, pieces: readonly Uint8Array[]): FragmentMedia {
  try {
    const { configs, faults: headerFaults, layout } = headerTracks(header);
    const frames = readFrames(header, pieces);
    const tracks: TrackMedia[] = [];
    const faults = [...headerFaults];
    for (const [number, config] of configs) {
      try {
        const media = trackMedia(config, frames.get(number) ?? []);
        if (media !== undefined) tracks.push(media);
      } catch (error) {
        faults.push(faultOf(number, error));
      }
    }
    return { tracks, faults, layout };
  } catch (error) {
    if (error instanceof MatroskaError) return { tracks: [], faults: [], layout: '', unreadable: error.message };
    throw error;
  }
}

function trackMedia(config: TrackConfig, frames: readonly Frame[]): TrackMedia | undefined {
  const samples = decodeTimes(config, frames, { startMs: 0 });
  const [start] = samples;
  const last = samples.at(-1);
  if (start === undefined || last === undefined) return undefined;
  return {
    number: config.track.number,
    kind: config.kind,
    codec: config.codec,
    configuration: `${config.codec} ${fingerprint(config.track.codecPrivate ?? new Uint8Array())}`,
    timescale: config.timescale,
    first: samples.reduce((least, { pts }) => Math.min(least, pts), start.pts),
    duration: totalDuration(samples),
    lastDuration: last.duration,
    delayMs: config.kind === 'video' ? reorderDelayMs(frames) : 0,
    frames: samples.length,
    bytes: samples.reduce((total, { data }) => total + data.length, 0),
  };
}

/** Codec private data are short; as text they can be compared and be part of a key. */
const fingerprint = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export interface TrackSamples {
  readonly config: TrackConfig;
  readonly samples: Sample[];
}

/**
 * The samples of some tracks of a fragment; a track without any is left out.
 * @throws MatroskaError, CodecError
 */
export function fragmentSamples(
  header: MediaHeader,
  pieces: readonly Uint8Array[],
  numbers: readonly number[],
  timeline: Timeline,
): TrackSamples[] {
  const { configs } = headerTracks(header);
  const frames = readFrames(header, pieces);
  return numbers.flatMap((number) => {
    const config = configs.get(number);
    const samples = config ? decodeTimes(config, frames.get(number) ?? [], timeline) : [];
    return config && samples.length > 0 ? [{ config, samples }] : [];
  });
}
