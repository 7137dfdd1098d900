import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Timeline } from '../../../src/media/codec/placing.ts';
import { decodeTimes, totalDuration } from '../../../src/media/codec/timing.ts';
import { reorderDelayMs } from '../../../src/media/codec/videoTiming.ts';
import type { AudioConfig, Frame, Sample, VideoConfig } from '../../../src/media/sample.ts';
import { hex } from '../../support/mkv.ts';

/** One NAL unit of one byte behind its length. */
const PICTURE = hex('0000000141');
const video = (defaultDurationNs?: number): VideoConfig => ({
  kind: 'video',
  codec: 'avc',
  codecString: 'avc1.42c01e',
  timescale: 1000,
  record: new Uint8Array(),
  lengthSize: 4,
  parameterSets: [],
  width: 320,
  height: 180,
  reorderFrames: 0,
  track: {
    number: 1,
    kind: 'video',
    codec: 'avc',
    codecId: '',
    ...(defaultDurationNs !== undefined && { defaultDurationNs }),
  },
});
const audio = (timescale: number, codec: 'aac' | 'alaw' = 'aac', channels = 1): AudioConfig => ({
  kind: 'audio',
  codec,
  codecString: codec,
  timescale,
  sampleRate: timescale,
  channels,
  frameLength: codec === 'aac' ? 1024 : 0,
  track: { number: 2, kind: 'audio', codec, codecId: '' },
});
const framesAt = (times: readonly number[], data: Uint8Array = PICTURE): Frame[] =>
  times.map((ms, i) => ({ data, key: i === 0, timeNs: ms * 1e6 }));
const pictures = (times: readonly number[], timeline: Partial<Timeline> = {}, config = video()): Sample[] =>
  decodeTimes(config, framesAt(times), { startMs: 0, ...timeline });
const dts = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.dts);
const pts = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.pts);
const durations = (samples: readonly Sample[]): number[] => samples.map((sample) => sample.duration);

/** What every list of samples must keep, whatever came in. */
function expectSound(samples: readonly Sample[]): void {
  samples.forEach((sample, i) => {
    expect(sample.duration).toBeGreaterThanOrEqual(1);
    expect(sample.duration).toBeLessThan(2 ** 32);
    expect(sample.pts).toBeGreaterThanOrEqual(sample.dts);
    for (const time of [sample.dts, sample.pts, sample.duration]) expect(Number.isSafeInteger(time)).toBe(true);
    if (i > 0) expect(sample.dts).toBe(samples[i - 1]!.dts + samples[i - 1]!.duration);
  });
  expect(new Set(pts(samples)).size).toBe(samples.length);
}

