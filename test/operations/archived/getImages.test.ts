import { describe, expect, it } from 'vitest';
import { getImages } from '../../../src/operations/archived/getImages.ts';
import { FIXTURES, type Fixture, fixture } from '../../support/fixtures.ts';
import { md5 } from '../../support/frames.ts';
import { describeWith } from '../../support/programs.ts';
import { type Service, START, startService } from '../../support/service.ts';
import { range, startCamera } from '../playback/harness.ts';

const ask = (from: number, to: number, rest: object = {}) => ({
  StreamName: 'camera',
  ImageSelectorType: 'PRODUCER_TIMESTAMP',
  Format: 'JPEG',
  ...range(from, to),
  ...rest,
});
interface Item {
  readonly TimeStamp: { readonly ms: number };
  readonly ImageContent?: string;
  readonly Error?: string;
}
/** `1000 image`, `0 NO_MEDIA`. */
const brief = ({ Images }: { Images: Item[] }): string[] =>
  Images.map((item) => `${item.TimeStamp.ms - START} ${item.Error ?? 'image'}`);

describe('GetImages', () => {
  it.each([
    ['an interval under 200 ms', { SamplingInterval: 199 }, 'SamplingInterval'],
    ['a width alone', { WidthPixels: 100 }, 'WidthPixels and HeightPixels'],
    ['a height alone', { HeightPixels: 100 }, 'WidthPixels and HeightPixels'],
    ['a quality of 0', { FormatConfig: { JPEGQuality: '0' } }, 'JPEGQuality'],
    ['a quality of 101', { FormatConfig: { JPEGQuality: '101' } }, 'JPEGQuality'],
    ['a quality that is no number', { FormatConfig: { JPEGQuality: 'high' } }, 'JPEGQuality'],
    ['more than five minutes', range(0, 300_001), '300 seconds'],
    ['an end before the start', range(5, 4), 'EndTimestamp'],
    ['a token it never gave', { NextToken: 'AAAA' }, 'NextToken'],
  ])('refuses %s', async (_what, input, text) => {
    const camera = await startCamera();
    await camera.record(1);
    const error = { code: 'InvalidArgumentException', status: 400, message: expect.stringContaining(text) };
    await expect(camera.call(getImages, ask(0, 1000, input))).rejects.toMatchObject(error);
  });

  it('finds nothing where no fragment begins, and keeps nothing without retention', async () => {
    const camera = await startCamera();
    await camera.record(1);
    await expect(camera.call(getImages, ask(1, 1000))).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: expect.stringMatching(/^No fragments found/),
    });
    const none = startService({ retentionHours: 0 });
    await expect(none.call(getImages, ask(0, 1))).rejects.toMatchObject({ code: 'NoDataRetentionException' });
  });

  it('answers MEDIA_ERROR for sound without pictures', async () => {
    const service = startService();
    await service.put(fixture('aac.mkv'), { ProducerStartTimestamp: String(START / 1000) });
    expect(brief(await service.call(getImages, ask(0, 900, { SamplingInterval: 400 })))).toEqual([
      '0 MEDIA_ERROR',
      '400 MEDIA_ERROR',
      '800 MEDIA_ERROR',
    ]);
  });
});

const png = (item: Item | undefined) => {
  const bytes = Buffer.from(item?.ImageContent ?? '', 'base64');
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), bytes };
};

