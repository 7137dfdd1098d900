import { ADTS_HEADER, type AdtsFields, writeAdtsHeader } from '../codec/aac.ts';
import { AVC_NAL, avcNalType } from '../codec/avc.ts';
import { CodecError } from '../codec/error.ts';
import { splitLengthPrefixed } from '../codec/nal.ts';
import { rescale } from '../codec/timescale.ts';
import type { AudioConfig, Sample, VideoConfig } from '../sample.ts';
import { type PesTimes, pesHeaderSize, STREAM_ID, writePesHeader } from './pes.ts';

/** One PES packet to be: its times at 90 kHz, and how to write it. */
export interface AccessUnit extends PesTimes {
  readonly size: number;
  readonly key: boolean;
  /** Writes the PES packet, `size` bytes, at `at`. */
  write(out: Uint8Array, at: number): void;
}

const CLOCK = 90_000;
const START_CODE = 4;
/** Access unit delimiter: any kind of slice may follow. */
const DELIMITER = Uint8Array.of(0, 0, 0, 1, AVC_NAL.AUD, 0xf0);

/** @throws CodecError */
export function videoUnits({ codec, lengthSize, parameterSets, timescale }: VideoConfig, samples: readonly Sample[]) {
  if (codec !== 'avc') throw new CodecError('unsupported', `${codec} in MPEG-TS`);
  return samples.map((sample, index): AccessUnit => {
    const { data, key } = sample;
    const { units } = splitLengthPrefixed(data, lengthSize);
    const types = units.map(({ start }) => avcNalType(data[start] as number));
    const own = units.filter((_, i) => types[i] !== AVC_NAL.AUD);
    // Also where a segment begins without a key frame: a decoder must find what it needs in any segment (RFC 8216, 3).
    const begins = key || index === 0 || types.includes(AVC_NAL.IDR);
    const sets = begins && !types.includes(AVC_NAL.SPS) ? parameterSets : [];
    const payload =
      DELIMITER.length +
      sets.reduce((total, set) => total + START_CODE + set.length, 0) +
      own.reduce((total, { start, end }) => total + START_CODE + end - start, 0);
    const times = clockTimes(sample, timescale);
    return {
      ...times,
      key,
      size: pesHeaderSize(times) + payload,
      write(out, begin) {
        writePesHeader(out, begin, STREAM_ID.VIDEO, times, payload);
        let at = begin + pesHeaderSize(times);
        const put = (unit: Uint8Array): void => {
          out[at] = 0;
          out[at + 1] = 0;
          out[at + 2] = 0;
          out[at + 3] = 1;
          out.set(unit, at + START_CODE);
          at += START_CODE + unit.length;
        };
        out.set(DELIMITER, at);
        at += DELIMITER.length;
        sets.forEach(put);
        for (const { start, end } of own) put(data.subarray(start, end));
      },
    };
  });
}

/** Frames share a PES packet, which halves the overhead of low bit rates, up to so many bytes and so much time. */
const SHARED_BYTES = 2900;
const SHARED_SECONDS = 0.1;

/** @throws CodecError */
export function audioUnits(
  { aac, codec, timescale, frameLength }: AudioConfig,
  samples: readonly Sample[],
): AccessUnit[] {
  if (aac === undefined) throw new CodecError('unsupported', `${codec} in MPEG-TS`);
  if (aac.rateIndex > 12) throw new CodecError('unsupported', `AAC of ${timescale} Hz in ADTS`);
  if (aac.objectType < 1 || aac.objectType > 4) {
    throw new CodecError('unsupported', `MPEG-4 audio object type ${aac.objectType} in ADTS`);
  }
  const groups: Sample[][] = [];
  let bytes = 0;
  samples.forEach((sample, index) => {
    const group = groups.at(-1);
    const before = samples[index - 1];
    const first = group?.[0];
    const joins =
      first !== undefined &&
      // Only the first frame's time is told, so the others must follow on: not where a gap stretches a frame.
      before?.duration === frameLength &&
      bytes + sample.data.length <= SHARED_BYTES &&
      sample.dts + sample.duration - first.dts <= SHARED_SECONDS * timescale;
    if (group === undefined || !joins) {
      groups.push([sample]);
      bytes = 0;
    } else group.push(sample);
    bytes += ADTS_HEADER + sample.data.length;
  });
  return groups.map((group) => audioUnit(aac, group, timescale));
}

type AdtsConfig = AdtsFields & Pick<NonNullable<AudioConfig['aac']>, 'channelElements'>;

function audioUnit(fields: AdtsConfig, group: readonly Sample[], timescale: number): AccessUnit {
  const times = clockTimes(group[0] as Sample, timescale);
  const { channelElements: elements = new Uint8Array() } = fields;
  const payload = group.reduce((total, { data }) => total + ADTS_HEADER + elements.length + data.length, 0);
  return {
    ...times,
    key: true,
    size: pesHeaderSize(times) + payload,
    write(out, begin) {
      writePesHeader(out, begin, STREAM_ID.AUDIO, times, payload);
      let at = begin + pesHeaderSize(times);
      for (const { data } of group) {
        writeAdtsHeader(out, at, fields, elements.length + data.length);
        out.set(elements, at + ADTS_HEADER);
        at += ADTS_HEADER + elements.length;
        out.set(data, at);
        at += data.length;
      }
    },
  };
}

const clockTimes = ({ pts, dts }: Sample, timescale: number): PesTimes => ({
  pts: rescale(pts, timescale, CLOCK),
  dts: rescale(dts, timescale, CLOCK),
});
