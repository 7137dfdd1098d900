// Which pictures of which fragments are asked for, and the video a decoder needs to have them.

import { initSegment } from '../media/fmp4/initSegment.ts';
import { mediaSegment } from '../media/fmp4/mediaSegment.ts';
import { mergeRuns, pictureAt, type WantedPicture } from '../media/image/framesToDecode.ts';
import { MatroskaError } from '../media/matroska/error.ts';
import type { Sample, TrackConfig } from '../media/sample.ts';
import type { Steps } from '../media/steps.ts';
import { fragmentSamples, type MediaHeader, type TrackSamples } from './fragmentMedia.ts';

/** A fragment, and the times in it at which pictures are wanted: ms after its timestamp. */
export interface PictureSource<Key> {
  readonly header: MediaHeader;
  readonly pieces: readonly Uint8Array[];
  readonly wanted: readonly { readonly key: Key; readonly offsetMs: number }[];
}

/** One decoder's work: video with one configuration, and the times of the pictures in it. */
export interface PictureJob<Key> {
  readonly video: Uint8Array[];
  /** Ascending, ms. */
  readonly times: number[];
  /** Which of the times each key gets. */
  readonly keys: Map<Key, number>;
}

/** Fragments lie so far apart on a decoder's timeline, more than they may be long. */
const SPACING_MS = 60_000;
const VIDEO_TRACK = 1;

/**
 * What to decode for the pictures of some fragments. A key that is in no job has no picture.
 * @param onFault told of a fragment that cannot be read; it costs its own pictures, not those of the others
 */
export function* pictureJobs<Key>(
  sources: readonly PictureSource<Key>[],
  onFault: (error: MatroskaError) => void,
): Steps<PictureJob<Key>[]> {
  const jobs: (PictureJob<Key> & { config: TrackConfig })[] = [];
  for (const [index, { header, pieces, wanted }] of sources.entries()) {
    const startMs = (index + 1) * SPACING_MS;
    const track = yield* videoOf(header, pieces, startMs, onFault);
    if (track === undefined || track.config.kind !== 'video') continue;
    const { config, samples } = track;
    let job = jobs.at(-1);
    if (job === undefined || !sameRecord(job.config, config)) {
      job = { config, video: [initSegment(config)], times: [], keys: new Map() };
      jobs.push(job);
    }
    const { timescale } = config;
    const pictures: WantedPicture[] = [];
    for (const { key, offsetMs } of wanted) {
      yield;
      const picture = pictureAt(samples, ((startMs + offsetMs) * timescale) / 1000);
      if (picture === undefined) continue;
      pictures.push(picture);
      const time = Math.round((picture.pts * 1000) / timescale);
      job.keys.set(key, time);
      if (job.times.at(-1) !== time) job.times.push(time);
    }
    for (const { from, to } of mergeRuns(pictures)) {
      const run: Sample[] = samples.slice(from, to + 1);
      job.video.push(mediaSegment({ config, sequenceNumber: job.video.length, samples: run }));
      yield;
    }
  }
  return jobs.filter(({ times }) => times.length > 0);
}

function* videoOf(
  header: MediaHeader,
  pieces: readonly Uint8Array[],
  startMs: number,
  onFault: (error: MatroskaError) => void,
): Steps<TrackSamples | undefined> {
  try {
    return (yield* fragmentSamples(header, pieces, { startMs }, [VIDEO_TRACK]))[0];
  } catch (error) {
    if (!(error instanceof MatroskaError)) throw error;
    onFault(error);
    return undefined;
  }
}

function sameRecord(a: TrackConfig, b: TrackConfig): boolean {
  if (a.kind !== 'video' || b.kind !== 'video' || a.codec !== b.codec) return false;
  return a.record.length === b.record.length && a.record.every((byte, at) => byte === b.record[at]);
}
