import { describe, expect, it } from 'vitest';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { fixture } from '../../support/fixtures.ts';
import { ID } from '../../support/ids.ts';
import {
  blockGroup,
  cluster,
  concat,
  ebmlHeader,
  element,
  info,
  segment,
  simpleBlock,
  tags,
  tracks,
  voidElement,
} from '../../support/mkv.ts';
import { producerStream, producerTag } from '../../support/producer.ts';
import { brief, START, startService } from '../../support/service.ts';

const NUMBER = /^91343852333\d{36}$/;
const head = (trackNumbers: number[] = [1], timecodeScale = 1_000_000) =>
  concat(
    ebmlHeader(),
    segment([info({ timecodeScale }), tracks(trackNumbers.map((number) => ({ number })))], { size: 'unknown8' }),
  );
const frame = (time: number, track = 1, bytes = 100) =>
  simpleBlock({ track, time, key: true, data: new Uint8Array(bytes) });
const fragment = (timecode: number | bigint, ...blocks: Uint8Array[]) =>
  cluster({ timecode, size: 'unknown8' }, blocks.length > 0 ? blocks : [frame(0), frame(40)]);

async function acksOf(body: Uint8Array, headers: Record<string, string> = {}, options = {}) {
  const service = startService(options);
  return { ...service, acks: await service.put(body, headers) };
}
const all = { FragmentSelectorType: 'SERVER_TIMESTAMP', TimestampRange: { StartTimestamp: 0, EndTimestamp: 4e9 } };

describe('PutMedia acknowledges', () => {
  it('each fragment with BUFFERING, RECEIVED and PERSISTED, one flat object a line, to the byte', async () => {
    const service = startService();
    const session = await service.openPut();
    await session.send(head(), fragment(0), fragment(2000));
    await session.end();
    const numbers = session.acks.map((line) => JSON.parse(line).FragmentNumber);
    const [first, second] = [numbers[0], numbers.at(-1)];
    expect(first).toMatch(NUMBER);
    expect(second > first).toBe(true);
    expect(session.acks).toEqual([
      `{"EventType":"BUFFERING","FragmentTimecode":0,"FragmentNumber":"${first}"}\n`,
      `{"EventType":"RECEIVED","FragmentTimecode":0,"FragmentNumber":"${first}"}\n`,
      `{"EventType":"BUFFERING","FragmentTimecode":2000,"FragmentNumber":"${second}"}\n`,
      `{"EventType":"PERSISTED","FragmentTimecode":0,"FragmentNumber":"${first}"}\n`,
      `{"EventType":"RECEIVED","FragmentTimecode":2000,"FragmentNumber":"${second}"}\n`,
      `{"EventType":"PERSISTED","FragmentTimecode":2000,"FragmentNumber":"${second}"}\n`,
    ]);
  });

  it('BUFFERING as soon as the timecode has come, RECEIVED only when the next cluster begins', async () => {
    const { openPut } = startService();
    const session = await openPut();
    const body = fragment(0);
    await session.send(head(), body.subarray(0, 12));
    expect(brief(session.acks)).toEqual([]);
    await session.send(body.subarray(12, 20));
    expect(brief(session.acks)).toEqual(['BUFFERING 0']);
    await session.send(body.subarray(20));
    expect(brief(session.acks)).toEqual(['BUFFERING 0']);
    await session.send(fragment(1000).subarray(0, 20));
    expect(brief(session.acks).slice(0, 2)).toEqual(['BUFFERING 0', 'RECEIVED 0']);
    await session.end();
  });

  it('END_OF_FRAGMENT at once, while the body stays open', async () => {
    const { openPut } = startService();
    const session = await openPut();
    const { bytes } = producerStream({ fragments: 1 });
    await session.send(bytes);
    expect(brief(session.acks)).toEqual(['BUFFERING 0', 'RECEIVED 0', 'PERSISTED 0']);
    await session.end();
    expect(session.acks).toHaveLength(3);
  });

  it('no PERSISTED on a stream without retention', async () => {
    const { acks } = await acksOf(concat(head(), fragment(0), fragment(2000)), {}, { retentionHours: 0 });
    expect(brief(acks)).toEqual(['BUFFERING 0', 'RECEIVED 0', 'BUFFERING 2000', 'RECEIVED 2000']);
  });

  it('nothing when the producer asks for no acknowledgements', async () => {
    const { acks, call } = await acksOf(concat(head(), fragment(0)), { FragmentAcknowledgmentRequired: '0' });
    expect(acks).toEqual([]);
    expect((await call(listFragments, { StreamName: 'camera', FragmentSelector: all })).Fragments).toHaveLength(1);
  });

  it('timecodes as sent, in the scale of the producer and beyond 2^53', async () => {
    const ticks = 17_953_618_001_970_001n;
    const { acks } = await acksOf(concat(head([1], 100), fragment(ticks)), { FragmentTimecodeType: 'ABSOLUTE' });
    expect(acks[0]).toContain(`"FragmentTimecode":${ticks},`);
    expect(brief(acks).at(-1)).toMatch(/^PERSISTED/);
  });
});