describeWith(['ffmpeg'], 'GetImages with ffmpeg', () => {
  const recorded = async (name: Fixture) => {
    const service = startService();
    await service.put(fixture(name), { ProducerStartTimestamp: String(START / 1000) });
    return service;
  };

  it('has an image each interval from the start on, and says where there is no media', async () => {
    const service = await recorded('h264-gop2s.mkv');
    const answer = await service.call(getImages, ask(-500, 5500, { SamplingInterval: 1000 }));
    expect(brief(answer)).toEqual([
      '-500 NO_MEDIA',
      '500 image',
      '1500 image',
      '2500 image',
      '3500 image',
      '4500 image',
      '5500 NO_MEDIA',
    ]);
    expect(answer.NextToken).toBeNull();
    for (const { ImageContent } of answer.Images.slice(1, 5)) {
      const bytes = Buffer.from(ImageContent, 'base64');
      expect([bytes.readUInt16BE(0), bytes.readUInt16BE(bytes.length - 2)]).toEqual([0xffd8, 0xffd9]);
    }
  });

  it('has the picture that is on screen at the time: the same for two times within one frame, another for the next', async () => {
    for (const name of ['h264-gop2s.mkv', 'h264-bframes-aac-gop2s.mkv', 'h265-aac-gop1s.mkv'] as const) {
      const service = await recorded(name);
      const shot = async (at: number) =>
        png((await service.call(getImages, ask(0, at, { SamplingInterval: at, Format: 'PNG' }))).Images[1]).bytes;
      // Where the video of these files begins: at once, or 21 ms after the sound.
      const shift = name === 'h265-aac-gop1s.mkv' ? 21 : 0;
      const [first, same, next] = [await shot(800 + shift), await shot(839 + shift), await shot(840 + shift)];
      expect(first.equals(same), name).toBe(true);
      expect(first.equals(next), name).toBe(false);
    }
  });

  /** The picture at a time of a range that goes on behind it, by its hash, or why there is none. */
  const shotOf = async (service: Service, at: number, from = 0): Promise<string> => {
    const times = at === from ? ask(from, from) : ask(from, at + 1000, { SamplingInterval: at - from });
    const { Images } = await service.call(getImages, { ...times, Format: 'PNG' });
    const { Error: error, ImageContent: content } = Images[at === from ? 0 : 1];
    return error ?? md5(Buffer.from(content, 'base64'));
  };

  // When a fragment begins, when its first picture that can be decoded is shown, and the last of the fragment before: in ms.
  it.each([
    ['h264-aac-1fps.mkv', 2006, 4043, 3043],
    ['h264-opengop-aac-4fps.mkv', 768, 2043, 1043],
    ['h264-opengop-aac-4fps.mkv', 2774, 4043, 3043],
    ['h264-aac-gop1s.mkv', 1002, 1021, 981],
    ['gst-streamable.mkv', 1000, 2000, 960],
  ] as const)(
    'has of %s, from %i ms on, the pictures of the fragment before until its own at %i ms',
    async (name, begin, first, last) => {
      const service = await recorded(name);
      const [before, own] = [await shotOf(service, last), await shotOf(service, first)];
      expect(own).not.toBe(before);
      for (const at of [Math.round((last + first) / 2), first - 1]) expect(await shotOf(service, at)).toBe(before);
      // Without that fragment in the range there is none, and where no picture can be decoded at all that is said.
      expect(await shotOf(service, begin, begin)).toBe(name === 'gst-streamable.mkv' ? 'MEDIA_ERROR' : 'NO_MEDIA');
      expect(await shotOf(service, first + 200, begin)).toMatch(/^[0-9a-f]{32}$/);
    },
  );

  it('has of H.265 with open GOPs the last picture until the next that can be decoded', async () => {
    const service = await recorded('h265-opengop-4fps.mkv');
    const [before, own] = [await shotOf(service, 1000), await shotOf(service, 2000)];
    // The pictures of 1250 to 1750 ms are in the next fragment, and need those of this one.
    for (const at of [1250, 1751, 1999]) expect(await shotOf(service, at)).toBe(before);
    expect(own).not.toBe(before);
  });

  it('holds no picture over a pause', async () => {
    const service = await recorded('h264-aac-1fps.mkv');
    await service.put(fixture('h264-aac-1fps.mkv'), { ProducerStartTimestamp: String((START + 60_000) / 1000) });
    // The last picture of the first recording ends at 8043 ms; the sound of the second begins 43 ms before its pictures.
    expect([await shotOf(service, 60_042), await shotOf(service, 8700)]).toEqual(['NO_MEDIA', 'NO_MEDIA']);
    for (const at of [60_043, 8500]) expect(await shotOf(service, at)).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(FIXTURES.filter((name) => name !== 'aac.mkv'))(
    'has of %s a picture at any time from its first on',
    async (name) => {
      const service = await recorded(name);
      const answer = await service.call(getImages, ask(0, 1800, { SamplingInterval: 200 }));
      expect(brief(answer).slice(1)).toEqual(Array.from({ length: 9 }, (_, at) => `${(at + 1) * 200} image`));
    },
  );

  it('has pictures from both sides of a change of codec private data', async () => {
    const service = await recorded('h264-gop2s.mkv');
    await service.put(fixture('h264-bframes-aac-gop2s.mkv'), { ProducerStartTimestamp: String((START + 4000) / 1000) });
    const answer = await service.call(getImages, ask(0, 8000, { SamplingInterval: 2000, Format: 'PNG' }));
    expect(brief(answer)).toEqual(['0 image', '2000 image', '4000 image', '6000 image', '8000 image']);
    // Both files show the same test picture from its beginning: what is 4 s apart looks alike.
    const alone = await recorded('h264-bframes-aac-gop2s.mkv');
    const same = await alone.call(getImages, ask(0, 0, { Format: 'PNG' }));
    expect(png(answer.Images[2]).bytes.equals(png(same.Images[0]).bytes)).toBe(true);
  });

  it('makes pictures as large as asked for, and as they are otherwise', async () => {
    const service = await recorded('h265-aac-gop1s.mkv');
    const options = { Format: 'PNG', SamplingInterval: 1000 };
    const own = await service.call(getImages, ask(0, 500, { ...options, ...range(0, 1900) }));
    expect(png(own.Images[1])).toMatchObject({ width: 320, height: 180 });
    const stretched = await service.call(getImages, ask(0, 1900, { ...options, WidthPixels: 100, HeightPixels: 100 }));
    expect(png(stretched.Images[1])).toMatchObject({ width: 100, height: 100 });
  });

  it('makes larger files of better quality', async () => {
    const service = await recorded('h264-gop2s.mkv');
    const size = async (quality: string) => {
      const input = ask(0, 0, { FormatConfig: { JPEGQuality: quality } });
      return (await service.call(getImages, input)).Images[0].ImageContent.length;
    };
    const [low, usual, best] = [await size('10'), await size('80'), await size('100')];
    expect([low < usual, usual < best]).toEqual([true, true]);
  });

  it('gives 25 images at once, whatever is asked for, and goes on by the token', async () => {
    const service = await recorded('h264-gop2s.mkv');
    const input = ask(0, 3900, { SamplingInterval: 200, MaxResults: 8 });
    const pages: string[][] = [];
    let answer = await service.call(getImages, input);
    for (;;) {
      pages.push(brief(answer));
      if (answer.NextToken === null) break;
      answer = await service.call(getImages, { ...input, NextToken: answer.NextToken });
    }
    expect(pages.map((page) => page.length)).toEqual([8, 8, 4]);
    expect(pages.flat()).toEqual(Array.from({ length: 20 }, (_, n) => `${n * 200} image`));
    const most = await service.call(getImages, ask(0, 6000, { SamplingInterval: 200, MaxResults: 100 }));
    expect(most.Images.length).toBe(25);
  });

  it('answers MEDIA_ERROR for video that nothing can decode', async () => {
    const camera = await startCamera();
    await camera.record(1);
    expect(brief(await camera.call(getImages, ask(0, 1000, { SamplingInterval: 1000 })))).toEqual([
      '0 MEDIA_ERROR',
      '1000 MEDIA_ERROR',
    ]);
  });
});
