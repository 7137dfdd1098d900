import type { TracksSeen } from '../domain/fragments/sessionChecks.ts';
import { keyTeller } from '../media/codec/keyFrame.ts';
import { MatroskaError } from '../media/matroska/error.ts';
import { firstFrames, START_BYTES } from '../media/matroska/firstFrames.ts';
import { readTracks } from '../media/matroska/samples.ts';
import type { Track } from '../media/sample.ts';
import { headerTracks, type MediaHeader } from './fragmentMedia.ts';
import { type Output, refusalOf } from './trackRules.ts';

const OUTPUTS: readonly Output[] = ['HLS_FMP4', 'HLS_TS', 'DASH', 'CLIP'];
const NOTHING = new Uint8Array();
/** Nearly every picture tells so early what it is that the rest of it need not be gathered. */
const MOSTLY_ENOUGH = 4096;

/** A codec's id is a short name; whatever else stands there goes into a log. */
const shown = (codecId: string): string => codecId.slice(0, 40).replace(/[^ -~]/g, '?');

/** A stream's newest header is looked at with each new session. */
const known = new WeakMap<MediaHeader, TracksSeen | undefined>();

/** What playback will find in a header; undefined if it is no Matroska that could be followed. */
export function tracksSeen(header: MediaHeader): TracksSeen | undefined {
  if (!known.has(header)) known.set(header, look(header));
  return known.get(header);
}

function look(header: MediaHeader): TracksSeen | undefined {
  try {
    const tracks = readTracks(header.bytes).sort((a, b) => a.number - b.number);
    const { faults, layout, codecIds } = headerTracks(header);
    const refusals = OUTPUTS.map(
      (output) => refusalOf({ tracks: [], faults, badFrames: [], layout, codecIds }, output)?.error,
    );
    return {
      layout: tracks.map(({ number, codecId }) => `${number}:${shown(codecId)}`).join(' '),
      privateData: tracks.map(({ codecPrivate }) => codecPrivate ?? NOTHING),
      video: new Set(tracks.filter(({ kind }) => kind === 'video').map(({ number }) => number)),
      playable: refusals.some((error) => error !== 'unsupportedStreamMediaType'),
      faults,
      begins: beginner(tracks),
    };
  } catch (error) {
    if (error instanceof MatroskaError) return undefined;
    throw error;
  }
}

function beginner(tracks: readonly Track[]): TracksSeen['begins'] {
  const tellers = new Map(tracks.map((track) => [track.number, keyTeller(track)]));
  return (track, pieces) => {
    const isKey = tellers.get(track);
    if (isKey === undefined) return undefined;
    for (const most of [MOSTLY_ENOUGH, START_BYTES]) {
      for (const frame of firstFrames(pieces, track, most)) {
        const key = isKey(frame);
        if (key !== undefined) return key;
      }
    }
    return undefined;
  };
}
