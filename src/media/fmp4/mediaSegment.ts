import type { Sample, TrackConfig } from '../sample.ts';
import { BOX_HEADER, setAscii } from './box.ts';

export interface MediaSegment {
  readonly config: TrackConfig;
  /** Of `mfhd`: 32 bits, ascending over the segments of a session. */
  readonly sequenceNumber: number;
  /** At least one, as decodeTimes gives them. */
  readonly samples: readonly Sample[];
  /** In the track's timescale; the first sample's dts unless told. */
  readonly baseDecodeTime?: bigint | number;
}

// Flags of ISO/IEC 14496-12, 8.8.
const DEFAULT_BASE_IS_MOOF = 0x020000;
const DATA_OFFSET = 0x000001;
const DURATION = 0x000100;
const SIZE = 0x000200;
const FLAGS = 0x000400;
const COMPOSITION_OFFSET = 0x000800;
/** sample_depends_on: on no other; and on others, not a sync sample. */
const SYNC = 0x0200_0000;
const NOT_SYNC = 0x0101_0000;

const MFHD = BOX_HEADER + 8;
const TFHD = BOX_HEADER + 8;
const TFDT = BOX_HEADER + 12;
const TRUN = BOX_HEADER + 12;

/**
 * `moof` and `mdat`. Decode times before 0 are not to be had in a file: there the first sample is decoded at 0, and
 * composition offsets are signed, so that all is still shown at its time.
 */
export function mediaSegment({ config, sequenceNumber, samples, baseDecodeTime }: MediaSegment): Uint8Array {
  const first = samples[0]?.dts ?? 0;
  const base = BigInt(baseDecodeTime ?? first);
  const early = base < 0n ? Number(base) : 0;
  const offsets = samples.some(({ dts, pts }) => pts !== dts - early);
  const row = offsets ? 16 : 12;
  const trun = TRUN + samples.length * row;
  const traf = BOX_HEADER + TFHD + TFDT + trun;
  const moof = BOX_HEADER + MFHD + traf;
  const data = samples.reduce((total, sample) => total + sample.data.length, 0);
  const room = new ArrayBuffer(moof + BOX_HEADER + data);
  const out = new Uint8Array(room);
  const view = new DataView(room);

  let at = 0;
  const begin = (type: string, size: number): void => {
    view.setUint32(at, size);
    setAscii(out, at + 4, type);
    at += BOX_HEADER;
  };
  const put = (value: number): void => {
    view.setUint32(at, value);
    at += 4;
  };

  begin('moof', moof);
  begin('mfhd', MFHD);
  put(0);
  put(sequenceNumber);
  begin('traf', traf);
  begin('tfhd', TFHD);
  put(DEFAULT_BASE_IS_MOOF);
  put(config.track.number);
  begin('tfdt', TFDT);
  put(0x0100_0000);
  view.setBigUint64(at, early < 0 ? 0n : base);
  at += 8;
  begin('trun', trun);
  const signed = samples.some(({ dts, pts }) => pts < dts - early) ? 0x0100_0000 : 0;
  put(signed | DATA_OFFSET | DURATION | SIZE | FLAGS | (offsets ? COMPOSITION_OFFSET : 0));
  put(samples.length);
  put(moof + BOX_HEADER);
  for (const { data: bytes, key, dts, pts, duration } of samples) {
    put(duration);
    put(bytes.length);
    put(key ? SYNC : NOT_SYNC);
    if (offsets) put(pts - dts + early);
  }
  begin('mdat', BOX_HEADER + data);
  for (const { data: bytes } of samples) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return out;
}
