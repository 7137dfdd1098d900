// One rule for ranges of time, held against every operation that takes one: each cell of the table, by both times.
import { describe, expect, it } from 'vitest';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { getImages } from '../../../src/operations/archived/getImages.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import type { ServiceError } from '../../../src/protocol/errors.ts';
import { START } from '../../support/service.ts';
import { type Camera, openDash, openHls, playlistOf, startCamera, textOf } from '../playback/harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AXES = ['SERVER_TIMESTAMP', 'PRODUCER_TIMESTAMP'] as const;
type Axis = (typeof AXES)[number];

interface Asked {
  readonly axis: Axis;
  readonly start: number;
  readonly end: number | undefined;
}
const rangeOf = ({ start, end }: Asked) => ({
  StartTimestamp: start / 1000,
  ...(end === undefined ? {} : { EndTimestamp: end / 1000 }),
});
const selector = (asked: Asked) => ({ FragmentSelectorType: asked.axis, TimestampRange: rangeOf(asked) });

/** Asks for the range; how many fragments were found. */
type Ask = (camera: Camera, asked: Asked) => Promise<number>;
const hls =
  (PlaybackMode: string): Ask =>
  async (camera, asked) =>
    (await playlistOf(camera, await openHls(camera, { PlaybackMode, HLSFragmentSelector: selector(asked) }))).fragments
      .length;
const dash =
  (PlaybackMode: string): Ask =>
  async (camera, asked) => {
    const url = await openDash(camera, { PlaybackMode, DASHFragmentSelector: selector(asked) });
    const [video] = (await textOf(camera, url)).split('</AdaptationSet>');
    return video?.match(/<S /g)?.length ?? 0;
  };
const list: Ask = async (camera, asked) =>
  (await camera.call(listFragments, { StreamName: 'camera', FragmentSelector: selector(asked) })).Fragments.length;
const clip: Ask = async (camera, asked) => {
  const answer = await camera.open(getClip, { ClipFragmentSelector: selector(asked) });
  await answer.done();
  const file = Buffer.from(answer.bytes());
  return file.readUInt32BE(file.indexOf('stsz') + 12) / 50;
};
/** Pictures are not decoded here: their number says nothing of that of the fragments. */
const SOME = -1;
const images: Ask = async (camera, asked) => {
  const { Images } = await camera.call(getImages, {
    StreamName: 'camera',
    ImageSelectorType: asked.axis,
    Format: 'JPEG',
    ...rangeOf(asked),
  });
  return Images.length > 0 ? SOME : 0;
};

const OPERATIONS: Readonly<Record<string, Ask>> = {
  ListFragments: list,
  'HLS ON_DEMAND': hls('ON_DEMAND'),
  'HLS LIVE_REPLAY': hls('LIVE_REPLAY'),
  'DASH ON_DEMAND': dash('ON_DEMAND'),
  'DASH LIVE_REPLAY': dash('LIVE_REPLAY'),
  GetClip: clip,
  GetImages: images,
};
const NOTHING: Readonly<Record<string, string>> = {
  HLS: 'No fragments found in the stream for the streaming request.',
  DASH: 'No fragments found in the stream for the streaming request.',
  GetClip: 'No fragments found in the stream for the clip request.',
  GetImages: 'No fragments found in the stream for the image request.',
};

/** `3 found`, `nothing found`, `outside`, `no retention`, or what else the error says. */
async function outcome(operation: string, camera: Camera, asked: Asked): Promise<string> {
  try {
    const found = await (OPERATIONS[operation] as Ask)(camera, asked);
    return found === SOME ? 'found' : `${found} found`;
  } catch (thrown) {
    const { code, status, message } = thrown as ServiceError;
    const [protocol = ''] = operation.split(' ');
    if (message === `End timestamp ${asked.end} is outside of the stream retention period.`) {
      expect(`${status} ${code}`).toBe('400 InvalidArgumentException');
      return 'outside';
    }
    if (message === NOTHING[protocol]) {
      expect(`${status} ${code}`).toBe('404 ResourceNotFoundException');
      return 'nothing found';
    }
    if (code === 'NoDataRetentionException') return 'no retention';
    return `${status} ${code}: ${message}`;
  }
}

/** Made at START, with three fragments of two seconds from START + `from` on, by both times. */
async function recorded(from: number, retentionHours: number): Promise<Camera> {
  const camera = await startCamera({ retentionHours, stream: { timecode: START + from, fragments: 3 } });
  await camera.clock.set(START + from);
  await camera.record(3);
  return camera;
}
const BEGUN = 2 * HOUR;
const NOW = BEGUN + 6000;