describe('pictures in the order in which they are shown', () => {
  it('are decoded when they are shown', () => {
    const samples = pictures([0, 40, 80], { startMs: 1_790_000_000_000 });
    expect(dts(samples)).toEqual([1_790_000_000_000, 1_790_000_000_040, 1_790_000_000_080]);
    expect(pts(samples)).toEqual(dts(samples));
    expect(durations(samples)).toEqual([40, 40, 40]);
  });

  it('keep irregular intervals; the last lasts as long as the one before', () => {
    expect(durations(pictures([0, 101, 199, 330]))).toEqual([101, 98, 131, 131]);
  });

  it('end where the next fragment begins, if that is known', () => {
    expect(durations(pictures([0, 101, 199], { endMs: 250 }))).toEqual([101, 98, 51]);
    // It cannot begin before this one's last picture.
    expect(durations(pictures([0, 101, 199], { endMs: 150 }))).toEqual([101, 98, 98]);
  });

  it('end on the grid of their rate: 30 a second, rounded to ms, make 2000 ms and not 2001', () => {
    const rounded = Array.from({ length: 60 }, (_, i) => Math.round((i * 1000) / 30));
    expect(totalDuration(pictures(rounded))).toBe(2000);
    expect(totalDuration(pictures(rounded, {}, video(33_333_333)))).toBe(2000);
    // A default duration that the times do not bear out says nothing.
    expect(durations(pictures([0, 100, 200], {}, video(40_000_000)))).toEqual([100, 100, 100]);
  });

  it('do not drift: an hour of fragments at 29.97 a second ends within a millisecond', () => {
    const step = 1001 / 30;
    let end = 0;
    for (let fragment = 0; fragment < 1800; fragment++) {
      const startMs = Math.round(fragment * 60 * step);
      const times = Array.from({ length: 60 }, (_, i) => Math.round((fragment * 60 + i) * step) - startMs);
      const samples = pictures(times, { startMs });
      expect(Math.abs(samples[0]!.dts - end)).toBeLessThanOrEqual(1);
      end = samples.at(-1)!.dts + samples.at(-1)!.duration;
    }
    expect(Math.abs(end - 1800 * 60 * step)).toBeLessThanOrEqual(1);
  });

  it('last as long as the track says, or the caller, or 1 ms, if there is only one', () => {
    expect(durations(pictures([0], {}, video(40_000_000)))).toEqual([40]);
    expect(durations(pictures([0], { fallbackDurationMs: 67 }))).toEqual([67]);
    expect(durations(pictures([0]))).toEqual([1]);
    const [own] = decodeTimes(video(), [{ ...framesAt([0])[0]!, durationNs: 33e6 }], { startMs: 0 });
    expect(own!.duration).toBe(33);
  });

  it('come one after the other where they claim the same time or an earlier one', () => {
    const same = pictures([0, 40, 40, 40, 80]);
    expect(pts(same)).toEqual([0, 40, 41, 42, 80]);
    expectSound(same);
    const clockSetBack = pictures([
      ...Array.from({ length: 30 }, (_, i) => i * 40),
      ...Array.from({ length: 30 }, (_, i) => i * 40 - 5000),
    ]);
    expectSound(clockSetBack);
    expect(pts(clockSetBack).slice(28, 33)).toEqual([1120, 1160, 1161, 1162, 1163]);
  });
});

describe('pictures with B-frames', () => {
  it('are decoded in order, early enough to be shown in theirs', () => {
    const samples = pictures([0, 120, 40, 80, 240, 160, 200], { startMs: 1000 });
    expect(dts(samples)).toEqual([960, 1000, 1040, 1080, 1120, 1160, 1200]);
    expect(pts(samples)).toEqual([1000, 1120, 1040, 1080, 1240, 1160, 1200]);
    expectSound(samples);
  });

  it('keep step with fragments without B-frames when they are told the delay', () => {
    const delayMs = reorderDelayMs(framesAt([0, 160, 80, 40, 120]));
    expect(delayMs).toBe(80);
    expect(dts(pictures([0, 160, 80, 40, 120], { delayMs }))).toEqual([-80, -40, 0, 40, 80]);
    expect(dts(pictures([200, 240, 280], { delayMs }))).toEqual([120, 160, 200]);
    expect(reorderDelayMs(framesAt([0, 40, 80]))).toBe(0);
  });

  it('keep step by themselves where the parameter sets tell how many pictures are reordered', () => {
    const config = { ...video(), reorderFrames: 2 };
    const at30 = (first: number, order: readonly number[]) => order.map((i) => Math.round(((first + i) * 1000) / 30));
    const one = pictures(at30(0, [0, 4, 2, 1, 3, 5]), { startMs: 1000 }, config);
    const two = pictures(at30(6, [0, 2, 1, 3, 4, 5]), { startMs: 1000 }, config);
    const three = pictures(at30(12, [0, 1, 2, 3, 4, 5]), { startMs: 1000 }, config);
    expect([one, two, three].map((samples) => samples[0]!.pts - samples[0]!.dts)).toEqual([67, 67, 67]);
    expectSound([...one, ...two, ...three]);
    // What the caller says goes first, unless it is too little.
    expect(pictures([0, 40, 80], { startMs: 1000, delayMs: 40 }, config)[0]!.dts).toBe(960);
    expect(pictures([0, 120, 40, 80], { startMs: 1000, delayMs: 0 }, config)[0]!.dts).toBe(960);
    expect(reorderDelayMs(framesAt([0, 120, 40, 80]), config)).toBe(80);
    expect(reorderDelayMs(framesAt([0, 120, 40, 80]))).toBe(40);
    // At no constant rate there is no telling how long so many pictures take.
    expect(pictures([0, 30, 110], {}, config)[0]!.dts).toBe(0);
  });

  it('may begin with a key frame that others are shown before', () => {
    expect(dts(pictures([80, 0, 40, 200, 120, 160]))).toEqual([-40, 0, 40, 80, 120, 160]);
  });
});

