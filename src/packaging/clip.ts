// A clip: fragments end to end in one MP4 file.

import type { Placement } from '../domain/segments/timeline.ts';
import { type Mp4File, progressiveMp4 } from '../media/fmp4/progressive.ts';
import type { Sample, TrackConfig } from '../media/sample.ts';
import type { Steps } from '../media/steps.ts';
import { fragmentSamples, type MediaHeader } from './fragmentMedia.ts';
import { fitted } from './segments.ts';

export interface ClipFragment {
  readonly header: MediaHeader;
  readonly pieces: readonly Uint8Array[];
  readonly placement: Placement;
}

/**
 * The fragments, whose tracks all have the same codec private data, as one file.
 * @param creationTime ms since the epoch
 * @throws MatroskaError
 */
export function* clip(fragments: readonly ClipFragment[], creationTime: number): Steps<Mp4File> {
  const tracks = new Map<number, { config: TrackConfig; samples: Sample[] }>();
  for (const { header, pieces, placement } of fragments) {
    const { startMs, delayMs, spans } = placement;
    for (const { config, samples } of yield* fragmentSamples(header, pieces, { startMs, delayMs }, [...spans.keys()])) {
      const { number } = config.track;
      const span = spans.get(number);
      const track = tracks.get(number) ?? { config, samples: [] };
      tracks.set(number, track);
      for (const sample of span ? fitted(samples, span, config.kind) : samples) track.samples.push(sample);
    }
  }
  const inOrder = [...tracks].sort(([a], [b]) => a - b).map(([, track]) => track);
  return yield* progressiveMp4({ tracks: inOrder, creationTime });
}
