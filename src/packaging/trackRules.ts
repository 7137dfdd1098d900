import type { FragmentMedia, TrackMedia } from '../domain/fragments/media.ts';

/** What media may be played as, by what it comes out as. */
export type Output = 'HLS_FMP4' | 'HLS_TS' | 'DASH' | 'CLIP';

type Codec = TrackMedia['codec'];

/** Codecs of track 2 beside each codec of track 1; a track 1 that is not there may not be played. */
const ALLOWED: Readonly<Record<Output, Partial<Record<Codec, readonly Codec[]>>>> = {
  HLS_FMP4: { avc: ['aac'], hevc: ['aac'], aac: [] },
  HLS_TS: { avc: ['aac'], aac: [] },
  DASH: { avc: ['aac', 'alaw', 'ulaw'], hevc: ['aac'], aac: [] },
  CLIP: { avc: ['aac', 'alaw'], hevc: ['aac'] },
};

export type TrackRefusal =
  | {
      readonly error: 'unsupportedStreamMediaType' | 'invalidCodecPrivateData' | 'invalidMediaFrame';
      readonly text: string;
    }
  | { readonly error: 'missingCodecPrivateData'; readonly track: number };

/** Why a fragment cannot be played as `output`, or undefined if it can. */
export function refusalOf(media: FragmentMedia, output: Output): TrackRefusal | undefined {
  if (media.unreadable !== undefined) return { error: 'invalidMediaFrame', text: media.unreadable };
  const declared = new Map(media.layout.split(' ').map((part) => part.split(':') as [string, string]));
  const allowed = ALLOWED[output];
  const first = declared.get('1');
  const second = declared.get('2');
  const beside = allowed[first as Codec];
  // The law of G.711 stands in its private data, so without them the codec is not known, and that is what is wrong.
  const missing = media.faults.find(({ fault }) => fault === 'missing');
  const firstFits = beside !== undefined || missing?.track === 1;
  const secondFits = second === undefined || beside?.includes(second as Codec) || missing?.track === 2;
  if (!firstFits || !secondFits) return { error: 'unsupportedStreamMediaType', text: unsupported(media) };
  if (missing) return { error: 'missingCodecPrivateData', track: missing.track };
  const [fault] = media.faults;
  if (fault) {
    const text = `Track ${fault.track}: ${fault.message}.`;
    return fault.fault === 'invalid'
      ? { error: 'invalidCodecPrivateData', text }
      : { error: 'unsupportedStreamMediaType', text };
  }
  // The service looks into frames for clips alone.
  const broken = output === 'CLIP' ? media.badFrames.find(({ unreadable }) => unreadable > 0) : undefined;
  if (broken === undefined) return undefined;
  const text = `Track ${broken.track} has ${broken.message}; ${broken.unreadable} of its frames cannot be read.`;
  return { error: 'invalidMediaFrame', text };
}

const unsupported = ({ codecIds }: FragmentMedia): string => {
  const ids = codecIds.map(({ track, id }) => `(track ${track}: ${id})`).join(', ');
  return `The type of the media is not supported or could not be determined from the media codec ids: ${ids}.`;
};