/** What each operation answers: ListFragments, HLS and DASH (both modes), GetClip, GetImages. */
type Row = readonly [list: string, playback: string, clip: string, images: string];
const all = (text: string): Row => [text, text, text, text];
const found = (count: number): Row => [`${count} found`, `${count} found`, `${count} found`, 'found'];
const EMPTY: Row = ['0 found', 'nothing found', 'nothing found', 'nothing found'];
const NONE_KEPT: Row = ['0 found', 'no retention', 'no retention', 'no retention'];
const invalid = (text: string): string => `400 InvalidArgumentException: ${text}`;
const LATER = invalid('EndTimestamp must be later than StartTimestamp.');
const NOT_EARLIER = invalid('EndTimestamp must not be earlier than StartTimestamp.');
const AT_MOST = (seconds: number) =>
  invalid(`EndTimestamp must be at most ${seconds} seconds later than StartTimestamp.`);

interface Case {
  readonly what: string;
  readonly camera: () => Promise<Camera>;
  /** Milliseconds after START. */
  readonly range: readonly [start: number, end: number];
  readonly SERVER_TIMESTAMP: Row;
  readonly PRODUCER_TIMESTAMP: Row;
}
const hourly = () => recorded(BEGUN, 1);
const CASES: readonly Case[] = [
  {
    what: 'a range that ended before the retention period',
    camera: hourly,
    range: [NOW - HOUR - 10_000, NOW - HOUR - 1],
    SERVER_TIMESTAMP: all('outside'),
    PRODUCER_TIMESTAMP: EMPTY,
  },
  {
    what: 'a range that ended as the retention period began',
    camera: hourly,
    range: [NOW - HOUR - 10_000, NOW - HOUR],
    SERVER_TIMESTAMP: EMPTY,
    PRODUCER_TIMESTAMP: EMPTY,
  },
  {
    what: 'a range that began before the retention period and ended in it',
    camera: async () => {
      const camera = await hourly();
      await camera.clock.set(START + BEGUN + HOUR + 1000);
      return camera;
    },
    range: [BEGUN - 1000, BEGUN + 10_000],
    SERVER_TIMESTAMP: found(2),
    PRODUCER_TIMESTAMP: found(2),
  },
  {
    what: 'a range that ended before the stream was made, in the retention period',
    camera: () => recorded(0, 1),
    range: [-10_000, -1],
    SERVER_TIMESTAMP: ['0 found', 'nothing found', 'nothing found', 'outside'],
    PRODUCER_TIMESTAMP: EMPTY,
  },
  {
    what: 'a range that ended when the stream was made',
    camera: () => recorded(0, 1),
    range: [-10_000, 0],
    SERVER_TIMESTAMP: found(1),
    PRODUCER_TIMESTAMP: found(1),
  },
  {
    what: 'a past range of a stream with a retention of 0',
    camera: () => recorded(BEGUN, 0),
    range: [BEGUN, NOW - 1],
    SERVER_TIMESTAMP: ['outside', 'no retention', 'no retention', 'no retention'],
    PRODUCER_TIMESTAMP: NONE_KEPT,
  },
  {
    what: 'a range up to now of a stream with a retention of 0',
    camera: () => recorded(BEGUN, 0),
    range: [BEGUN, NOW],
    SERVER_TIMESTAMP: NONE_KEPT,
    PRODUCER_TIMESTAMP: NONE_KEPT,
  },
  {
    what: 'a range with nothing in it',
    camera: hourly,
    range: [BEGUN - 60_000, BEGUN - 1],
    SERVER_TIMESTAMP: EMPTY,
    PRODUCER_TIMESTAMP: EMPTY,
  },
  {
    what: 'a range with something in it, both ends included',
    camera: hourly,
    range: [BEGUN + 2000, BEGUN + 4000],
    SERVER_TIMESTAMP: found(2),
    PRODUCER_TIMESTAMP: found(2),
  },
  {
    what: 'a range that ends in the future',
    camera: hourly,
    range: [BEGUN, NOW + 120_000],
    SERVER_TIMESTAMP: found(3),
    PRODUCER_TIMESTAMP: found(3),
  },
  {
    what: 'an end before the start',
    camera: hourly,
    range: [BEGUN, BEGUN - 1],
    SERVER_TIMESTAMP: [NOT_EARLIER, LATER, LATER, NOT_EARLIER],
    PRODUCER_TIMESTAMP: [NOT_EARLIER, LATER, LATER, NOT_EARLIER],
  },
  {
    what: 'an end that is the start',
    camera: hourly,
    range: [BEGUN, BEGUN],
    SERVER_TIMESTAMP: ['1 found', LATER, LATER, 'found'],
    PRODUCER_TIMESTAMP: ['1 found', LATER, LATER, 'found'],
  },
  {
    what: 'a range of five minutes and a bit',
    camera: hourly,
    range: [NOW - 300_001, NOW],
    SERVER_TIMESTAMP: ['3 found', '3 found', '3 found', AT_MOST(300)],
    PRODUCER_TIMESTAMP: ['3 found', '3 found', '3 found', AT_MOST(300)],
  },
  {
    what: 'a range of a day and a bit',
    camera: hourly,
    range: [NOW - DAY - 1, NOW],
    SERVER_TIMESTAMP: ['3 found', AT_MOST(86_400), AT_MOST(86_400), AT_MOST(300)],
    PRODUCER_TIMESTAMP: ['3 found', AT_MOST(86_400), AT_MOST(86_400), AT_MOST(300)],
  },
];

