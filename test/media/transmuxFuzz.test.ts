import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatenate } from '../../src/media/bytes/concatenate.ts';
import { configure } from '../../src/media/codec/configure.ts';
import { CodecError } from '../../src/media/codec/error.ts';
import { splitLengthPrefixed } from '../../src/media/codec/nal.ts';
import { decodeTimes } from '../../src/media/codec/timing.ts';
import { initSegment } from '../../src/media/fmp4/initSegment.ts';
import { mediaSegment } from '../../src/media/fmp4/mediaSegment.ts';
import { type Mp4File, progressiveMp4 } from '../../src/media/fmp4/progressive.ts';
import { MatroskaError } from '../../src/media/matroska/error.ts';
import { readFrames, readTracks } from '../../src/media/matroska/samples.ts';
import { tsSegment } from '../../src/media/mpegts/tsSegment.ts';
import type { AudioConfig, Sample, TrackConfig, VideoConfig } from '../../src/media/sample.ts';
import { finish, type Steps } from '../../src/media/steps.ts';
import { FIXTURES, fixture } from '../support/fixtures.ts';
import { boxesIn, runOf } from './support/boxes.ts';
import { fragmentsOf, type TestFragment } from './support/fragments.ts';
import { pesOf, tsPackets } from './support/transportStream.ts';

const fileOf = (steps: Steps<Mp4File>): Uint8Array => concatenate([...finish(steps).pieces]);

const FRAGMENTS = FIXTURES.flatMap((name) => fragmentsOf(fixture(name)).slice(0, 2));

type Mutation = { at: number; kind: 'set' | 'flip' | 'cut' | 'insert' | 'remove'; bytes: Uint8Array };
/** Most of what matters stands near the begin of elements, so half of the mutations hit the first hundred bytes. */
const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    at: fc.oneof(fc.nat(0xffffff), fc.nat(100)),
    kind: fc.constantFrom('set', 'flip', 'cut', 'insert', 'remove'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  }),
  { minLength: 1, maxLength: 4 },
);

function mutate(original: Uint8Array, list: readonly Mutation[]): Uint8Array {
  return list.reduce((bytes, { at: place, kind, bytes: added }) => {
    const at = bytes.length === 0 ? 0 : place % bytes.length;
    const end = Math.min(bytes.length, at + added.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(end)];
    if (kind === 'cut') return before;
    if (kind === 'remove') return Buffer.concat([before, after]);
    if (kind === 'insert') return Buffer.concat([before, added, bytes.subarray(at)]);
    const middle =
      kind === 'set' ? added.subarray(0, end - at) : bytes.slice(at, end).map((byte) => byte ^ (1 << (added[0]! & 7)));
    return Buffer.concat([before, middle, after]);
  }, original);
}

/** False if it was refused as it should be; anything but the two errors fails the test. */
function transmuxes(header: TestFragment['header'], cluster: Uint8Array): boolean {
  try {
    const frames = readFrames(header, [cluster]);
    const tracks = readTracks(header.bytes).map((track) => {
      const config = configure(track);
      const samples = decodeTimes(config, frames.get(track.number) ?? [], { startMs: 1_790_000_000_000 });
      expectWhole(config, samples);
      return { config, samples };
    });
    boxesIn(fileOf(progressiveMp4({ tracks, creationTime: 0 })));
    expectWholeTs(tracks);
    return true;
  } catch (error) {
    if (error instanceof MatroskaError || error instanceof CodecError) return false;
    throw error;
  }
}

function expectWhole(config: TrackConfig, samples: readonly Sample[]): void {
  expect(boxesIn(initSegment(config)).map(({ type }) => type)).toEqual(['ftyp', 'moov']);
  if (samples.length === 0) return;
  const segment = mediaSegment({ config, sequenceNumber: 1, samples });
  const run = runOf(segment);
  let at = run.dataOffset;
  for (const { size, duration } of run.samples) {
    if (duration === 0) throw new Error('a sample without duration');
    const data = segment.subarray(at, at + size);
    if (config.kind === 'video' && splitLengthPrefixed(data, config.lengthSize).fit !== 'exact') {
      throw new Error('a sample whose NAL units do not add up');
    }
    at += size;
  }
  expect(at).toBe(segment.length);
}

function expectWholeTs(tracks: readonly { config: TrackConfig; samples: readonly Sample[] }[]): void {
  const video = tracks.find(
    (track): track is { config: VideoConfig; samples: Sample[] } => track.config.kind === 'video',
  );
  const audio = tracks.find(
    (track): track is { config: AudioConfig; samples: Sample[] } => track.config.kind === 'audio',
  );
  const packets = tsPackets(tsSegment({ ...(video && { video }), ...(audio && { audio }) }));
  expect(pesOf(packets, 0x100)).toHaveLength(video?.samples.length ?? 0);
}

describe('transmuxing', () => {
  it('of mutated fragments gives whole segments or an error of its own', () => {
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...FRAGMENTS), mutations, ({ header, pieces }, list) => {
        if (transmuxes(header, mutate(Buffer.concat(pieces), list))) taken++;
        else refused++;
      }),
      { numRuns: 600 },
    );
    expect(refused).toBeGreaterThan(30);
    expect(taken).toBeGreaterThan(30);
  });

  it('under mutated headers gives whole segments or an error of its own', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FRAGMENTS), mutations, ({ header, pieces }, list) => {
        transmuxes({ ...header, bytes: mutate(header.bytes, list) }, Buffer.concat(pieces));
      }),
      { numRuns: 600 },
    );
  });

  it('of fragments cut at any byte refuses the cut, or gives the frames before it', () => {
    const [{ header, pieces }] = fragmentsOf(fixture('gst-streamable.mkv')) as [TestFragment];
    const cluster = Buffer.concat(pieces);
    const whole = readFrames(header, [cluster]).get(1)!;
    for (let end = 0; end < cluster.length; end += 13) {
      try {
        const frames = readFrames(header, [cluster.subarray(0, end)]).get(1) ?? [];
        expect(frames).toEqual(whole.slice(0, frames.length));
      } catch (error) {
        expect(error).toBeInstanceOf(MatroskaError);
      }
    }
  });
});
