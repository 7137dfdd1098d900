import { describe, expect, it } from 'vitest';
import type { TrackMedia } from '../../../src/domain/fragments/media.ts';
import { ClosedTimeline, type TimelinePiece } from '../../../src/domain/segments/timeline.ts';

const video = (over: Partial<TrackMedia> = {}): TrackMedia => ({
  number: 1,
  kind: 'video',
  codec: 'avc',
  configuration: 'avc',
  codecString: 'avc1.42c01e',
  timescale: 1000,
  first: 0,
  duration: 2000,
  lastDuration: 40,
  delayMs: 0,
  frames: 50,
  bytes: 1,
  ...over,
});
const audio = (over: Partial<TrackMedia> = {}): TrackMedia =>
  video({ number: 2, kind: 'audio', codec: 'aac', timescale: 48_000, duration: 96_256, lastDuration: 1024, ...over });

const at = (producerTime: number, ...tracks: TrackMedia[]): TimelinePiece => ({ producerTime, tracks });

/** Places all, each with the next known or not; the spans of each track as [from, duration]. */
function place(pieces: TimelinePiece[], ahead: boolean): Record<number, [number, number][]> {
  const timeline = new ClosedTimeline();
  const spans: Record<number, [number, number][]> = {};
  pieces.forEach((piece, index) => {
    for (const [track, { from, duration }] of timeline.place(piece, ahead ? pieces[index + 1] : undefined).spans) {
      spans[track] ??= [];
      spans[track].push([from, duration]);
    }
  });
  return spans;
}
const closed = (spans: [number, number][]): boolean =>
  spans.every(
    ([from, duration], index) => index === 0 || from === spans[index - 1]![0] + spans[index - 1]![1] || !duration,
  );

describe('a timeline without gaps', () => {
  it('begins at 0 and goes on where the last fragment ended', () => {
    expect(place([at(5000, video()), at(7000, video()), at(9000, video())], false)).toEqual({
      1: [
        [0, 2000],
        [2000, 2000],
        [4000, 2000],
      ],
    });
  });

  it.each([true, false])('closes up a gap of a minute (next fragment known: %s)', (ahead) => {
    expect(place([at(0, video()), at(62_000, video()), at(64_000, video())], ahead)[1]).toEqual([
      [0, 2000],
      [2000, 2000],
      [4000, 2000],
    ]);
  });

  it('closes up a clock that was set back', () => {
    expect(place([at(100_000, video()), at(4000, video())], true)[1]).toEqual([
      [0, 2000],
      [2000, 2000],
    ]);
  });

  it('keeps a gap of 50 ms and closes one of 51', () => {
    expect(place([at(0, video()), at(2050, video())], true)[1]).toEqual([
      [0, 2050],
      [2050, 2000],
    ]);
    expect(place([at(0, video()), at(2051, video())], true)[1]).toEqual([
      [0, 2000],
      [2000, 2000],
    ]);
  });

  it.each([true, false])('does not add up what rounding makes of each fragment (next fragment known: %s)', (ahead) => {
    // 30 frames a second in whole milliseconds: each fragment seems a millisecond too long.
    const pieces = Array.from({ length: 3600 }, (_, n) =>
      at(n * 1000, video({ duration: 1001 }), audio({ duration: 48_000 })),
    );
    const spans = place(pieces, ahead);
    expect(closed(spans[1]!)).toBe(true);
    expect(closed(spans[2]!)).toBe(true);
    const [videoStart] = spans[1]!.at(-1)!;
    const [audioStart] = spans[2]!.at(-1)!;
    expect(Math.abs(videoStart - 3_599_000)).toBeLessThanOrEqual(1);
    expect(Math.abs(audioStart / 48 - 3_599_000)).toBeLessThanOrEqual(2);
  });

  it('leaves frames of sound their length while their times are rounded', () => {
    // 47 frames of 1024 at 48 kHz take 1002.67 ms; timestamps are whole milliseconds.
    const duration = 47 * 1024;
    const pieces = Array.from({ length: 100 }, (_, n) =>
      at(Math.round((n * duration) / 48), audio({ number: 1, duration })),
    );
    const spans = place(pieces, true)[1]!;
    expect(spans.every(([, length]) => length === duration)).toBe(true);
    expect(closed(spans)).toBe(true);
  });

  it('keeps sound within half a millisecond of its times although it comes more slowly than it says', () => {
    // Every 1000.1 ms there are frames for 1000.
    const pieces = Array.from({ length: 1000 }, (_, n) =>
      at(Math.round(n * 1000.1), audio({ number: 1, duration: 48_000 })),
    );
    const spans = place(pieces, true)[1]!;
    expect(spans.filter(([from], n) => Math.abs(from - Math.round(n * 1000.1) * 48) > 24)).toEqual([]);
    expect(closed(spans)).toBe(true);
  });

  it('keeps tracks in step when one of them ends earlier, over a gap', () => {
    const short = audio({ duration: 48_000 });
    const spans = place([at(0, video(), short), at(50_000, video(), audio())], true);
    expect(spans[1]).toEqual([
      [0, 2000],
      [2000, 2000],
    ]);
    // The sound of the first fragment is stretched to where that of the second begins.
    expect(spans[2]).toEqual([
      [0, 96_000],
      [96_000, 96_256],
    ]);
  });

  it('closes up what only one of its tracks does not follow on in', () => {
    const spans = place([at(0, video(), audio({ duration: 48_000 })), at(2000, video(), audio({ first: 4800 }))], true);
    expect(spans[1]).toEqual([
      [0, 2000],
      [2000, 2000],
    ]);
    expect(closed(spans[2]!)).toBe(true);
    // The sound of the second begins 100 ms after its picture, as it did.
    expect(spans[2]![1]![0]).toBe(96_000 + 4800);
  });

  it('closes up an overlap of one track that the other does not have', () => {
    const long = video({ duration: 2060, lastDuration: 100 });
    expect(place([at(0, long, audio({ duration: 96_000 })), at(2000, long, audio())], true)[1]).toEqual([
      [0, 2060],
      [2060, 2060],
    ]);
  });

  it('makes room for the decoder’s lead in front, for the sound too', () => {
    const spans = place([at(0, video({ delayMs: 80 }), audio())], false);
    expect(spans[1]![0]![0]).toBe(0);
    expect(spans[2]![0]![0]).toBe(80 * 48);
  });

  it('begins with the track that begins first', () => {
    const spans = place([at(0, video({ first: 21 }), audio({ first: -480 }))], false);
    expect(spans[2]![0]![0]).toBe(0);
    expect(spans[1]![0]![0]).toBe(31);
  });

  it('never goes backwards and never stands still, whatever the times say', () => {
    const times = [0, 1990, 1991, 1960, 90_000, 90_001, 3, 2_000_000, 2_001_990];
    for (const ahead of [true, false]) {
      const spans = place(
        times.map((time) => at(time, video(), audio())),
        ahead,
      );
      for (const track of [1, 2]) {
        expect(closed(spans[track]!)).toBe(true);
        expect(spans[track]!.every(([, duration]) => duration > 0)).toBe(true);
      }
    }
  });
});
