import { describe, expect, it } from 'vitest';
import { ACK_ERRORS } from '../../../src/domain/fragments/acks.ts';
import { type Check, type CheckName, checks } from '../../../src/domain/fragments/checks.ts';
import { FIXTURES, fixture } from '../../support/fixtures.ts';
import * as mkv from '../../support/mkv.ts';
import { type ProducerOptions, producerStream } from '../../support/producer.ts';
import { brief, type Service, START, startService } from '../../support/service.ts';

const { concat, hex } = mkv;
const AVCC = hex('0142c01effe100196742c01eda0280bfe5c044000003000400000300c83c58ba8001000468ce3c80');
/** The same with another level. */
const OTHER_AVCC = hex('0142c01fffe100196742c01fda0280bfe5c044000003000400000300c83c58ba8001000468ce3c80');
const AAC = hex('1190');
const VIDEO: mkv.Track = { number: 1, codecPrivate: AVCC };
const AUDIO: mkv.Track = { number: 2, type: 'audio', codecPrivate: AAC };

const head = (...tracks: mkv.Track[]) =>
  concat(mkv.ebmlHeader(), mkv.segment([mkv.info(), mkv.tracks(tracks.length > 0 ? tracks : [VIDEO])]));
const frame = (time: number, key = false, track = 1) => mkv.simpleBlock({ track, time, key });
/** NAL units as one frame, each behind its length. */
const nals = (...list: readonly (string | mkv.Bytes)[]): mkv.Bytes =>
  concat(
    ...list
      .map((unit) => (typeof unit === 'string' ? hex(unit) : unit))
      .flatMap((unit) => [mkv.uintBytes(unit.length, 4), unit]),
  );
/** Pictures of H.264, and messages in front of them. */
const IDR = '6588843a26b4';
const P = '419a384c';
const I = '41b8';
const SETS = ['6742c01eda0280bfe5c044000003000400000300c83c58ba80', '68ce3c80'];
const RECOVERY_POINT = '060601c480';
/** And of H.265. */
const HEVC_IDR = '2801af08';
const HEVC_CRA = '2a01af08';
const HEVC_TRAIL = '0201d009';
const HEVC: mkv.Track = { number: 1, codecId: 'V_MPEGH/ISO/HEVC', codecPrivate: fixtureHevc() };
/** A fragment whose first frame is this, marked as told, and whose next is a picture that needs others. */
const begun = (data: mkv.Bytes, key: boolean, track = VIDEO) =>
  one(concat(head(track), cluster(0, mkv.simpleBlock({ key, data }), mkv.simpleBlock({ time: 500, data: nals(P) }))));
const grouped = (data: mkv.Bytes, key: boolean) =>
  one(concat(head(), cluster(0, mkv.blockGroup({ key, data, duration: 40 }))));
/** A fragment of one track: a key frame and, half a second later, another frame. */
const fragment = (timecode: number, track = 1) =>
  mkv.cluster({ timecode }, [frame(0, true, track), frame(500, track === 2, track)]);
const cluster = (timecode: number, ...blocks: mkv.Bytes[]) => mkv.cluster({ timecode }, blocks);
const ABSOLUTE = { FragmentTimecodeType: 'ABSOLUTE', ProducerStartTimestamp: '' };
const startsAt = (ms: number) => ({ ProducerStartTimestamp: (ms / 1000).toFixed(3) });

type Send = (service: Service) => Promise<string[]>;
/** One session with this body, RELATIVE to the emulator's now unless said otherwise. */
const one =
  (body: mkv.Bytes, headers: Record<string, string> = startsAt(START)): Send =>
  (service) =>
    service.put(body, headers);
const sessions =
  (...bodies: mkv.Bytes[]): Send =>
  async (service) => {
    let acks: string[] = [];
    for (const body of bodies) acks = await one(body)(service);
    return acks;
  };

/** What each check is about, and what is close to it and lawful. */
interface Case {
  readonly meets: Readonly<Record<string, Send>>;
  readonly spares: Readonly<Record<string, Send>>;
  /** A word or number of the very case, which the warning must name. */
  readonly names: string;
}

