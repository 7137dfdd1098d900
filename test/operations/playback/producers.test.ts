// What producers send whose streams play on AWS, and what their containers say that is not so: the frames that ffmpeg
// decodes from each output are those of the recording before it was dressed up.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aLawFixture, fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import { type Bytes, concat, float, hex, uint, uintBytes } from '../../support/mkv.ts';
import { describeWith, scratchFolder } from '../../support/programs.ts';
import { type Change, remuxed } from '../../support/remuxed.ts';
import { brief, START, startService } from '../../support/service.ts';
import { type Frame, walk } from '../../support/walk.ts';
import { decode, expectFrames, kindsOf, timesOf, write, ZERO } from './decoded.ts';
import { openDash, openHls, range, textOf } from './harness.ts';
import { WAYS, type Way } from './outputs.ts';

/** The sets of an avcC with one of each kind, as ffmpeg writes it. */
function avcSets(record: Bytes): [sps: Bytes, pps: Bytes] {
  const size = (record[6]! << 8) | record[7]!;
  const at = 8 + size + 3;
  return [record.subarray(8, 8 + size), record.subarray(at, at + ((record[at - 2]! << 8) | record[at - 1]!))];
}
const sized = (set: Bytes): Bytes => concat(uintBytes(set.length, 2), set);
const avcC = (record: Bytes, sequence: readonly Bytes[], pictures: readonly Bytes[], ...rest: Bytes[]): Bytes =>
  concat(
    record.subarray(0, 5),
    Uint8Array.of(0xe0 | sequence.length),
    ...sequence.map(sized),
    Uint8Array.of(pictures.length),
    ...pictures.map(sized),
    ...rest,
  );
/** [type, unit] of an hvcC, in its order. */
function hevcArrays(record: Bytes): [number, Bytes][] {
  const found: [number, Bytes][] = [];
  let at = 23;
  for (let arrays = record[22]!; arrays > 0; arrays--) {
    const type = record[at]! & 0x3f;
    const count = (record[at + 1]! << 8) | record[at + 2]!;
    at += 3;
    for (let i = 0; i < count; i++) {
      const size = (record[at]! << 8) | record[at + 1]!;
      found.push([type, record.subarray(at + 2, at + 2 + size)]);
      at += 2 + size;
    }
  }
  return found;
}
/** As AWS's producer makes it of start codes: no array is complete, and types go by place. */
const hvcC = (record: Bytes, units: readonly Bytes[], types = [0x20, 0x21, 0x22]): Bytes =>
  concat(
    record.subarray(0, 21),
    Uint8Array.of(0x0f, units.length),
    ...units.map((unit, place) => concat(Uint8Array.of(types[place]!, 0, 1), sized(unit))),
  );
const prefixed = (...units: readonly Bytes[]): Bytes =>
  concat(...units.flatMap((unit) => [uintBytes(unit.length, 4), unit]));