describe('AAC', () => {
  /** What a muxer writes: the times of 1024-sample frames from `from` on, rounded to ms. */
  const rounded = (rate: number, from: number, count: number, offset = 0, round = Math.round): number[] =>
    Array.from({ length: count }, (_, i) => round(offset + ((from + i) * 1024 * 1000) / rate));

  it('has frames of 1024 samples, whatever rounding made of their times', () => {
    const samples = decodeTimes(audio(48_000), framesAt(rounded(48_000, 0, 47)), { startMs: 0 });
    expect(new Set(durations(samples))).toEqual(new Set([1024]));
    expect(samples[0]!.dts).toBe(0);
  });

  it.each([
    [48_000, Math.round, 0],
    [48_000, Math.floor, 0],
    [44_100, Math.round, 2],
    [44_100, Math.floor, 2],
    [16_000, Math.round, 0],
    [8000, Math.round, 0],
    [22_050, Math.round, 2],
  ])('at %i Hz joins up over an hour of fragments made apart, to the sample or two', (rate, round, tolerance) => {
    const perFragment = Math.ceil((2 * rate) / 1024);
    const base = 1_790_000_000_123;
    let end: number | undefined;
    let first = 0;
    for (let fragment = 0; fragment < 1800; fragment++) {
      const times = rounded(rate, fragment * perFragment, perFragment, base + 0.4, round);
      const startMs = times[0]! + (fragment % 7) - 3;
      const samples = decodeTimes(audio(rate), framesAt(times.map((time) => time - startMs)), { startMs });
      expect(totalDuration(samples)).toBe(perFragment * 1024);
      if (end !== undefined) expect(Math.abs(samples[0]!.dts - end)).toBeLessThanOrEqual(tolerance);
      else first = samples[0]!.dts;
      end = samples.at(-1)!.dts + samples.at(-1)!.duration;
    }
    expect(Math.abs(end! - first - 1800 * perFragment * 1024)).toBeLessThan(rate / 1000);
  });

  it('keeps a gap, and goes on from there', () => {
    const times = [...rounded(48_000, 0, 10), ...rounded(48_000, 0, 10, 1000)];
    const samples = decodeTimes(audio(48_000), framesAt(times), { startMs: 0 });
    expect(durations(samples).filter((duration) => duration !== 1024)).toEqual([48_000 - 9 * 1024]);
    expect(samples[10]!.dts).toBe(48_000);
    expectSound(samples);
  });

  it('goes on behind the last frame where times go back', () => {
    const times = [...rounded(48_000, 0, 10), ...rounded(48_000, 0, 10, -500)];
    const samples = decodeTimes(audio(48_000), framesAt(times), { startMs: 1000 });
    expectSound(samples);
    expect(samples[10]!.dts).toBe(samples[9]!.dts + 1);
    expect(samples[19]!.dts - samples[10]!.dts).toBe(9 * 1024);
  });
});

describe('G.711', () => {
  it('lasts as long as it has bytes for each channel', () => {
    const frames = (data: Uint8Array) => framesAt([0, 20, 40], data);
    expect(durations(decodeTimes(audio(8000, 'alaw'), frames(new Uint8Array(160)), { startMs: 0 }))).toEqual([
      160, 160, 160,
    ]);
    expect(durations(decodeTimes(audio(8000, 'alaw', 2), frames(new Uint8Array(320)), { startMs: 0 }))).toEqual([
      160, 160, 160,
    ]);
  });
});

