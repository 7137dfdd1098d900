import { describe, expect, it } from 'vitest';
import { configure } from '../../../src/media/codec/configure.ts';
import { usableFrames } from '../../../src/media/codec/frames.ts';
import type { Frame, Track, VideoConfig } from '../../../src/media/sample.ts';
import { concat, hex } from '../../support/mkv.ts';

const SPS = '6742c01eda0280bfe5c044000003000400000300c83c58ba80'; // 640x360
const LARGER = '6742c01fda014016ec0440000003004000000c83c60ca8'; // 1280x720
const PPS = '68ce3c80';
const AVC = `0142c01e ff e1 0019 ${SPS} 01 0004 ${PPS}`;
const EMPTY_AVC = '0142c01e ff e0 00';
const videoOf = (record: string, codec: 'avc' | 'hevc' = 'avc', more: Partial<Track> = {}): VideoConfig => {
  const config = configure({ number: 1, kind: 'video', codec, codecId: codec, codecPrivate: hex(record), ...more });
  if (config.kind !== 'video') throw new Error('no video');
  return config;
};
const IDR = '6588843a26b4';
const P = '419a384c';
/** Units behind lengths of so many bytes. */
const units = (list: readonly string[], size = 4): string =>
  list
    .map((unit) =>
      (
        hex(unit)
          .length.toString(16)
          .padStart(2 * size, '0') + unit
      ).replace(/ /g, ''),
    )
    .join('');
const frame = (data: string, key = false, timeMs = 0): Frame => ({ data: hex(data), key, timeNs: timeMs * 1e6 });
const shown = (data: Uint8Array): string => Buffer.from(data).toString('hex');
function carried(config: VideoConfig, frames: readonly Frame[]) {
  const usable = usableFrames(config, frames);
  const kept = usable.frames.filter(({ data }) => data.length > 0);
  return { ...usable, data: kept.map(({ data }) => shown(data)), keys: kept.map(({ key }) => key) };
}
const good = frame(units([IDR]), true);
const next = frame(units([P]), false, 40);

describe('frames that are as they should be', () => {
  it('are carried byte for byte, in the same memory', () => {
    const { frames, faults, config } = usableFrames(videoOf(AVC), [good, next]);
    expect(frames.map(({ data }) => data)).toEqual([good.data, next.data]);
    expect(frames[0]!.data.buffer).toBe(good.data.buffer);
    expect(faults).toBeUndefined();
    expect(config).toMatchObject({ record: hex(AVC), lengthSize: 4 });
  });
});

describe('a frame that does not parse', () => {
  it.each(['0000000241', 'ffffffff41', '65', '555555555555', '41ffff', '000002414142'])(
    'costs itself and not the others: %s',
    (data) => {
      const { data: left, faults } = carried(videoOf(AVC), [good, frame(data, false, 40), next]);
      expect(left).toEqual([shown(good.data), shown(next.data)]);
      expect(faults).toEqual({ unreadable: 1, mended: 0, message: expect.stringContaining('no NAL unit') });
    },
  );

  it('is carried as far as it can be read', () => {
    const { data, faults } = carried(videoOf(AVC), [good, frame(`${units([P, P])}0000ffff419a`, false, 40)]);
    expect(data[1]).toBe(units([P, P]));
    expect(faults).toMatchObject({ unreadable: 0, mended: 1 });
  });

  it('is left out if what can be read of it is no picture, at which players give up', () => {
    const { data, faults } = carried(videoOf(AVC), [
      good,
      frame(`${units(['0605010080'])}0000ffff419a`, false, 40),
      next,
    ]);
    expect(data).toEqual([shown(good.data), shown(next.data)]);
    // It could be read, so it is no reason for a clip to be refused.
    expect(faults).toMatchObject({ unreadable: 0, mended: 1 });
  });

  it('is counted, however many there are, and the first is told', () => {
    const bad = new Array<Frame>(200_000).fill(frame('ffffffff41'));
    expect(usableFrames(videoOf(AVC), [good, frame('')].concat(bad)).faults).toMatchObject({
      unreadable: 200_000,
      mended: 1,
    });
  });

  it('is left out if its container does not lead to its bytes, or they are too many for AAC', () => {
    const lost: Frame = { data: new Uint8Array(), key: false, timeNs: 0, fault: 'a Block whose lace does not fit it' };
    expect(carried(videoOf(AVC), [good, lost]).faults).toMatchObject({ unreadable: 1, message: lost.fault });
    const aac = configure({ number: 2, kind: 'audio', codec: 'aac', codecId: 'A_AAC', codecPrivate: hex('1190') });
    const { frames, faults } = usableFrames(aac, [frame('21'), { ...good, data: new Uint8Array(9000) }, frame('21')]);
    expect([frames.map(({ data }) => data.length), faults?.unreadable]).toEqual([[1, 0, 1], 1]);
  });
});

