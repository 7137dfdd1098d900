// What playlists and manifests say of a session's media, from the fragment it was opened on.

import type { Fragment } from '../domain/fragments/fragment.ts';
import type { FragmentMedia, TrackMedia } from '../domain/sessions/media.ts';
import { headerTracks } from './fragmentMedia.ts';

export interface TrackDescription {
  readonly number: number;
  readonly kind: 'video' | 'audio';
  /** As in RFC 6381. */
  readonly codecString: string;
  /** Units in a second. */
  readonly timescale: number;
  /** Of video. */
  readonly width?: number;
  readonly height?: number;
  /** Of audio. */
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly framesPerSecond: number;
  readonly bitsPerSecond: number;
}

/** The tracks that have frames there. */
export function describeTracks({ fragment, media }: { fragment: Fragment; media: FragmentMedia }): TrackDescription[] {
  const { configs } = headerTracks(fragment.header);
  return media.tracks.flatMap((track) => {
    const config = configs.get(track.number);
    if (config === undefined) return [];
    const { number, kind, timescale } = track;
    const described = { number, kind, timescale, codecString: config.codecString, ...rates(track) };
    return config.kind === 'video'
      ? { ...described, width: config.width, height: config.height }
      : { ...described, sampleRate: timescale, channels: config.channels };
  });
}

const rates = ({ frames, bytes, duration, timescale }: TrackMedia) => ({
  framesPerSecond: (frames * timescale) / duration,
  bitsPerSecond: Math.ceil((bytes * 8 * timescale) / duration),
});
