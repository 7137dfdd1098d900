// The boxes that a fragmented and a whole file have in common.

import { concatenate } from '../bytes/concatenate.ts';
import type { TrackConfig } from '../sample.ts';
import { ascii, box, boxOf, fullBox, u8, u16, u32, u64, zeros } from './box.ts';
import { sampleDescription } from './sampleEntry.ts';

/** Seconds from 1904, where MP4 counts from, to 1970. */
const EPOCH_1904 = 2_082_844_800;
const U32_MAX = 0xffff_ffff;
const FIXED_ONE = 0x1_0000;
const UNITY_MATRIX = u32(FIXED_ONE, 0, 0, 0, FIXED_ONE, 0, 0, 0, 0x4000_0000);

interface Times {
  /** In ms since the epoch. */
  readonly creationTime: number;
  /** In the box's own timescale; 0 if fragments follow. */
  readonly duration: number;
}

/** Creation time, modification time, `between`, duration: 32 bits each while they fit, 64 otherwise. */
function timed(type: string, flags: number, times: Times, between: Uint8Array, ...rest: Uint8Array[]): Uint8Array {
  const created = Math.max(0, Math.floor(times.creationTime / 1000) + EPOCH_1904);
  const version = created > U32_MAX || times.duration > U32_MAX ? 1 : 0;
  const number = version === 1 ? u64 : u32;
  return fullBox(type, version, flags, number(created), number(created), between, number(times.duration), ...rest);
}

export interface MovieHeader extends Times {
  readonly timescale: number;
  readonly nextTrackId: number;
}

export const movieHeader = (header: MovieHeader): Uint8Array =>
  timed(
    'mvhd',
    0,
    header,
    u32(header.timescale),
    u32(FIXED_ONE), // rate
    u16(0x0100), // volume
    zeros(10),
    UNITY_MATRIX,
    zeros(24),
    u32(header.nextTrackId),
  );

const ENABLED_IN_MOVIE = 3;

/** `times.duration` in the movie's timescale. */
export function trackHeader(config: TrackConfig, times: Times): Uint8Array {
  const video = config.kind === 'video';
  const size = video ? u32(config.width * FIXED_ONE, config.height * FIXED_ONE) : u32(0, 0);
  const between = u32(config.track.number, 0);
  const layers = u16(0, 0, video ? 0 : 0x0100, 0); // layer, group, volume
  return timed('tkhd', ENABLED_IN_MOVIE, times, between, zeros(8), layers, UNITY_MATRIX, size);
}

export interface MediaBoxes extends Times {
  /** Three letters of ISO 639-2. */
  readonly language: string;
  /** Of `stbl`, behind `stsd`. */
  readonly sampleTable: readonly Uint8Array[];
}

/** `mdia`; `duration` in the track's timescale. */
export function media(config: TrackConfig, boxes: MediaBoxes): Uint8Array {
  const video = config.kind === 'video';
  // The names are those of the service's packager.
  const name = video ? 'USP Video Handler' : 'USP Sound Handler';
  const letters = [...boxes.language].reduce((bits, letter) => (bits << 5) | (letter.charCodeAt(0) - 0x60), 0);
  return box(
    'mdia',
    timed('mdhd', 0, boxes, u32(config.timescale), u16(letters, 0)),
    fullBox('hdlr', 0, 0, u32(0), ascii(video ? 'vide' : 'soun'), zeros(12), ascii(`${name}\0`)),
    box(
      'minf',
      video ? fullBox('vmhd', 0, 1, zeros(8)) : fullBox('smhd', 0, 0, zeros(4)),
      box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
      boxOf('stbl', [sampleDescription(config), ...boxes.sampleTable]),
    ),
  );
}

/** `major` first, then what else the file is compatible with. */
export const fileType = (major: string, ...compatible: readonly string[]): Uint8Array =>
  box('ftyp', ascii(major), u8(0, 0, 0, 1), concatenate([major, ...compatible].map(ascii)));
