import type { AudioConfig, Sample, VideoConfig } from '../sample.ts';
import { type AccessUnit, audioUnits, videoUnits } from './accessUnits.ts';
import { PACKET, packetize, packetsOf, type Unit } from './packet.ts';
import { PID, programAssociation, programMap, STREAM_TYPE } from './psi.ts';

export interface TsSegment {
  /** Named in the PMT even if this fragment has no samples of it. At least one of the two must be there. */
  readonly video?: { readonly config: VideoConfig; readonly samples: readonly Sample[] };
  readonly audio?: { readonly config: AudioConfig; readonly samples: readonly Sample[] };
}

/** Continuity counters have four bits. */
const COUNTERS = 16;
/** The program clock runs so far behind decode times that a receiver has got a frame when it is due; at 90 kHz. */
const CLOCK_LEAD = 63_000;

interface Placed extends Unit {
  readonly unit: AccessUnit;
  packets: number;
}

/**
 * One MPEG-TS segment. Times are those of the samples (in each track's timescale) at 90 kHz modulo 2^33.
 *
 * Every PID has a multiple of 16 packets: counters begin at 0 and end at 15 in each segment, so they run on from any
 * segment to any other although each is made without knowledge of the others. The tables come 16 times, evenly spread;
 * the last frame of a track is spread thinner to make up its number.
 * @throws CodecError `unsupported` for what is not H.264 or AAC, `frame`
 */
export function tsSegment({ video, audio }: TsSegment): Uint8Array {
  const pcrPid = video === undefined ? PID.AUDIO : PID.VIDEO;
  const pictures = video === undefined ? [] : videoUnits(video.config, video.samples);
  const sound = audio === undefined ? [] : audioUnits(audio.config, audio.samples);
  const placed = [
    ...place(pictures, PID.VIDEO, pcrPid === PID.VIDEO),
    ...place(sound, PID.AUDIO, pcrPid === PID.AUDIO),
  ];
  placed.sort((a, b) => a.unit.dts - b.unit.dts);

  const tables = [
    programAssociation(),
    programMap(pcrPid, [
      ...(video === undefined ? [] : [{ type: STREAM_TYPE.AVC, pid: PID.VIDEO }]),
      ...(audio === undefined ? [] : [{ type: STREAM_TYPE.ADTS, pid: PID.AUDIO }]),
    ]),
  ];
  const packets = placed.reduce((total, unit) => total + unit.packets, tables.length * COUNTERS);
  const out = new Uint8Array(packets * PACKET);
  let at = 0;
  let told = 0;
  const tellTables = (): void => {
    for (const table of tables) {
      out.set(table, at);
      out[at + 3] = (table[3] as number) | told;
      at += PACKET;
    }
    told += 1;
  };
  const counters = new Map<number, number>();
  placed.forEach((one, index) => {
    while (told * placed.length <= index * COUNTERS && told < COUNTERS) tellTables();
    const counter = counters.get(one.pid) ?? 0;
    const end = at + one.packets * PACKET;
    one.unit.write(out, end - one.size);
    packetize(out, at, one.packets, one, counter);
    counters.set(one.pid, counter + one.packets);
    at = end;
  });
  while (told < COUNTERS) tellTables();
  return out;
}

function place(units: readonly AccessUnit[], pid: number, withClock: boolean): Placed[] {
  let total = 0;
  const placed = units.map((unit): Placed => {
    const randomAccess = unit.key && pid === PID.VIDEO;
    const clock = withClock ? { pcr: unit.dts - CLOCK_LEAD } : {};
    const shape: Unit = { pid, size: unit.size, randomAccess, ...clock };
    const packets = packetsOf(shape);
    total += packets;
    return { ...shape, unit, packets };
  });
  const last = placed.at(-1);
  if (last !== undefined) last.packets += (COUNTERS - (total % COUNTERS)) % COUNTERS;
  return placed;
}