describe('padding', () => {
  it.each([
    ['behind the last unit', `${units([P])}00`],
    ['behind the last unit, as long as a length', `${units([P])}00000000`],
    ['as a last unit of length 0', `${units([P, ''])}`],
    ['as a unit of length 0 in between', units([P, '', P])],
    ['as a first unit of length 0', units(['', P])],
    ['counted into the unit before', units([`${P}0000`])],
    ['counted into a unit in between', units([`${P}000000`, P])],
  ])('%s is trimmed, and no fault', (_, data) => {
    const { data: left, faults } = carried(videoOf(AVC), [good, frame(data, false, 40)]);
    expect(left[1]).toMatch(new RegExp(`^(${units([P])}){1,2}$`));
    expect(faults).toBeUndefined();
  });

  it('alone is no frame', () => {
    for (const data of ['', '00', '00000000', '0000000000000000', units(['0000'])]) {
      const { data: left, faults } = carried(videoOf(AVC), [good, frame(data)]);
      expect(left.length).toBe(1);
      expect(faults).toMatchObject({ unreadable: 0, mended: 1 });
    }
  });
});

describe('frames with start codes', () => {
  const annexB = (list: readonly string[], code = '00000001') => list.map((unit) => code + unit).join('');

  it('get lengths', () => {
    for (const code of ['00000001', '000001', '0000000001']) {
      const { data, keys } = carried(videoOf(AVC), [
        frame(annexB([SPS, PPS, IDR], code)),
        frame(`${annexB([P], code)}0000`),
      ]);
      expect(data).toEqual([units([SPS, PPS, IDR]), units([P])]);
      expect(keys).toEqual([true, false]);
    }
  });

  it('get them beside one that cannot be read, and among frames with lengths', () => {
    expect(
      carried(videoOf(AVC), [frame(annexB([IDR], '000001')), frame('6541'), frame(annexB([P], '000001'))]).data,
    ).toEqual([units([IDR]), units([P])]);
    expect(carried(videoOf(AVC), [good, frame(annexB([P]))]).data).toEqual([units([IDR]), units([P])]);
  });

  it('are not seen in a broken length that looks like one', () => {
    // A length of 419 that does not fit its frame begins with 00 00 01.
    const { data, faults } = carried(videoOf(AVC), [good, frame(`000001a3 ${P}`)]);
    expect(data).toEqual([units([IDR])]);
    expect(faults).toMatchObject({ unreadable: 1 });
  });

  it('are given room for long units, whatever the record says', () => {
    const long = `65${'84'.repeat(70_000)}`;
    const { data, config } = carried(videoOf(AVC.replace('ff e1', 'fd e1')), [
      frame(annexB([long])),
      frame(annexB([P])),
    ]);
    expect(data).toEqual([units([long]), units([P])]);
    expect(config).toMatchObject({ lengthSize: 4, record: hex(AVC) });
  });
});