describe('frames that cannot be written', () => {
  const at = (data: Uint8Array, ms: number): Frame => ({ data, key: true, timeNs: ms * 1e6 });

  it('are left out; the one before lasts longer', () => {
    for (const bad of [new Uint8Array(), hex('00000000'), hex('ffffffff41')]) {
      const frames = [at(PICTURE, 0), at(bad, 40), at(PICTURE, 80)];
      expect(durations(decodeTimes(video(), frames, { startMs: 0 }))).toEqual([80, 40]);
      expect(durations(decodeTimes(video(), frames.slice(0, 2), { startMs: 0 }))).toEqual([80]);
      const [first] = decodeTimes(video(), frames.slice(1), { startMs: 0 });
      expect([first?.dts, first?.duration]).toEqual([80, 40]);
      expect(decodeTimes(video(), [at(bad, 0)], { startMs: 0 })).toEqual([]);
    }
    expect(decodeTimes(audio(48_000), [], { startMs: 0 })).toEqual([]);
    const sound = [at(PICTURE, 0), at(new Uint8Array(9000), 21), at(PICTURE, 43)];
    expect(durations(decodeTimes(audio(48_000), sound, { startMs: 0 }))).toEqual([2048, 1024]);
  });
});

describe('one frame at a time that cannot be', () => {
  const even = Array.from({ length: 50 }, (_, i) => i * 40);
  const withOne = (index: number, time: number) => even.map((own, i) => (i === index ? time : own));

  it.each([
    [20, 15_000],
    [20, -32_000],
    [1, 30_000],
    [48, -9000],
    [0, 12_000],
    [49, -12_000],
  ])('is shown between its neighbours: frame %i at %i ms', (index, time) => {
    expect(pts(pictures(withOne(index, time)))).toEqual(even);
  });

  it('does not move the sound behind it', () => {
    const times = Array.from({ length: 47 }, (_, i) => Math.round((i * 1024) / 48));
    const samples = decodeTimes(audio(48_000), framesAt(times.map((own, i) => (i === 9 ? 14_000 : own))), {
      startMs: 0,
    });
    expect(dts(samples)).toEqual(dts(decodeTimes(audio(48_000), framesAt(times), { startMs: 0 })));
  });

  it('leaves B-frames their order, and pauses their length', () => {
    const reordered = [0, 160, 80, 40, 120, 320, 15_000, 200, 280, 480, 400, 360, 440];
    expect(pts(pictures(reordered)).filter((_, i) => i !== 6)).toEqual(reordered.filter((_, i) => i !== 6));
    const paused = [0, 40, 80, 9000, 9040, 18_000];
    expect(pts(pictures(paused))).toEqual(paused);
    const late = [0, 1000, 3000, 2000, 19_000];
    expect(pts(pictures(late))).toEqual(late);
  });
});

describe('what a track says of its frames that cannot be', () => {
  it('is not believed: a frame of a quarter of an hour', () => {
    expect(durations(pictures([0], {}, video(1e12)))).toEqual([1]);
    const own = { ...framesAt([0])[0]!, durationNs: 4e12 };
    expect(durations(decodeTimes(video(), [own], { startMs: 0 }))).toEqual([1]);
  });
});

describe('any times', () => {
  const times = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { minLength: 1, maxLength: 80 });

  it('make sound samples', () => {
    fc.assert(
      fc.property(
        times,
        fc.constantFrom(1_790_000_000_123, 0),
        fc.integer({ min: 0, max: 500 }),
        (list, startMs, delayMs) => {
          expectSound(pictures(list, { startMs, delayMs }));
          expectSound(decodeTimes(audio(44_100), framesAt(list), { startMs }));
        },
      ),
    );
  });

  it('of up to 16 reordered pictures are all shown when they ask to be', () => {
    const shuffled = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 60 }).map((groups) => {
      const list: number[] = [];
      // Each group: the last picture first, then those shown before it.
      for (const size of groups) {
        const first = list.length;
        list.push((first + size - 1) * 40, ...Array.from({ length: size - 1 }, (_, i) => (first + i) * 40));
      }
      return list;
    });
    fc.assert(
      fc.property(shuffled, (list) => {
        const samples = pictures(list, { startMs: 1000 });
        expect(pts(samples)).toEqual(list.map((time) => time + 1000));
        if (list.length > 0) expectSound(samples);
      }),
    );
  });
});
