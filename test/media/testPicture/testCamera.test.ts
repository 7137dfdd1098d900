import { describe, expect, it } from 'vitest';
import { aacFrame } from '../../../src/media/encode/aacTone.ts';
import { avcLevel } from '../../../src/media/encode/avcLevel.ts';
import { Scene } from '../../../src/media/testPicture/scene.ts';
import { TestCamera, type TestCameraOptions } from '../../../src/media/testPicture/testCamera.ts';
import { walk } from '../../support/walk.ts';

const START = 1_893_456_000_123;
const camera = (given: Partial<TestCameraOptions> = {}): TestCamera =>
  new TestCamera({
    ...{ name: 'door', width: 320, height: 180, rate: 25, level: 12, fragment: 50, bitrate: undefined, sound: true },
    ...{ start: START, origin: 0, frame: 0, iso: (ms: number) => new Date(ms).toISOString() },
    ...given,
  });

/** The next fragments: time, and the frames of each track. */
function filmed(one: TestCamera, count: number) {
  const pieces = [one.header];
  for (let begun = 0; !(one.atStart && begun === count); ) {
    if (one.atStart) begun++;
    pieces.push(one.next().bytes);
  }
  const clusters = walk(Buffer.concat(pieces)).flatMap((document) => document.clusters);
  return clusters.map(({ frames }) => {
    const of = (track: number) => frames.filter((frame) => frame.track === track);
    const video = of(1).map(({ time, key }) => ({ time, key }));
    return { time: video[0]?.time ?? 0, video, audio: of(2) };
  });
}

describe('the test camera', () => {
  it.each([25, 29.97, 12.5, 60])('sends whole fragments in order, at %f pictures a second', (rate) => {
    const fragments = filmed(camera({ rate, fragment: Math.round(rate) }), 10);
    expect(fragments).toHaveLength(10);
    let last = 0;
    for (const { time, video, audio } of fragments) {
      expect(time).toBeGreaterThan(last);
      expect(video[0]).toEqual({ time, key: true });
      expect(video.filter(({ key }) => key)).toHaveLength(1);
      expect(audio.length).toBeGreaterThan(40);
      last = Math.max(...video.map((frame) => frame.time), ...audio.map((frame) => frame.time));
    }
    expect(fragments[0]?.time).toBe(START);
  });

  it('does not drift: after an hour it is at an hour', () => {
    const one = camera({ rate: 29.97, fragment: 30, sound: false });
    one.skip(3_600_000);
    const { at } = one.next();
    expect(at).toBeGreaterThanOrEqual(3_600_000);
    expect(at).toBeLessThan(3_600_000 + 1000 / 29.97);
  });

  it('goes on behind a gap with a key picture and with sound of then', () => {
    const one = camera();
    for (let i = 0; i < 50; i++) one.next();
    one.skip(10_000);
    const [fragment] = filmed(one, 1);
    expect(fragment?.time).toBe(START + 10_000);
    expect(Math.min(...(fragment?.audio ?? []).map(({ time }) => time))).toBeGreaterThanOrEqual(START + 10_000);
  });

  it('fills the video up to a rate of bits', () => {
    const one = camera({ bitrate: 1_000_000, sound: false });
    let bytes = 0;
    for (let i = 0; i < 250; i++) bytes += one.next().bytes.length;
    expect(bytes * 8).toBeGreaterThan(9_900_000);
    expect(bytes * 8).toBeLessThan(10_150_000);
  });

  it('counts from its start if it is a recording', () => {
    expect(filmed(camera({ origin: START }), 2).map(({ time }) => time)).toEqual([0, 2000]);
  });

  it('sends sound of a few bytes', () => {
    expect(aacFrame(false).length).toBeLessThan(8);
    expect(aacFrame(true).length).toBeLessThan(16);
    expect(aacFrame(true)).not.toEqual(aacFrame(false));
  });
});

describe('the test picture', () => {
  it.each([
    [320, 180],
    [640, 360],
    [1280, 720],
    [1080, 1920],
    [3840, 2160],
  ])('has room for its letters in %i by %i, and hardly changes from one picture to the next', (width, height) => {
    const scene = new Scene(width, height, 'a-name-that-is-long');
    const { canvas: shown } = scene;
    const show = (frame: number): void => scene.show({ iso: `2030-01-01T00:00:00.${frame}00Z`, frame });
    show(1);
    shown.changed.fill(0);
    show(2);
    const changed = shown.changed.reduce((sum, one) => sum + one, 0);
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(shown.changed.length / 4);
    expect(avcLevel(shown.columns, shown.rows, 25, 0)).toBeDefined();
  });
});