describe('where the container disagrees with the frames', () => {
  it.each([1, 2, 4])('lengths of %i bytes are found, and the record follows them', (size) => {
    for (const told of ['fc', 'fd', 'ff']) {
      const long = `65${'84'.repeat(size === 1 ? 250 : size === 2 ? 65_000 : 66_000)}`;
      const frames = [frame(units([long, P], size), true), frame(units([P], size)), frame(units([P], size))];
      const { data, config, faults } = carried(videoOf(AVC.replace('ff e1', `${told} e1`)), frames);
      expect(data).toEqual(frames.map((one) => shown(one.data)));
      expect(faults).toBeUndefined();
      expect(config).toMatchObject({
        lengthSize: size,
        record: hex(AVC.replace('ff e1', `${size === 1 ? 'fc' : size === 2 ? 'fd' : 'ff'} e1`)),
      });
    }
  });

  const RECOVERY_POINT = '0605010184 80'.replace(' ', '');
  const RECOVERY = '060601c4 80'.replace(' ', '');
  it.each([
    ['an IDR picture that is not told', 'avc', [IDR], false, true],
    ['a P picture that is told', 'avc', [P], true, false],
    ['a P picture behind parameter sets that is told', 'avc', [SPS, PPS, P], true, false],
    ['a recovery point that is not told', 'avc', [RECOVERY, '618884'], false, true],
    [
      'a recovery point behind another message',
      'avc',
      ['0605010206 01c4 80'.replaceAll(' ', ''), '618884'],
      false,
      true,
    ],
    ['other messages in front of a P picture', 'avc', [RECOVERY_POINT, P], true, false],
    ['an I picture that is told', 'avc', ['41b8'], true, true],
    ['an I picture that is not told', 'avc', ['41b8'], false, false],
    ['parameter sets alone that are told', 'avc', [SPS, PPS], true, true],
    ['an IDR picture of H.265 that is not told', 'hevc', ['2801af08'], false, true],
    ['a clean random access picture that is not told', 'hevc', ['2a01af08'], false, true],
    ['a broken link picture that is not told', 'hevc', ['2001af08'], false, true],
    ['a trailing picture of H.265 that is told', 'hevc', ['0201d009'], true, false],
    ['a recovery point of H.265 that is not told', 'hevc', ['4e01 0601c480'.replace(' ', ''), '0201d009'], false, true],
    ['parameter sets of H.265 alone that are told', 'hevc', ['40010c01', '42010160'], true, true],
  ] as const)('key frames are what they are: %s', (_, codec, list, told, key) => {
    const record = codec === 'avc' ? AVC : '01 21 60000000 900000000000 7b f000 fc fd f8 f8 0000 0f 00';
    expect(carried(videoOf(record, codec), [frame(units(list), told)]).keys).toEqual([key]);
  });

  it('the size is that of the parameter sets in front of the key frame; the record stays', () => {
    const frames = [frame(units([LARGER, PPS, IDR])), next];
    expect(carried(videoOf(AVC, 'avc', { width: 16, height: 16 }), frames).config).toMatchObject({
      width: 1280,
      height: 720,
      codecString: 'avc1.42c01f',
      record: hex(AVC),
    });
    // Broken ones say nothing.
    expect(carried(videoOf(AVC), [frame(units(['6742', IDR]))]).config).toMatchObject({ width: 640, height: 360 });
  });
});

describe('a record that lacks parameter sets', () => {
  it('gets those in front of the first key frame', () => {
    const { config, data } = carried(videoOf(EMPTY_AVC), [next, frame(units([SPS, PPS, IDR])), next]);
    expect(config).toMatchObject({ width: 640, height: 360, record: hex(AVC), parameterSets: [hex(SPS), hex(PPS)] });
    expect(data[1]).toBe(units([SPS, PPS, IDR]));
  });

  it('gets those alone that it lacks, or that cannot be read', () => {
    const withoutPps = `0142c01e ff e1 0019 ${SPS} 00`;
    expect(carried(videoOf(withoutPps), [frame(units([PPS, IDR]))]).config).toMatchObject({ record: hex(AVC) });
    const short = `0142c01e ff e1 0002 6742 01 0004 ${PPS}`;
    expect(carried(videoOf(short), [frame(units([SPS, PPS, IDR]))]).config).toMatchObject({
      width: 640,
      record: hex(AVC),
    });
  });

  it('stays as it is if there are none anywhere', () => {
    expect(carried(videoOf(EMPTY_AVC), [good, next]).config).toMatchObject({ record: hex(EMPTY_AVC), width: 0 });
  });

  it('of H.265 gets an array of each kind, and the profile', () => {
    const VPS = '40010c01ffff216000000300900000030000030078959809';
    const HEVC_SPS = '42010121600000030090000003000003007ba00a480b9c9596566924caf0168080000003008000000c84';
    const HEVC_PPS = '4401c172b46240';
    const empty = hex(`01 00 00000000 000000000000 00 f000 fc fd f8 f8 0000 0f 00`);
    const { config } = carried(videoOf(shown(empty), 'hevc'), [frame(units([VPS, HEVC_SPS, HEVC_PPS, '2801af08']))]);
    const sized = (set: string) => `${(set.length / 2).toString(16).padStart(4, '0')}${set}`;
    expect(shown(config.kind === 'video' ? config.record : empty)).toBe(
      shown(
        concat(
          hex('01 21 60000000 900000000000 7b f000 fc fd f8 f8 0000 0f 03'),
          hex(`a00001${sized(VPS)} a10001${sized(HEVC_SPS)} a20001${sized(HEVC_PPS)}`),
        ),
      ),
    );
    expect(config).toMatchObject({ width: 322, height: 182, codecString: 'hvc1.1.6.H123.90' });
  });
});
