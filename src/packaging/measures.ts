// What playlists and manifests say of a session's media, from the fragment it was opened on.

import type { FragmentMedia, TrackMedia } from '../domain/fragments/media.ts';

export interface TrackDescription
  extends Pick<
    TrackMedia,
    'number' | 'kind' | 'codecString' | 'timescale' | 'width' | 'height' | 'sampleRate' | 'channels'
  > {
  readonly framesPerSecond: number;
  readonly bitsPerSecond: number;
}

/** The tracks that have frames there. */
export const describeTracks = ({ tracks }: FragmentMedia): TrackDescription[] =>
  tracks.map((track) => ({ ...track, ...rates(track) }));

const rates = ({ frames, bytes, duration, timescale }: TrackMedia) => ({
  framesPerSecond: (frames * timescale) / duration,
  bitsPerSecond: Math.ceil((bytes * 8 * timescale) / duration),
});
