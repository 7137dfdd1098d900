import { concatenate } from '../bytes/concatenate.ts';
import { rescale } from '../codec/timescale.ts';
import type { Sample, TrackConfig } from '../sample.ts';
import type { Steps } from '../steps.ts';
import { BOX_HEADER, box, boxOf, fullBox, setAscii, u32, u64 } from './box.ts';
import { fileType, media, movieHeader, trackHeader } from './movie.ts';
import { type Chunk, sampleTable } from './sampleTable.ts';

export interface MovieTrack {
  readonly config: TrackConfig;
  readonly samples: readonly Sample[];
}

export interface ProgressiveMp4 {
  /** In the order of their tracks; one without samples is left out. */
  readonly tracks: readonly MovieTrack[];
  /** In ms since the epoch. */
  readonly creationTime: number;
}

/** A file that is made as it is taken: it holds the samples it was given, and no copy of them. */
export interface Mp4File {
  readonly size: number;
  readonly pieces: Iterable<Uint8Array>;
}

/** Tracks take turns in the file after so much of each. */
const CHUNK_SECONDS = 0.5;
/** So many samples are in one piece at most. */
const PIECE_SAMPLES = 1000;

/**
 * A whole file: `ftyp`, `moov`, `mdat`. What of all tracks is shown first is shown at 0, and the tracks keep their
 * distance from each other: edit lists say what starts later, and where B-frames move the first picture.
 */
export function* progressiveMp4({ tracks, creationTime }: ProgressiveMp4): Steps<Mp4File> {
  const present = tracks.filter(({ samples }) => samples.length > 0);
  // All tracks' times are whole numbers in it.
  const timescale = present.reduce((all, { config }) => leastCommonMultiple(all, config.timescale), 1000);
  const starts = present.map(({ config, samples }) => rescale(earliest(samples), config.timescale, timescale));
  const zero = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY);
  yield;
  const chunks = interleave(present);
  yield;

  function* moov(dataAt: number): Steps<Uint8Array> {
    const traks: Uint8Array[] = [];
    for (const [index, track] of present.entries()) {
      const { config, samples } = track;
      const length = samples.reduce((total, sample) => total + sample.duration, 0);
      const shown = rescale(length, config.timescale, timescale);
      const late = (starts[index] as number) - zero;
      const own = chunks.filter((chunk) => chunk.track === track);
      yield;
      const table = yield* sampleTable(samples, own, dataAt);
      const trak = [
        trackHeader(config, { creationTime, duration: late + shown }),
        ...editList(late, shown, earliest(samples) - (samples[0] as Sample).dts),
        media(config, { creationTime, duration: length, language: 'eng', sampleTable: table }),
      ];
      traks.push(boxOf('trak', trak));
    }
    const duration = present.reduce((longest, track) => Math.max(longest, trackEnd(track, timescale) - zero), 0);
    const nextTrackId = present.reduce((highest, { config }) => Math.max(highest, config.track.number), 0) + 1;
    return boxOf('moov', [movieHeader({ creationTime, duration, timescale, nextTrackId }), ...traks]);
  }

  const ftyp = fileType('isom', 'iso2', 'avc1', 'mp41');
  // Offsets have a fixed width, so the box is as long with wrong ones.
  const headLength = ftyp.length + (yield* moov(0)).length + BOX_HEADER;
  const head = concatenate([ftyp, yield* moov(headLength)]);
  const dataLength = chunks.reduce((total, chunk) => total + chunk.size, 0);
  const mdat = new Uint8Array(BOX_HEADER);
  mdat.set(u32(BOX_HEADER + dataLength));
  setAscii(mdat, 4, 'mdat');
  return { size: headLength + dataLength, pieces: piecesOf([head, mdat], chunks) };
}

function* piecesOf(front: readonly Uint8Array[], chunks: readonly TrackChunk[]): Generator<Uint8Array> {
  yield concatenate(front);
  for (const { track, first, count } of chunks) {
    for (let at = first; at < first + count; at += PIECE_SAMPLES) {
      const samples = track.samples.slice(at, Math.min(first + count, at + PIECE_SAMPLES));
      yield concatenate(samples.map(({ data }) => data));
    }
  }
}

const earliest = (samples: readonly Sample[]): number =>
  samples.reduce((least, { pts }) => Math.min(least, pts), Number.POSITIVE_INFINITY);

function trackEnd({ config, samples }: MovieTrack, timescale: number): number {
  const length = samples.reduce((total, sample) => total + sample.duration, 0);
  return rescale(earliest(samples) + length, config.timescale, timescale);
}

/** `late` and `shown` in the movie's timescale, `skip` in the track's. Nothing if the track is shown as it stands. */
function editList(late: number, shown: number, skip: number): Uint8Array[] {
  if (late === 0 && skip === 0) return [];
  const rate = u32(0x1_0000);
  const nothing = [u64(late), u64(0xffff_ffff_ffff_ffffn), rate];
  const edits = [...(late > 0 ? nothing : []), u64(shown), u64(skip), rate];
  return [box('edts', fullBox('elst', 1, 0, u32(late > 0 ? 2 : 1), concatenate(edits)))];
}

interface TrackChunk extends Chunk {
  readonly track: MovieTrack;
}

/** Runs of samples of one track, ordered by when they are decoded; each one's offset counts from the data's begin. */
function interleave(tracks: readonly MovieTrack[]): TrackChunk[] {
  const runs = tracks.flatMap((track) => {
    const { samples, config } = track;
    const found: { track: MovieTrack; first: number; count: number; size: number; seconds: number }[] = [];
    samples.forEach(({ data, dts }, index) => {
      const seconds = dts / config.timescale;
      const last = found.at(-1);
      if (last === undefined || seconds - last.seconds >= CHUNK_SECONDS) {
        found.push({ track, first: index, count: 1, size: data.length, seconds });
      } else {
        last.count += 1;
        last.size += data.length;
      }
    });
    return found;
  });
  runs.sort((a, b) => a.seconds - b.seconds);
  let offset = 0;
  return runs.map((run) => {
    offset += run.size;
    return { ...run, offset: offset - run.size };
  });
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
