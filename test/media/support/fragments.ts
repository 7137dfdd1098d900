import { configure } from '../../../src/media/codec/configure.ts';
import type { Timeline } from '../../../src/media/codec/placing.ts';
import { decodeTimes } from '../../../src/media/codec/timing.ts';
import { MatroskaReader } from '../../../src/media/matroska/reader.ts';
import { type FrameContext, readFrames, readTracks } from '../../../src/media/matroska/samples.ts';
import type { Frame, Sample, Track, TrackConfig } from '../../../src/media/sample.ts';

/** A Cluster with its header, as fragments are kept. */
export interface TestFragment {
  readonly header: FrameContext;
  readonly pieces: Uint8Array[];
  timeMs: number;
}

/** Cuts a file into fragments as PutMedia does. `chunk`: bytes pushed at a time, so that clusters come in pieces. */
export function fragmentsOf(file: Uint8Array, chunk = file.length): TestFragment[] {
  const found: TestFragment[] = [];
  let header: FrameContext | undefined;
  const reader = new MatroskaReader({
    header: (one) => {
      header = one;
    },
    cluster: () => found.push({ header: header!, pieces: [], timeMs: 0 }),
    timestamp: (ticks) => {
      const last = found.at(-1)!;
      last.timeMs = Number((ticks * last.header.timestampScale) / 1_000_000n);
    },
    block: () => {},
    tags: () => {},
    signal: () => {},
    documentEnd: () => {},
    bytes: (piece) => found.at(-1)!.pieces.push(piece),
  });
  for (let at = 0; at < file.length; at += chunk) reader.push(file.subarray(at, at + chunk));
  reader.end();
  return found;
}

export interface TestTrack {
  readonly track: Track;
  readonly config: TrackConfig;
}

export const tracksOf = (fragment: TestFragment): TestTrack[] =>
  readTracks(fragment.header.bytes).map((track) => ({ track, config: configure(track) }));

export const framesOf = (fragment: TestFragment, track: number): Frame[] =>
  readFrames(fragment.header, fragment.pieces).get(track) ?? [];

/** The samples of one track, fragment by fragment, at the times of the file plus `baseMs`; empty ones left out. */
export function samplesByFragment(
  fragments: readonly TestFragment[],
  config: TrackConfig,
  baseMs = 0,
  more: Partial<Timeline> = {},
): Sample[][] {
  return fragments
    .map((fragment) =>
      decodeTimes(config, framesOf(fragment, config.track.number), { startMs: baseMs + fragment.timeMs, ...more }),
    )
    .filter((samples) => samples.length > 0);
}