const cases: Record<CheckName, Case> = {
  fragmentsOverlap: {
    meets: {
      'a frame of another track at the time of the last': one(
        concat(
          head(VIDEO, AUDIO),
          cluster(0, frame(0, true), frame(0, true, 2), frame(1960), frame(1990, true, 2)),
          cluster(1990, frame(10, true), frame(0, false, 1), frame(20, true, 2)),
        ),
      ),
    },
    spares: {
      'a frame a millisecond later': one(
        concat(
          head(VIDEO, AUDIO),
          cluster(0, frame(0, true), frame(0, true, 2), frame(1960), frame(1990, true, 2)),
          cluster(2000, frame(0, true), frame(-9, true, 2)),
        ),
      ),
      'another session that begins at 0 again': sessions(
        concat(head(), fragment(0), fragment(2000)),
        concat(head(), fragment(0), fragment(2000)),
      ),
    },
    names: '1990',
  },
  aheadOfClock: {
    meets: {
      'dates of in an hour': one(concat(head(), fragment(START + 3_600_000)), ABSOLUTE),
      'a clock that is more than a second ahead': one(concat(head(), fragment(START + 1001)), ABSOLUTE),
      'timecodes that count on after a reconnect': one(concat(head(), fragment(10_800))),
      'two minutes of media at once': one(concat(head(), ...[0, 15, 30, 45, 60, 75].map((s) => fragment(s * 1000)))),
    },
    spares: {
      'a clock that is half a second ahead': one(concat(head(), fragment(START + 500)), ABSOLUTE),
      'a minute of media at once': one(concat(head(), ...[0, 20, 40, 60].map((s) => fragment(s * 1000)))),
      'a recording of yesterday': one(concat(head(), fragment(0), fragment(3_600_000)), startsAt(START - 86_400_000)),
    },
    names: 'by ',
  },
  datesOf1970: {
    meets: { 'ABSOLUTE timecodes from 0': one(concat(head(), fragment(0), fragment(2000)), ABSOLUTE) },
    spares: {
      'ABSOLUTE timecodes of today': one(concat(head(), fragment(START - 1000)), ABSOLUTE),
      'RELATIVE ones of a producer that says it began in 1970': one(concat(head(), fragment(0)), startsAt(0)),
    },
    names: '1970',
  },
  noKeyFrame: {
    meets: {
      'a flag that is not set': one(concat(head(), fragment(0), cluster(2000, frame(0), frame(500, true)))),
      'a reference to another block': one(
        concat(head(), mkv.cluster({ timecode: 0 }, [mkv.blockGroup({ key: false, duration: 40 })])),
      ),
      'sound in front of the delta frame': one(
        concat(head(VIDEO, AUDIO), cluster(0, frame(0, true, 2), frame(5), frame(40, true))),
      ),
      'a P picture that is marked': begun(nals(P), true),
      'one behind parameter sets': begun(nals(...SETS, P), true),
      'one behind start codes': begun(hex(`00000001${SETS.join('000001')}000001${P}`), true),
      'one in a group without a reference': grouped(nals(P), true),
      'a trailing picture of H.265 that is marked': begun(nals(HEVC_TRAIL), true, HEVC),
      'an I picture that is not marked, as only its sender can know': begun(nals(I), false),
      'a marked frame that cannot be read, and a P picture behind it': begun(hex('ffffffff41'), true),
      'marked parameter sets in a frame of their own, and a P picture behind them': begun(nals(...SETS), true),
      'a P picture that is marked, larger than what is looked at': begun(nals(...SETS, large(P)), true),
      'a delta frame of a codec that nobody here reads': one(
        concat(
          head(VIDEO, AUDIO, { number: 3, codecId: 'V_VP8' }),
          cluster(0, frame(0, true), frame(0, true, 2), mkv.simpleBlock({ track: 3, data: nals(IDR) })),
        ),
      ),
    },
    spares: {
      'sound in front of the key frame': one(
        concat(head(VIDEO, AUDIO), cluster(0, frame(0, false, 2), frame(5, true), frame(40))),
      ),
      'a group without a reference': one(concat(head(), mkv.cluster({ timecode: 0 }, [mkv.blockGroup()]))),
      'sound alone': one(concat(head({ ...AUDIO, number: 1 }), cluster(0, frame(0, false)))),
      'an IDR picture that is not marked': begun(nals(IDR), false),
      'one behind parameter sets': begun(nals('0910', ...SETS, IDR), false),
      'one behind start codes': begun(hex(`00000001${SETS.join('000001')}000001${IDR}`), false),
      'one behind lengths of another size than the record says': begun(hex(`0006${IDR}`), false),
      'one in a group with a reference': grouped(nals(IDR), false),
      'one that shares its block': one(
        concat(head(), cluster(0, mkv.simpleBlock({ lacing: 'xiph', frames: [nals(IDR), nals(P)] }))),
      ),
      'one larger than what is looked at': begun(nals(...SETS, large(IDR)), false),
      'one behind a frame that cannot be read': one(
        concat(
          head(),
          cluster(0, mkv.simpleBlock({ data: hex('ffffffff41') }), mkv.simpleBlock({ time: 9, data: nals(IDR) })),
        ),
      ),
      'one behind parameter sets in a frame of their own': one(
        concat(
          head(),
          cluster(0, mkv.simpleBlock({ data: nals(...SETS) }), mkv.simpleBlock({ time: 9, data: nals(IDR) })),
        ),
      ),
      'a marked picture of H.265 that calls itself H.264, without codec private data, as a sample of AWS sends it':
        begun(nals('40010c01', '42010160', '4401c0f7', HEVC_IDR), true, { number: 1 }),
      'a recovery point that is not marked': begun(nals(RECOVERY_POINT, P), false),
      'an I picture that is marked': begun(nals(I), true),
      'an IDR picture of H.265 that is not marked': begun(nals(HEVC_IDR), false, HEVC),
      'a clean random access picture that is not marked': begun(nals(HEVC_CRA), false, HEVC),
      'pictures whose track calls itself sound': begun(nals(IDR), false, {
        ...VIDEO,
        type: 'audio',
        codecId: 'V_MPEG4/ISO/AVC',
      }),
    },
    names: 'track ',
  },
  shortFragment: {
    meets: {
      'half a second between two of three': one(concat(head(), fragment(0), fragment(800), fragment(3000))),
      'the one before the last': one(concat(head(), fragment(0), fragment(2000), fragment(2999))),
    },
    spares: {
      'a last one of half a second': one(concat(head(), fragment(0), fragment(2000))),
      'one that is short of a second by its last frame': one(
        concat(head(), cluster(0, frame(0, true), frame(960)), fragment(1000)),
      ),
      'one whose sound begins late in the next': one(
        concat(
          head(VIDEO, AUDIO),
          cluster(0, frame(0, true), frame(5, true, 2), frame(960)),
          cluster(990, frame(0, true, 2), frame(11, true)),
        ),
      ),
      'the only one': one(concat(head(), fragment(0))),
    },
    names: 'ms',
  },
  unplayable: {
    meets: {
      MJPEG: one(concat(head({ number: 1, codecId: 'V_MJPEG' }), fragment(0))),
      'Opus beside H.264': one(
        concat(head(VIDEO, { ...AUDIO, codecId: 'A_OPUS' }), cluster(0, frame(0, true), frame(0, true, 2))),
      ),
      'sound in track 1 and pictures in track 2': one(
        concat(head({ ...AUDIO, number: 1 }, { ...VIDEO, number: 2 }), cluster(0, frame(0, true), frame(0, true, 2))),
      ),
      'pictures in track 3': one(concat(head({ ...VIDEO, number: 3 }), fragment(0, 3))),
    },
    spares: {
      'AAC alone': one(concat(head({ ...AUDIO, number: 1 }), fragment(0))),
      'G.711 beside H.264, which DASH plays': one(
        concat(
          head(VIDEO, { ...AUDIO, codecId: 'A_MS/ACM', codecPrivate: hex('070001 00401f0000401f0000010008000000') }),
          cluster(0, frame(0, true), frame(0, true, 2)),
        ),
      ),
      'a third track of anything': one(
        concat(
          head(VIDEO, AUDIO, { number: 3, codecId: 'A_OPUS', type: 'audio' }),
          cluster(0, frame(0, true), frame(0, true, 2), frame(0, true, 3)),
        ),
      ),
    },
    names: ':',
  },
  noCodecPrivateData: {
    meets: {
      'H.264': one(concat(head({ number: 1 }), fragment(0))),
      'AAC beside H.264': one(
        concat(head(VIDEO, { number: 2, type: 'audio' }), cluster(0, frame(0, true), frame(0, true, 2))),
      ),
      'G.711 beside H.264': one(
        concat(
          head(VIDEO, { number: 2, type: 'audio', codecId: 'A_MS/ACM' }),
          cluster(0, frame(0, true), frame(0, true, 2)),
        ),
      ),
    },
    spares: {
      'both tracks with theirs': one(concat(head(VIDEO, AUDIO), cluster(0, frame(0, true), frame(0, true, 2)))),
    },
    names: 'track ',
  },
  badCodecPrivateData: {
    meets: {
      'parameter sets with start codes': one(
        concat(head({ number: 1, codecPrivate: hex('000000016742c01eda0280bfe50000000168ce3c80') }), fragment(0)),
      ),
    },
    spares: { avcC: one(concat(head(), fragment(0))) },
    names: 'track 1',
  },
  tracksChange: {
    meets: {
      'sound that comes later': sessions(
        concat(head(), fragment(0)),
        concat(head(VIDEO, AUDIO), cluster(0, frame(0, true), frame(0, true, 2))),
      ),
      'another codec': sessions(
        concat(head(), fragment(0)),
        concat(head({ ...VIDEO, codecId: 'V_MPEGH/ISO/HEVC', codecPrivate: fixtureHevc() }), fragment(0)),
      ),
    },
    spares: {
      'the same tracks again': sessions(concat(head(), fragment(0)), concat(head(), fragment(0))),
      'what the stream has forgotten': async (service) => {
        await one(concat(head(), fragment(0)))(service);
        await service.clock.advance(25 * 3_600_000);
        const sound = concat(head({ ...AUDIO, number: 1 }), fragment(0));
        return service.put(sound, startsAt(service.clock.now()));
      },
      'another stream': async (service) => {
        await one(concat(head(), fragment(0)))(startService());
        return one(concat(head({ ...AUDIO, number: 1 }), fragment(0)))(service);
      },
    },
    names: '1:V_MPEG4/ISO/AVC, now 1:',
  },
  codecPrivateDataChanges: {
    meets: {
      'another level': sessions(
        concat(head(), fragment(0)),
        concat(head({ ...VIDEO, codecPrivate: OTHER_AVCC }), fragment(0)),
      ),
    },
    spares: { 'the same again': sessions(concat(head(), fragment(0)), concat(head(), fragment(0))) },
    names: '1:V_MPEG4/ISO/AVC',
  },
  severalDocuments: {
    meets: { 'two in one body': one(concat(head(), fragment(0), head(), fragment(0))) },
    spares: { 'two in two bodies': sessions(concat(head(), fragment(0)), concat(head(), fragment(0))) },
    names: 'document 2',
  },
};
const names = Object.keys(checks) as CheckName[];
const flat = (which: 'meets' | 'spares') =>
  names.flatMap((name) => Object.entries(cases[name][which]).map(([what, send]) => [name, what, send] as const));

