import { concatenate } from '../bytes/concatenate.ts';
import type { TrackConfig } from '../sample.ts';
import { box, fullBox, u32 } from './box.ts';
import { fileType, media, movieHeader, trackHeader } from './movie.ts';

/** Tables without an entry: all samples come in fragments. */
const EMPTY_TABLES = [
  fullBox('stts', 0, 0, u32(0)),
  fullBox('stsc', 0, 0, u32(0)),
  fullBox('stsz', 0, 0, u32(0, 0)),
  fullBox('stco', 0, 0, u32(0)),
];

/** `ftyp` and `moov` for the fragments of one track. `creationTime` in ms since the epoch; 1904 unless told. */
export function initSegment(config: TrackConfig, creationTime = Number.NEGATIVE_INFINITY): Uint8Array {
  const trackId = config.track.number;
  const times = { creationTime, duration: 0 };
  return concatenate([
    fileType('iso6', 'isom', 'mp41', 'dash'),
    box(
      'moov',
      movieHeader({ ...times, timescale: config.timescale, nextTrackId: trackId + 1 }),
      box('trak', trackHeader(config, times), media(config, { ...times, language: 'und', sampleTable: EMPTY_TABLES })),
      box('mvex', fullBox('trex', 0, 0, u32(trackId, 1, 0, 0, 0))),
    ),
  ]);
}