const unitsOf = (data: Bytes): Bytes[] => {
  const units: Bytes[] = [];
  for (let at = 0; at < data.length; ) {
    const size = new DataView(data.buffer, data.byteOffset + at).getUint32(0);
    units.push(data.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
  return units;
};
const ZEROS = new Uint8Array(5);

const AVC = 'h264-opengop-aac-4fps.mkv';
const HEVC = 'h265-aac-gop1s.mkv';
/** The codec private data of the first track. */
const privateOf = (source: Bytes): Bytes => walk(source)[0]?.tracks[0]?.codecPrivate as Bytes;
const avc = avcSets(privateOf(fixture(AVC)));
const hevc = hevcArrays(privateOf(fixture(HEVC)));
const hevcOf = (type: number): Bytes => hevc.find(([one]) => one === type)![1];
const withSets =
  (sets: readonly Bytes[]) =>
  ({ data, key }: Frame) =>
    key ? concat(prefixed(...sets), data) : data;

const TRUTH = { codecPrivate: (own: Bytes) => own };
const G711 = (data: string): Record<number, Change> => ({ 2: { codecPrivate: () => hex(data) } });
const CASES: readonly [what: string, source: () => Bytes, changes: Record<number, Change>, ways?: readonly Way[]][] = [
  ['nothing but a new container', () => fixture(AVC), { 1: TRUTH }],
  [
    'avcC without the High profile’s tail',
    () => fixture(AVC),
    { 1: { codecPrivate: (own) => avcC(own, [avc[0]], [avc[1]]) } },
  ],
  [
    'avcC with zero bytes behind the sets and itself',
    () => fixture(AVC),
    { 1: { codecPrivate: (own) => avcC(own, [concat(avc[0], ZEROS)], [concat(avc[1], ZEROS)], ZEROS) } },
  ],
  [
    'avcC without parameter sets, which stand in front of key frames',
    () => fixture(AVC),
    { 1: { codecPrivate: (own) => avcC(own, [], []), data: withSets(avc) } },
  ],
  [
    'avcC without picture parameter sets, which stand in front of key frames',
    () => fixture(AVC),
    { 1: { codecPrivate: (own) => avcC(own, [avc[0]], []), data: withSets([avc[1]]) } },
  ],
  [
    'avcC with a sequence parameter set cut short, and all sets in front of key frames',
    () => fixture(AVC),
    { 1: { codecPrivate: (own) => avcC(own, [avc[0].subarray(0, 4)], [avc[1]]), data: withSets(avc) } },
  ],
  [
    'frames with zero bytes behind the last unit',
    () => fixture(AVC),
    { 1: { data: ({ data }) => concat(data, ZEROS) } },
  ],
  [
    'frames with a last unit of length 0',
    () => fixture(AVC),
    { 1: { data: ({ data }) => concat(data, new Uint8Array(4)) } },
  ],
  [
    'frames with zero bytes counted into every unit',
    () => fixture(AVC),
    { 1: { data: ({ data }) => prefixed(...unitsOf(data).map((unit) => concat(unit, ZEROS))) } },
  ],
  [
    'frames with start codes',
    () => fixture(AVC),
    { 1: { data: ({ data }) => concat(...unitsOf(data).flatMap((unit) => [hex('00000001'), unit])) } },
  ],
  [
    'frames with lengths of two bytes under a record that says four',
    () => fixture(AVC),
    { 1: { data: ({ data }) => concat(...unitsOf(data).map(sized)) } },
  ],
  [
    'a record that says lengths of one byte',
    () => fixture(AVC),
    { 1: { codecPrivate: (own) => concat(own.subarray(0, 4), hex('fc'), own.subarray(5)) } },
  ],
  ['no frame that is called a key frame', () => fixture(AVC), { 1: { key: () => false } }],
  ['every frame called a key frame', () => fixture(AVC), { 1: { key: () => true } }],
  ['no size', () => fixture(AVC), { 1: { details: [] }, 2: { details: [] } }],
  [
    'another size, sampling rate and number of channels',
    () => fixture(AVC),
    {
      1: { details: [uint(ID.PixelWidth, 16), uint(ID.PixelHeight, 9000)] },
      2: { details: [float(ID.SamplingFrequency, 8000), uint(ID.Channels, 6)] },
    },
  ],
  [
    'codec ids padded with NULs',
    () => fixture(AVC),
    { 1: { codecId: 'V_MPEG4/ISO/AVC'.padEnd(32, '\0') }, 2: { codecId: 'A_AAC'.padEnd(32, '\0') } },
  ],
  [
    'V_MPEG/ISO/AVC and A_AAC/MPEG4/LC',
    () => fixture(AVC),
    { 1: { codecId: 'V_MPEG/ISO/AVC' }, 2: { codecId: 'A_AAC/MPEG4/LC' } },
  ],
  ['AAC private data of two bytes', () => fixture(AVC), { 2: { codecPrivate: (own) => own.subarray(0, 2) } }],
  [
    'hvcC as AWS’s producer writes it',
    () => fixture(HEVC),
    { 1: { codecPrivate: (own) => hvcC(own, [32, 33, 34].map(hevcOf)) } },
  ],
  [
    'hvcC whose arrays are called by other types',
    () => fixture(HEVC),
    { 1: { codecPrivate: (own) => hvcC(own, [32, 33, 34].map(hevcOf), [0x22, 0x20, 0x21]) } },
  ],
  [
    'hvcC without picture parameter sets, which stand in front of key frames',
    () => fixture(HEVC),
    { 1: { codecPrivate: (own) => hvcC(own, [32, 33].map(hevcOf)), data: withSets([hevcOf(34)]) } },
  ],
  [
    'hvcC without parameter sets, which stand in front of key frames',
    () => fixture(HEVC),
    {
      1: { codecPrivate: (own) => hvcC(own, []), codecId: 'V_MPEG/ISO/HEVC', data: withSets([32, 33, 34].map(hevcOf)) },
    },
  ],
  ['G.711 of AWS’s C producer', aLawFixture, G711('0600 0100 401f0000 e8030000 0100 0000 0000'), ['DASH', 'GetClip']],
  [
    'G.711 of AWS’s embedded producer',
    aLawFixture,
    G711('0600 0100 401f0000 401f0000 0000 0800 0000'),
    ['DASH', 'GetClip'],
  ],
  ['µ-law of AWS’s C producer', aLawFixture, G711('0700 0100 401f0000 e8030000 0100 0000 0000'), ['DASH']],
];
const waysOf = (source: Bytes): readonly Way[] =>
  Buffer.from(source).includes('V_MPEGH') || Buffer.from(source).includes('V_MPEG/ISO/HEVC')
    ? WAYS.filter((way) => way !== 'HLS with MPEG-TS')
    : WAYS;

async function recorded(bytes: Bytes) {
  const service = startService();
  const acks = await service.put(bytes, { ProducerStartTimestamp: String(START / 1000) });
  expect(brief(acks).filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
  return service;
}

describeWith(['ffmpeg'], 'a recording with', () => {
  it.each(CASES)('%s plays as if it were without', async (what, source, changes, ways) => {
    const plain = join(scratchFolder(), 'plain.mkv');
    // Under the law that is told, which decides how the same bytes sound.
    const law = what.startsWith('µ-law') ? fixture('h264-mulaw-gop1s.mkv') : source();
    writeFileSync(plain, law);
    const kinds = kindsOf(source());
    const expected = await decode(Object.fromEntries(kinds.map((kind) => [kind, plain])));
    const bytes = remuxed(source(), changes);
    const service = await recorded(bytes);
    for (const way of ways ?? waysOf(bytes)) {
      const ours = await decode(await write(service, way, kinds, scratchFolder()));
      expectFrames(ours, expected, ZERO[way](timesOf(expected), timesOf(ours)), `${what}, ${way}`);
    }
    // What AWS would have said of the way it was sent is another matter.
    expect(service.warnings.filter((line) => !line.includes('"PutMedia: '))).toEqual([]);
  });
});

describe('what a player is told', () => {
  const SELECTOR = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: range(-1000, 60_000) };

  it('is the size, rate and channels of the bytes, not of the container', async () => {
    const service = await recorded(
      remuxed(fixture(AVC), {
        1: { details: [uint(ID.PixelWidth, 16), uint(ID.PixelHeight, 9000)] },
        2: { details: [float(ID.SamplingFrequency, 8000), uint(ID.Channels, 6)] },
      }),
    );
    const hls = await openHls(service, { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: SELECTOR });
    expect(await textOf(service, hls)).toMatch(/CODECS="avc1\.640009,mp4a\.40\.2",RESOLUTION=128x72/);
    const mpd = await textOf(
      service,
      await openDash(service, { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector: SELECTOR }),
    );
    expect(mpd).toContain('width="128" height="72"');
    expect(mpd).toContain('audioSamplingRate="24000"');
    expect(mpd).toMatch(/channel_configuration:2011" value="1"/);
  });

  it('is the rate that spectral band replication makes of AAC', async () => {
    const service = await recorded(remuxed(fixture(AVC), { 2: { codecPrivate: () => hex('2b098800') } }));
    const mpd = await textOf(
      service,
      await openDash(service, { PlaybackMode: 'ON_DEMAND', DASHFragmentSelector: SELECTOR }),
    );
    expect(mpd).toContain('codecs="mp4a.40.5" audioSamplingRate="48000"');
  });

  it('is nothing of a size that nobody knows', async () => {
    const service = await recorded(
      remuxed(fixture(AVC), { 1: { details: [], codecPrivate: (own) => avcC(own, [hex('6764')], [avc[1]]) } }),
    );
    const hls = await textOf(
      service,
      await openHls(service, { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: SELECTOR }),
    );
    expect(hls).toMatch(/CODECS="avc1\.640009,mp4a\.40\.2",FRAME-RATE/);
  });

  it('is an error if parameter sets are nowhere', async () => {
    const service = await recorded(remuxed(fixture(AVC), { 1: { codecPrivate: (own) => avcC(own, [], []) } }));
    await expect(openHls(service, { PlaybackMode: 'ON_DEMAND', HLSFragmentSelector: SELECTOR })).rejects.toMatchObject({
      code: 'InvalidCodecPrivateDataException',
      message: expect.stringContaining('no sequence parameter set'),
    });
  });

  it('is which codec ids are not played', async () => {
    const h265 = await recorded(remuxed(fixture(HEVC), { 1: { codecId: 'V_MPEGH/ISO/HEVC'.padEnd(32, '\0') } }));
    const ts = { PlaybackMode: 'ON_DEMAND', ContainerFormat: 'MPEG_TS', HLSFragmentSelector: SELECTOR };
    const error = (ids: string) => ({
      code: 'UnsupportedStreamMediaTypeException',
      message: `The type of the media is not supported or could not be determined from the media codec ids: ${ids}.`,
    });
    await expect(openHls(h265, ts)).rejects.toMatchObject(error('(track 1: V_MPEGH/ISO/HEVC), (track 2: A_AAC)'));
    const law = await recorded(aLawFixture());
    await expect(openHls(law, ts)).rejects.toMatchObject(error('(track 1: V_MPEG4/ISO/AVC), (track 2: A_MS/ACM)'));
  });
});