/** A slice as large as that of a large picture. */
function large(slice: string): mkv.Bytes {
  return concat(hex(slice), new Uint8Array(3_000_000).fill(0x55));
}

function fixtureHevc(): mkv.Bytes {
  const file = Buffer.from(fixture('h265-aac-gop1s.mkv'));
  const at = file.indexOf(Buffer.from('63a2', 'hex'));
  const length = file.readUInt16BE(at + 2) & 0x3fff;
  return file.subarray(at + 4, at + 4 + length);
}

describe('each check of media', () => {
  it.each(names)('%s says what is so, what to do, and how strictness answers', (name) => {
    const { text, remedy, strict }: Check = checks[name];
    for (const sentence of [text, remedy]) expect(sentence).toMatch(/^[A-Z].{39,}[.)]$/s);
    expect(strict === 'warn' || strict in ACK_ERRORS).toBe(true);
    expect(Object.keys(cases[name].meets).length * Object.keys(cases[name].spares).length).toBeGreaterThan(0);
  });

  it('only refuses, when strict, what AWS is known to refuse', () => {
    expect(names.filter((name) => checks[name].strict !== 'warn')).toEqual(['fragmentsOverlap']);
  });

  it.each(flat('meets'))('%s warns of %s, with the case and the remedy, and keeps the media', async (name, _, send) => {
    const service = startService();
    const acks = await send(service);
    expect([...service.told().keys()]).toEqual([name]);
    const text = service.told().get(name);
    expect(text).toContain(checks[name].text);
    expect(text).toContain(checks[name].remedy);
    expect(text?.replace(checks[name].text, '').replace(checks[name].remedy, '')).toContain(cases[name].names);
    expect(brief(acks).at(-1)).toMatch(/^PERSISTED/);
  });

  it.each(flat('meets'))('%s, when strict, of %s', async (name, _, send) => {
    const service = startService({ strict: true });
    const last = brief(await send(service)).at(-1);
    const { strict }: Check = checks[name];
    if (strict === 'warn') {
      expect(last).toMatch(/^PERSISTED/);
      expect(service.told().has(name)).toBe(true);
    } else {
      expect(last).toMatch(new RegExp(`^ERROR \\d+ ${ACK_ERRORS[strict]}$`));
      expect(service.warnings.join()).toContain(checks[name].remedy);
    }
  });

  it.each(flat('spares'))('%s has nothing to say of %s', async (name, _, send) => {
    const service = startService();
    expect(brief(await send(service)).at(-1)).toMatch(/^PERSISTED/);
    expect(service.told().get(name)).toBeUndefined();
  });
});