describe('PutMedia reads', () => {
  it.each([
    'h264-aac-gop1s.mkv',
    'h264-bframes-aac-gop2s.mkv',
    'h264-bframes-overlap.mkv',
    'h264-gop2s.mkv',
    'aac.mkv',
  ])('%s as ffmpeg wrote it', async (name) => {
    const { acks } = await acksOf(fixture(name));
    expect(brief(acks).filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
    expect(brief(acks).at(-1)).toMatch(/^PERSISTED/);
  });

  it.each([
    'ffmpeg-live.mkv',
    'ffmpeg-pipe.mkv',
    'gst-streamable.mkv',
    'mkvmerge-blockgroups.mkv',
    'mkvmerge-lacing.mkv',
  ])('%s: live layouts, BlockGroups, lacing', async (name) => {
    const { acks } = await acksOf(fixture(name));
    expect(brief(acks).filter((ack) => ack.startsWith('ERROR'))).toEqual([]);
    expect(brief(acks).at(-1)).toMatch(/^PERSISTED/);
  });

  it('several documents in one body, each with its own timeline and codec private data', async () => {
    const { acks } = await acksOf(concat(fixture('h264-gop2s.mkv'), fixture('h264-aac-gop1s.mkv')));
    const persisted = brief(acks).filter((ack) => ack.startsWith('PERSISTED'));
    expect(brief(acks).some((ack) => ack.startsWith('ERROR'))).toBe(false);
    expect(persisted.filter((ack) => ack === 'PERSISTED 0')).toHaveLength(2);
  });

  it('frames in BlockGroups as frames', async () => {
    const { acks } = await acksOf(
      concat(head(), fragment(0, blockGroup({ track: 1, time: 0, data: new Uint8Array(9) }))),
    );
    expect(brief(acks)).toEqual(['BUFFERING 0', 'RECEIVED 0', 'PERSISTED 0']);
  });

  it('ABSOLUTE timecodes as times of day and RELATIVE ones from the producer start', async () => {
    const service = startService();
    await service.put(concat(head(), fragment(START + 5)), { FragmentTimecodeType: 'ABSOLUTE' });
    await service.put(concat(head(), fragment(2000)), { ProducerStartTimestamp: '1511852108.513' });
    const { Fragments } = await service.call(listFragments, { StreamName: 'camera', FragmentSelector: all });
    const times = Fragments.map((found: { ProducerTimestamp: { ms: number } }) => found.ProducerTimestamp.ms).sort();
    expect(times).toEqual([1_511_852_110_513, START + 5]);
  });

  it.each([
    ['1619037000.5', 1_619_037_000_500],
    ['1619037000.50', 1_619_037_000_500],
    ['1511852108.513', 1_511_852_108_513],
    ['1619037000.1234567', 1_619_037_000_123],
    ['0', 0],
    ['1619037000', 1_619_037_000_000],
    ['2019-07-09T23:36:10.449Z', 1_562_715_370_449],
    ['Tue, 24 Jul 2018 12:41:24 GMT', 1_532_436_084_000],
  ])('the producer start %s', async (text, expected) => {
    const service = startService();
    await service.put(concat(head(), fragment(0)), { ProducerStartTimestamp: text });
    const { Fragments } = await service.call(listFragments, { StreamName: 'camera', FragmentSelector: all });
    expect(Fragments[0].ProducerTimestamp.ms).toBe(expected);
  });

  it('nine metadata items before each fragment and END_OF_FRAGMENT behind the last', async () => {
    const metadata = () => Object.fromEntries(Array.from({ length: 9 }, (_, item) => [`name${item}`, 'value']));
    const { acks } = await acksOf(producerStream({ fragments: 3, metadata }).bytes);
    expect(brief(acks).at(-1)).toBe('PERSISTED 4000');
  });
});

const empties = (hex: string, count: number) => new Uint8Array(Buffer.alloc((count * hex.length) / 2, hex, 'hex'));
const manyTracks = (count: number) => element(ID.Tracks, empties('ae83d78101', count));

describe('PutMedia ends with an ERROR', () => {
  const cases: [string, number, Uint8Array, Record<string, string>?][] = [
    ['a body that is no Matroska', 4006, new TextEncoder().encode('hello, this is not a video')],
    ['an empty body', 4006, new Uint8Array()],
    ['a header and no cluster', 4006, head()],
    ['a cluster without frames', 4006, concat(head(), cluster({ timecode: 0, size: 'unknown8' }, []), fragment(9))],
    ['a body cut inside an element', 4006, concat(head(), fragment(0)).subarray(0, -5)],
    ['a fragment over 50 MB', 4001, concat(head(), fragment(0, frame(0, 1, 50_000_001)))],
    ['a fragment over 20 s', 4002, concat(head(), fragment(0, frame(0), frame(20_001)))],
    ['a timecode that goes back', 4004, concat(head(), fragment(2000), fragment(1000))],
    ['the same timecode again', 4004, concat(head(), fragment(2000, frame(0)), fragment(2000, frame(0)))],
    ['a frame not after those of the fragment before', 4004, concat(head(), fragment(0, frame(500)), fragment(500))],
    [
      'a producer timestamp in the far future',
      4007,
      concat(head(), fragment(START + 90_000_000)),
      { FragmentTimecodeType: 'ABSOLUTE' },
    ],
    [
      'eleven metadata items',
      4009,
      concat(head(), fragment(0), ...Array.from({ length: 11 }, (_, i) => producerTag(`n${i}`, 'v')), fragment(2000)),
    ],
    [
      'a metadata name over 128 bytes',
      4009,
      concat(head(), fragment(0), tags({ ['n'.repeat(129)]: '' }), fragment(2000)),
    ],
    [
      'a metadata value over 256 bytes',
      4009,
      concat(head(), fragment(0), tags({ n: 'v'.repeat(257) }), fragment(2000)),
    ],
    [
      '300,000 empty metadata items',
      4009,
      concat(head(), fragment(0), element(ID.Tags, element(ID.Tag, empties('67c880', 300_000))), fragment(2000)),
    ],
    [
      'a metadata name of 900,000 zeros and a letter',
      4009,
      concat(head(), fragment(0), tags({ [`${'\0'.repeat(900_000)}x`]: '' }), fragment(2000)),
    ],
    [
      '100,000 tracks',
      4012,
      concat(ebmlHeader(), segment([info(), manyTracks(100_000)], { size: 'unknown8' }), fragment(0)),
    ],
    ['a frame of a track that the header lacks', 4010, concat(head(), fragment(0, frame(0), frame(10, 2)))],
    ['four tracks', 4012, concat(head([1, 2, 3, 4]), fragment(0))],
  ];
  it.each(cases)('for %s', async (_, id, body, headers) => {
    const { acks, room } = await acksOf(body, headers);
    expect(brief(acks).at(-1)).toMatch(new RegExp(`^ERROR ?\\d* ${id}$`));
    expect(room.usage().used).toBeLessThan(5000);
  });

  it('for a track without frames, once for the fragment and once for the stream', async () => {
    const { acks } = await acksOf(concat(head([1, 2]), fragment(0), fragment(2000)));
    expect(brief(acks)).toEqual(['BUFFERING 0', 'ERROR 0 4011', 'ERROR 4006']);
    expect(acks.at(-1)).toBe('{"EventType":"ERROR","ErrorCode":"INVALID_MKV_DATA","ErrorId":4006}\n');
  });

  it('and keeps the fragments before the one at fault', async () => {
    const { acks, call } = await acksOf(concat(head(), fragment(0), fragment(2000), fragment(1000), fragment(3000)));
    expect(brief(acks).at(-1)).toBe('ERROR 1000 4004');
    const { Fragments } = await call(listFragments, { StreamName: 'camera', FragmentSelector: all });
    expect(Fragments).toHaveLength(2);
  });

  it('and drops a cluster that came whole, of known size even, when garbage stands where its end would be told', async () => {
    const whole = cluster({ timecode: 0, size: 'known' }, [frame(0)]);
    const { acks } = await acksOf(concat(head(), whole, new Uint8Array(64)));
    expect(brief(acks)).toEqual(['BUFFERING 0', 'ERROR 0 4006']);
  });

  it('4000 when the connection is lost: what was not acknowledged is dropped, for it will be sent again', async () => {
    const { openPut, room, warnings } = startService();
    const session = await openPut();
    await session.send(head(), cluster({ timecode: 0, size: 'known' }, [frame(0)]));
    await session.lose();
    await session.done;
    expect(brief(session.acks)).toEqual(['BUFFERING 0', 'ERROR 0 4000']);
    expect(room.usage().used).toBe(0);
    expect(warnings.join()).toContain('the connection was lost; what it had begun is dropped');
  });

  it('5001 when the store is full, and goes on taking other fragments', async () => {
    const service = startService({ capacity: 110_000 });
    const acks = await service.put(concat(head(), fragment(0, frame(0, 1, 60_000)), fragment(9, frame(0, 1, 60_000))));
    expect(brief(acks)).toEqual(['BUFFERING 0', 'RECEIVED 0', 'BUFFERING 9', 'PERSISTED 0', 'ERROR 9 5001']);
    expect(service.warnings.join()).toContain('--max-memory');
    expect(brief(await service.put(concat(head(), fragment(20))))).toEqual([
      'BUFFERING 20',
      'RECEIVED 20',
      'PERSISTED 20',
    ]);
  });

  it('is logged once in ten seconds for each stream, with a count, however often producers come again', async () => {
    const due: { run: () => void; ms: number }[] = [];
    const service = startService({ later: (run, ms) => due.push({ run, ms }) });
    const refused = (at: number) => service.put(concat(head(), fragment(9 + at), fragment(at)));
    for (let at = 0; at < 5; at++) expect(brief(await refused(at)).at(-1)).toBe(`ERROR ${at} 4004`);
    const refusals = (): string[] => service.warnings.filter((line) => line.includes('PutMedia ends with'));
    expect(refusals()).toHaveLength(1);
    expect(due.map(({ ms }) => ms)).toEqual([10_000]);
    due[0]?.run();
    expect(refusals()).toHaveLength(2);
    expect(refusals()[1]).toContain('(4 more in ten seconds)');
  });

  it('5001 when there is no room for what stands in front of the first Cluster, long before it is too long', async () => {
    const { openPut, room } = startService({ capacity: 200_000 });
    const session = await openPut();
    const long = concat(ebmlHeader(), segment([voidElement(1_000_000)], { size: 'unknown8' }));
    for (let at = 0; at < 400_000 && session.acks.length === 0; at += 40_000) {
      await session.send(long.slice(at, at + 40_000));
    }
    await session.done;
    expect(brief(session.acks)).toEqual(['ERROR 5001']);
    expect(room.usage().used).toBe(0);
  });

  it('4008 when the stream is deleted meanwhile', async () => {
    const { openPut, streams, stream, room } = startService();
    const session = await openPut();
    await session.send(head(), fragment(0));
    streams.delete(stream, undefined);
    await session.done;
    expect(brief(session.acks)).toEqual(['BUFFERING 0', 'ERROR 0 4008']);
    expect(room.usage().used).toBe(0);
  });

  it('4003 after 45 minutes', async () => {
    const { openPut, clock } = startService();
    const session = await openPut();
    await session.send(head(), fragment(0));
    for (let half = 1; half <= 90; half += 1) {
      await clock.advance(29_900);
      await session.send(fragment(30_000 * half));
    }
    expect(brief(session.acks).at(-1)).not.toContain('ERROR');
    await clock.advance(45 * 60_000 - 90 * 29_900);
    await session.done;
    expect(brief(session.acks).at(-1)).toMatch(/^ERROR \d+ 4003$/);
  });
});

describe('PutMedia and a producer that', () => {
  it('pauses: says IDLE every five seconds and ends after thirty, without what it had begun', async () => {
    const { openPut, clock, room, warnings } = startService();
    const session = await openPut();
    await session.send(head(), fragment(0));
    await clock.advance(29_999);
    expect(brief(session.acks)).toEqual(['BUFFERING 0', 'IDLE', 'IDLE', 'IDLE', 'IDLE', 'IDLE']);
    expect(session.acks[1]).toBe('{"EventType":"IDLE"}\n');
    await clock.advance(1);
    await session.done;
    expect(session.acks).toHaveLength(6);
    expect(room.usage().used).toBe(0);
    expect(warnings.join()).toContain('its producer has sent nothing for 30 s; what it had begun is dropped');
  });

  it('goes on after a pause: is heard', async () => {
    const { openPut, clock } = startService();
    const session = await openPut();
    await session.send(head(), fragment(0));
    await clock.advance(29_000);
    await session.send(fragment(30_000));
    await clock.advance(29_000);
    await session.send(fragment(60_000));
    await session.end();
    expect(brief(session.acks).at(-1)).toBe('PERSISTED 60000');
  });

  it('disappears in mid-fragment: leaves whole fragments only', async () => {
    const service = startService();
    const session = await service.openPut();
    await session.send(head(), fragment(0), fragment(2000).subarray(0, 90));
    await session.lose();
    await session.done;
    expect(brief(session.acks).at(-1)).toBe('ERROR 2000 4000');
    const { Fragments } = await service.call(listFragments, { StreamName: 'camera', FragmentSelector: all });
    expect(Fragments).toHaveLength(1);
  });

  it('comes back: its numbers go on in the next block of a thousand', async () => {
    const service = startService();
    const sequence = (line: string) => Number((BigInt(JSON.parse(line).FragmentNumber) >> 92n) & 0xffffffffn);
    const first = await service.put(concat(head(), fragment(0), fragment(2000)));
    const second = await service.put(concat(head(), fragment(0)));
    expect([sequence(first[0] as string), sequence(first.at(-1) as string), sequence(second[0] as string)]).toEqual([
      1, 2, 1001,
    ]);
  });
});

describe('PutMedia refuses before it reads', () => {
  const cases: [string, Record<string, string>, string, string][] = [
    ['neither name nor ARN', { StreamName: '' }, 'InvalidArgumentException', 'exactly one'],
    [
      'both',
      { StreamARN: 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/camera/1' },
      'InvalidArgumentException',
      'exactly one',
    ],
    ['an unknown stream', { StreamName: 'other' }, 'ResourceNotFoundException', 'not found or not active'],
    ['a name with blanks', { StreamName: 'a b' }, 'InvalidArgumentException', 'x-amzn-stream-name'],
    ['no timecode type', { FragmentTimecodeType: '' }, 'InvalidArgumentException', 'ABSOLUTE or RELATIVE'],
    ['another timecode type', { FragmentTimecodeType: 'absolute' }, 'InvalidArgumentException', "'absolute'"],
    ['a start that is no time', { ProducerStartTimestamp: 'now' }, 'InvalidArgumentException', "'now'"],
    [
      'RELATIVE without a start',
      { ProducerStartTimestamp: '' },
      'InvalidArgumentException',
      'x-amzn-producer-start-timestamp',
    ],
  ];
  it.each(cases)('%s', async (_, headers, code, text) => {
    const { openPut } = startService();
    await expect(openPut(headers)).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it('nothing for a missing start with ABSOLUTE timecodes', async () => {
    const { acks } = await acksOf(concat(head(), fragment(5)), {
      FragmentTimecodeType: 'ABSOLUTE',
      ProducerStartTimestamp: '',
    });
    expect(brief(acks)).toEqual(['BUFFERING 5', 'RECEIVED 5', 'PERSISTED 5']);
  });
});
