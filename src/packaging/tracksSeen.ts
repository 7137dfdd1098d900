import type { TracksSeen } from '../domain/fragments/sessionChecks.ts';
import { MatroskaError } from '../media/matroska/error.ts';
import { readTracks } from '../media/matroska/samples.ts';
import { headerTracks, type MediaHeader } from './fragmentMedia.ts';
import { type Output, refusalOf } from './trackRules.ts';

const OUTPUTS: readonly Output[] = ['HLS_FMP4', 'HLS_TS', 'DASH', 'CLIP'];

/** What playback will find in a header; undefined if it is no Matroska that could be followed. */
export function tracksSeen(header: MediaHeader): TracksSeen | undefined {
  try {
    const tracks = readTracks(header.bytes).sort((a, b) => a.number - b.number);
    const { faults, layout } = headerTracks(header);
    const refusals = OUTPUTS.map((output) => refusalOf({ tracks: [], faults, layout }, output)?.error);
    return {
      layout: tracks.map(({ number, codecId }) => `${number}:${codecId}`).join(' '),
      privateData: tracks.map(({ codecPrivate }) => Buffer.from(codecPrivate ?? []).toString('hex')).join(' '),
      video: new Set(tracks.filter(({ kind }) => kind === 'video').map(({ number }) => number)),
      playable: refusals.some((error) => error !== 'unsupportedStreamMediaType'),
      faults,
    };
  } catch (error) {
    if (error instanceof MatroskaError) return undefined;
    throw error;
  }
}
