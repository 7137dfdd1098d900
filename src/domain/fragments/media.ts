import type { FragmentHeader } from './sharedHeader.ts';

/** What a list of fragments must know of one track in one of them. All times are in the track's own timescale. */
export interface TrackMedia {
  readonly number: number;
  readonly kind: 'video' | 'audio';
  readonly codec: 'avc' | 'hevc' | 'aac' | 'alaw' | 'ulaw';
  /** The same for fragments that one init segment serves. */
  readonly configuration: string;
  /** As in RFC 6381. */
  readonly codecString: string;
  /** Of video, if anything tells. */
  readonly width?: number;
  readonly height?: number;
  /** Of audio: in Hz, and count. */
  readonly sampleRate?: number;
  readonly channels?: number;
  /** Units in a second. */
  readonly timescale: number;
  /** Earliest presentation, from the fragment's timestamp on; may be negative. */
  readonly first: number;
  /** From the earliest presentation to the end of the last frame. */
  readonly duration: number;
  /** Of the last frame: what may be taken off the end. */
  readonly lastDuration: number;
  /** Earliest presentation of a picture that can be decoded without another fragment's; none of audio. */
  readonly firstPicture?: number;
  /** How far decoding must run ahead of presentation, in ms; 0 without B-frames. */
  readonly delayMs: number;
  readonly frames: number;
  readonly bytes: number;
}

/** Why a track cannot be played, in words for the person who sent it. */
export interface TrackFault {
  readonly track: number;
  readonly fault: 'unsupported' | 'missing' | 'invalid';
  readonly message: string;
}

/** What is wrong with single frames of a track, in words for the person who sent them. They cost nothing but themselves. */
export interface BadFrames {
  readonly track: number;
  /** How many are left out since nothing of them can be read. */
  readonly unreadable: number;
  /** How many are carried in part, at another time, or not at all since there is nothing in them. */
  readonly mended: number;
  /** Of the first of them. */
  readonly message: string;
}

/** What of a fragment's media playback looks at: tracks 1 and 2. A track without frames is in neither list. */
export interface FragmentMedia {
  readonly tracks: readonly TrackMedia[];
  readonly faults: readonly TrackFault[];
  readonly badFrames: readonly BadFrames[];
  /** What the header calls the tracks' codecs, in their order. */
  readonly codecIds: readonly { readonly track: number; readonly id: string }[];
  /** Tracks that are declared, with frames or without, as `1:avc 2:aac`: two fragments of one session must agree. */
  readonly layout: string;
  /** The bytes are no Matroska that could be followed. */
  readonly unreadable?: string;
}

/** Looks into a fragment's bytes. */
export type MediaInspector = (
  header: FragmentHeader,
  pieces: readonly Uint8Array[],
) => FragmentMedia | Promise<FragmentMedia>;

/** In milliseconds, to the nearest. */
export const durationMs = ({ duration, timescale }: Pick<TrackMedia, 'duration' | 'timescale'>): number =>
  Math.round((duration * 1000) / timescale);

/** A picture alone whose length nothing tells, which is taken for a millisecond. */
const isLone = (track: TrackMedia): boolean => track.kind === 'video' && track.frames === 1 && durationMs(track) <= 1;

/** The same with pictures of unknown length as long as those of the fragment before are on average, if there is one. */
export function lengthened(media: FragmentMedia, before: FragmentMedia | undefined): FragmentMedia {
  if (before === undefined || !media.tracks.some(isLone)) return media;
  const tracks = media.tracks.map((track) => {
    const model = isLone(track) ? before.tracks.find(({ number }) => number === track.number) : undefined;
    if (model === undefined) return track;
    const duration = Math.max(1, Math.round((model.duration / model.frames / model.timescale) * track.timescale));
    return { ...track, duration, lastDuration: duration };
  });
  return { ...media, tracks };
}