describe('a range of time', () => {
  for (const { what, camera: make, range, ...rows } of CASES) {
    for (const axis of AXES) {
      it(`${what}, by ${axis}, is answered by each operation as AWS does`, async () => {
        const camera = await make();
        const asked = { axis, start: START + range[0], end: START + range[1] };
        const [listed, playback, clipped, pictured] = rows[axis];
        const expected: Record<string, string> = { ListFragments: listed, GetClip: clipped, GetImages: pictured };
        const outcomes: Record<string, string> = {};
        for (const operation of Object.keys(OPERATIONS)) {
          expected[operation] ??= playback;
          outcomes[operation] = await outcome(operation, camera, asked);
        }
        expect(outcomes).toEqual(expected);
      });
    }
  }

  it.each(AXES)('without an end, as LIVE_REPLAY may have, by %s, finds what is there or comes', async (axis) => {
    const open = (camera: Camera, from: number) =>
      Promise.all(
        ['HLS LIVE_REPLAY', 'DASH LIVE_REPLAY'].map((operation) =>
          outcome(operation, camera, { axis, start: START + from, end: undefined }),
        ),
      );
    const camera = await hourly();
    expect(await open(camera, 0)).toEqual(['3 found', '3 found']);
    expect(await open(camera, NOW)).toEqual(['nothing found', 'nothing found']);
    expect(await open(await recorded(BEGUN, 0), 0)).toEqual(['no retention', 'no retention']);
  });

  it('is held against the clock of the call: the same range is right today and outside tomorrow', async () => {
    const camera = await hourly();
    const asked = { axis: 'SERVER_TIMESTAMP', start: START + BEGUN, end: START + NOW } as const;
    expect(await outcome('ListFragments', camera, asked)).toBe('3 found');
    await camera.clock.set(START + NOW + HOUR);
    expect(await outcome('ListFragments', camera, asked)).toBe('0 found');
    await camera.clock.advance(1);
    expect(await outcome('ListFragments', camera, asked)).toBe('outside');
  });

  it('is held against a retention that is raised or lowered later', async () => {
    const camera = await hourly();
    await camera.clock.set(START + NOW + HOUR + 1);
    const asked = { axis: 'SERVER_TIMESTAMP', start: START + BEGUN, end: START + NOW } as const;
    expect(await outcome('ListFragments', camera, asked)).toBe('outside');
    camera.streams.changeRetention(camera.stream, camera.stream.record.version, 1);
    expect(await outcome('ListFragments', camera, asked)).toBe('0 found');
    camera.streams.changeRetention(camera.stream, camera.stream.record.version, -2);
    expect(await outcome('ListFragments', camera, asked)).toBe('outside');
    expect(await outcome('GetClip', camera, asked)).toBe('no retention');
  });

  it('of a page that a token continues was right when it was asked for: what expired meanwhile is just not there', async () => {
    const camera = await hourly();
    const asked = { axis: 'SERVER_TIMESTAMP', start: START + BEGUN, end: START + NOW } as const;
    const first = { StreamName: 'camera', MaxResults: 1, FragmentSelector: selector(asked) };
    const { NextToken } = await camera.call(listFragments, first);
    const pictures = {
      ...{ StreamName: 'camera', Format: 'JPEG', SamplingInterval: 2000, MaxResults: 1 },
      ...{ ImageSelectorType: asked.axis, ...rangeOf(asked) },
    };
    const { NextToken: nextPicture } = await camera.call(getImages, pictures);
    await camera.clock.set(START + NOW + HOUR + 1);
    expect(await outcome('ListFragments', camera, asked)).toBe('outside');
    for (const request of [{ StreamName: 'camera' }, first]) {
      expect(await camera.call(listFragments, { ...request, NextToken })).toEqual({ Fragments: [], NextToken: null });
    }
    expect(await outcome('GetImages', camera, asked)).toBe('outside');
    const { Images } = await camera.call(getImages, { ...pictures, MaxResults: 25, NextToken: nextPicture });
    expect(Images.map((image: { Error: string }) => image.Error)).toEqual(['NO_MEDIA', 'NO_MEDIA', 'NO_MEDIA']);
  });

  it('that ends now is not before the creation of a stream that was made anew in the same millisecond', async () => {
    const camera = await startCamera();
    const { streams, stream, clock } = camera;
    streams.delete(stream, undefined);
    const again = streams.create(stream.record.scope, { name: 'camera', dataRetentionInHours: 1 });
    expect(again.record.createdAt).toBe(clock.now() + 1);
    const asked = { axis: 'SERVER_TIMESTAMP', start: START - 1000, end: START } as const;
    expect(await outcome('GetImages', camera, asked)).toBe('nothing found');
    expect(await outcome('GetImages', camera, { ...asked, end: START - 1 })).toBe('outside');
  });
});
