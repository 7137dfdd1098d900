// DASH manifests: one period on a timeline without gaps, the fragments of a session by their place in it.

export interface ManifestTrack {
  readonly number: number;
  readonly kind: 'video' | 'audio';
  readonly codecString: string;
  readonly timescale: number;
  readonly width?: number;
  readonly height?: number;
  readonly framesPerSecond: number;
  readonly bitsPerSecond: number;
  /** Hz and count, of audio. */
  readonly sampleRate?: number;
  readonly channels?: number;
  /** In the track's timescale, each beginning where the one before ends. */
  readonly spans: readonly { readonly from: number; readonly duration: number }[];
}

export interface Manifest {
  readonly token: string;
  /** Nothing will be added. */
  readonly complete: boolean;
  /** ISO 8601. */
  readonly availabilityStart: string;
  /** ISO 8601. */
  readonly published: string;
  /** Place of the first span in the session, from 1. */
  readonly startNumber: number;
  readonly longestMs: number;
  readonly tracks: readonly ManifestTrack[];
  /** Of each span, if they are to be shown: ms since the epoch, and fragment numbers. */
  readonly timestamps?: readonly number[] | undefined;
  readonly numbers?: readonly string[] | undefined;
}

/** Of the attributes `kvs:ts` and `kvs:fn`; the service's own is not known. */
const NAMESPACE = 'urn:kvs-emulator:fragment';
/** The service advises to look for new fragments every second. */
const UPDATE_SECONDS = 1;

export function manifest(of: Manifest): string {
  const { complete, tracks, longestMs } = of;
  const ends = tracks.map(({ spans, timescale }) => endOf(spans) / timescale);
  const starts = tracks.map(({ spans, timescale }) => (spans[0]?.from ?? 0) / timescale);
  const end = ends.reduce((latest, one) => Math.max(latest, one), Number.NEGATIVE_INFINITY);
  const held = end - starts.reduce((earliest, one) => Math.min(earliest, one), Number.POSITIVE_INFINITY);
  const attributes = [
    ['xmlns', 'urn:mpeg:dash:schema:mpd:2011'],
    ['xmlns:kvs', NAMESPACE],
    ['type', complete ? 'static' : 'dynamic'],
    ['profiles', 'urn:mpeg:dash:profile:isoff-live:2011'],
    ['minBufferTime', seconds(longestMs / 1000)],
    ['availabilityStartTime', of.availabilityStart],
    ['publishTime', of.published],
    ...(complete
      ? [['mediaPresentationDuration', seconds(end)]]
      : [
          ['minimumUpdatePeriod', seconds(UPDATE_SECONDS)],
          ['timeShiftBufferDepth', seconds(held)],
          ['suggestedPresentationDelay', seconds(Math.min(held, (3 * longestMs) / 1000))],
          ['maxSegmentDuration', seconds(longestMs / 1000)],
        ]),
  ];
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    `<MPD${attributes.map(([name, value]) => ` ${name}="${value}"`).join('')}>`,
    '  <Period id="1" start="PT0S">',
    ...tracks.map((track) => adaptationSet(of, track)),
    '  </Period>',
    '</MPD>',
    '',
  ].join('\n');
}

function adaptationSet({ token, startNumber, timestamps, numbers }: Manifest, track: ManifestTrack): string {
  const { kind, number, timescale } = track;
  const query = `SessionToken=${token}&amp;TrackNumber=${number}`;
  let timeline = '';
  track.spans.forEach(({ from, duration }, at) => {
    const shown = [at === 0 ? ` t="${from}"` : '', ` d="${duration}"`];
    const timestamp = timestamps?.[at];
    if (timestamp !== undefined) shown.push(` kvs:ts="${(timestamp / 1000).toFixed(3)}"`);
    if (numbers !== undefined) shown.push(` kvs:fn="${numbers[at]}"`);
    timeline += `          <S${shown.join('')}/>\n`;
  });
  const size = track.width === undefined ? '' : `width="${track.width}" height="${track.height}" `;
  const picture = `${size}frameRate="${frameRate(track.framesPerSecond)}" `;
  const sound = `audioSamplingRate="${track.sampleRate}" `;
  const representation = `codecs="${track.codecString}" ${kind === 'video' ? picture : sound}bandwidth="${track.bitsPerSecond}"`;
  const channels =
    kind === 'audio'
      ? `\n        <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="${track.channels}"/>\n      </Representation>`
      : undefined;
  return `    <AdaptationSet id="${number}" contentType="${kind}" mimeType="${kind}/mp4" segmentAlignment="true" startWithSAP="1">
      <SegmentTemplate timescale="${timescale}" startNumber="${startNumber}"
        initialization="getMP4InitFragment.mp4?${query}"
        media="getMP4MediaFragment.mp4?FragmentNumber=$Number$&amp;${query}">
        <SegmentTimeline>
${timeline}        </SegmentTimeline>
      </SegmentTemplate>
      <Representation id="${number}" ${representation}${channels === undefined ? '/>' : `>${channels}`}
    </AdaptationSet>`;
}

function endOf(spans: ManifestTrack['spans']): number {
  const last = spans.at(-1);
  return last ? last.from + last.duration : 0;
}

const seconds = (value: number): string => `PT${Math.round(value * 1000) / 1000}S`;

/** A whole number, or a fraction as the attribute allows. */
const frameRate = (perSecond: number): string => {
  const rounded = Math.round(perSecond * 100);
  return rounded % 100 === 0 ? String(rounded / 100) : `${rounded}/100`;
};