describe('a warning', () => {
  it('shows no more of a codec id than fits a line, and nothing that a terminal would act on', async () => {
    const service = startService();
    await one(concat(head({ number: 1, codecId: `V_\u001b[2J\n${'x'.repeat(100_000)}` }), fragment(0)))(service);
    expect(service.told().get('unplayable')).toMatch(/Here: 1:V_\?\[2J\?x{33}\. Send/);
  });
});

describe('the warning of a fragment that begins with no key frame', () => {
  it.each([
    [true, 'Here: track 1 at 0 ms, marked as a key frame although its picture is none.'],
    [false, 'Here: track 1 at 0 ms.'],
  ])('says whether the container marks it: %s', async (marked, said) => {
    const service = startService();
    await begun(nals(P), marked)(service);
    expect(service.told().get('noKeyFrame')).toContain(said);
  });

  it('is about the frame however its bytes come', async () => {
    for (const step of [1, 5, 700]) {
      const service = startService();
      const session = await service.openPut(startsAt(START));
      const body = concat(
        head(),
        cluster(0, mkv.simpleBlock({ data: nals(...SETS, IDR) })),
        cluster(2000, mkv.simpleBlock({ key: true, data: nals(...SETS, P) })),
      );
      for (let at = 0; at < body.length; at += step) await session.send(body.subarray(at, at + step));
      await session.end();
      expect(service.told().get('noKeyFrame')).toContain('at 2000 ms, marked');
    }
  });
});

describe('what is found more than once in a session', () => {
  it('is told once, and in the end how often', async () => {
    const service = startService();
    const session = await service.openPut(startsAt(START));
    const delta = (timecode: number) => cluster(timecode, frame(0), frame(500));
    await session.send(head(), delta(0), delta(2000));
    const first = service.told().get('noKeyFrame');
    expect(first).toContain('at 0 ms');
    await session.send(delta(4000), delta(6000));
    expect(service.told().get('noKeyFrame')).toBe(first);
    await session.end();
    expect(service.told().get('noKeyFrame')).toBe(`${first} (4 times in this session.)`);
  });

  it('of overlaps counts fragments, not frames', async () => {
    const service = startService();
    const overlapping = [0, 1980, 3960].map((timecode) =>
      cluster(timecode, frame(0, true, 2), frame(5, true, 2), frame(20, true), frame(1975, true, 2), frame(1990)),
    );
    await one(concat(head(VIDEO, AUDIO), ...overlapping))(service);
    expect([...service.told().keys()]).toEqual(['fragmentsOverlap']);
    expect(service.told().get('fragmentsOverlap')).toContain('track 2 at 1980 ms, not after 1990 ms');
    expect(service.told().get('fragmentsOverlap')).toContain('(2 times in this session.)');
  });

  it('is also told of a session that breaks off', async () => {
    const service = startService();
    const session = await service.openPut(startsAt(START));
    await session.send(head(), cluster(0, frame(0)), cluster(2000, frame(0)), cluster(4000, frame(0)));
    await session.lose();
    expect(service.told().get('noKeyFrame')).toContain('(2 times in this session.)');
  });
});

describe("AWS's own producers", () => {
  const lawful: Record<string, ProducerOptions> = {
    'in real time with END_OF_FRAGMENT after each': { timecode: START - 60_000, endOfFragment: 'each' },
    'with sound': { timecode: START - 60_000, audio: true, fragmentTicks: 1800, frameTicks: 20 },
    'of one second a fragment': { timecode: START - 60_000, fragmentTicks: 1000, fragments: 6 },
    'in ticks of 100 ns': {
      timecode: BigInt(START) * 10_000n,
      timecodeScale: 100,
      fragmentTicks: 20_000_000,
      frameTicks: 20_000,
    },
  };
  it.each(Object.entries(lawful))('meet no check: %s', async (_, options) => {
    const service = startService();
    await service.put(producerStream({ fragments: 4, ...options }).bytes, ABSOLUTE);
    expect([...service.told().keys()]).toEqual([]);
  });
});

describe('recordings of other programs', () => {
  /** Everything else is as AWS wants it. */
  const met: Readonly<Record<string, readonly CheckName[]>> = {
    'aac.mkv': ['shortFragment'],
    'ffmpeg-live.mkv': ['noKeyFrame', 'shortFragment'],
    'gst-streamable.mkv': ['noKeyFrame'],
    'h264-aac-1fps.mkv': ['fragmentsOverlap'],
    'h264-bframes-overlap.mkv': ['fragmentsOverlap'],
    'h264-opengop-aac-4fps.mkv': ['fragmentsOverlap'],
  };
  it.each(FIXTURES)('%s meets the checks it must', async (name) => {
    const service = startService();
    await one(fixture(name))(service);
    expect([...service.told().keys()].sort()).toEqual(met[name] ?? []);
  });
});
