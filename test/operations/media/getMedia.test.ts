import { describe, expect, it } from 'vitest';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import { walkChunks, walkError, wholeChunks } from '../../support/chunks.ts';
import { fixture } from '../../support/fixtures.ts';
import { concat, hex } from '../../support/mkv.ts';
import { producerStream, producerTag } from '../../support/producer.ts';
import { START, settle, startService } from '../../support/service.ts';
import { walk } from '../../support/walk.ts';

const earliest = { StartSelector: { StartSelectorType: 'EARLIEST' } };
const now = { StartSelector: { StartSelectorType: 'NOW' } };
const timecodes = (bytes: Uint8Array) => wholeChunks(bytes).map((chunk) => Number(chunk.cluster.timecode));
const numberOf = (line: string | undefined): string => JSON.parse(line as string).FragmentNumber;

/** Three fragments of a producer, a second apart on the emulator's clock. */
async function threeFragments(retentionHours = 24) {
  const service = startService({ retentionHours });
  const stream = producerStream({ endOfFragment: 'each' });
  const session = await service.openPut({ ProducerStartTimestamp: '1511852108.513' });
  await session.send(stream.header);
  for (const { tagsBefore, cluster } of stream.fragments) {
    await session.send(tagsBefore, cluster);
    await service.clock.advance(1000);
  }
  await session.send(stream.end);
  await session.end();
  const numbers = session.acks.filter((line) => line.includes('BUFFERING')).map(numberOf);
  return { service, stream, numbers };
}

describe('GetMedia sends', () => {
  it('every fragment as a document: header, service tags, the bytes of the producer, service tags', async () => {
    const { service, stream, numbers } = await threeFragments();
    const chunks = walkChunks(await service.read(getMedia, earliest));
    expect(chunks.map((chunk) => chunk.fragmentNumber)).toEqual(numbers);
    expect(chunks.map((chunk) => chunk.continuationToken)).toEqual(numbers);
    expect(chunks.map((chunk) => chunk.serverTimestamp)).toEqual(
      [0, 1000, 2000].map((ms) => ((START + ms) / 1000).toFixed(3)),
    );
    expect(chunks.map((chunk) => chunk.producerTimestamp)).toEqual([
      '1511852108.513',
      '1511852110.513',
      '1511852112.513',
    ]);
    expect(chunks.map((chunk) => chunk.millisBehindNow)).toEqual(['3000', '2000', '1000']);
    for (const [index, chunk] of chunks.entries()) {
      const sent = stream.fragments[index]?.cluster as Uint8Array;
      expect(Buffer.from(chunk.bytes).includes(Buffer.from(sent))).toBe(true);
    }
  });

  it('the Segment with an unknown size of eight bytes and the rest of the header as sent', async () => {
    const service = startService();
    const { header, bytes } = producerStream({ fragments: 1 });
    await service.put(bytes);
    const [chunk] = walkChunks(await service.read(getMedia, earliest));
    const sent = Buffer.from(header).toString('hex').replace('18538067ff', '1853806701ffffffffffffff');
    expect(Buffer.from(chunk?.header as Uint8Array).toString('hex')).toBe(sent);
  });

  it('the service tags to the byte', async () => {
    const { service, numbers } = await threeFragments();
    const answer = Buffer.from(await service.read(getMedia, earliest)).toString('hex');
    const ascii = (value: string) => Buffer.from(value).toString('hex');
    const head =
      `1254c367100000eb7373100000e5` +
      `67c81000005b45a310000020${ascii('AWS_KINESISVIDEO_FRAGMENT_NUMBER')}44871000002f${ascii(numbers[0] as string)}` +
      `67c81000003b45a310000021${ascii('AWS_KINESISVIDEO_SERVER_TIMESTAMP')}44871000000e${ascii((START / 1000).toFixed(3))}` +
      `67c81000003d45a310000023${ascii('AWS_KINESISVIDEO_PRODUCER_TIMESTAMP')}44871000000e${ascii('1511852108.513')}`;
    const tail =
      `1254c367100000a273731000009c` +
      `67c81000003245a310000022${ascii('AWS_KINESISVIDEO_MILLIS_BEHIND_NOW')}448710000004${ascii('3000')}` +
      `67c81000005e45a310000023${ascii('AWS_KINESISVIDEO_CONTINUATION_TOKEN')}44871000002f${ascii(numbers[0] as string)}`;
    expect(answer).toContain(`${head}1f43b675ff`);
    expect(answer).toContain(`${tail}1a45dfa3`);
  });

  it("a producer's metadata: before the first fragment with it, later items at the end of the fragment before", async () => {
    const service = startService();
    await service.put(producerStream({ metadata: (index) => ({ item: `for ${index}` }) }).bytes);
    const chunks = walkChunks(await service.read(getMedia, earliest));
    expect(chunks.map((chunk) => chunk.headerTags)).toEqual([[['item', 'for 0']], [], []]);
    expect(chunks.map((chunk) => chunk.trailingTags)).toEqual([[['item', 'for 1']], [['item', 'for 2']], []]);
  });

  it('metadata sent after an END_OF_FRAGMENT in front of the fragment it is meant for', async () => {
    const service = startService();
    const { header, fragments, end } = producerStream({ fragments: 2 });
    const [first, second] = fragments.map(({ cluster }) => cluster) as [Uint8Array, Uint8Array];
    await service.put(concat(header, first, end, producerTag('place', 'door'), second));
    const chunks = walkChunks(await service.read(getMedia, earliest));
    expect(chunks.map((chunk) => chunk.headerTags)).toEqual([[], [['place', 'door']]]);
  });

  it.each([
    'h264-aac-gop1s.mkv',
    'h264-bframes-aac-gop2s.mkv',
    'h265-aac-gop1s.mkv',
    'ffmpeg-pipe.mkv',
    'gst-streamable.mkv',
    'mkvmerge-lacing.mkv',
  ])('the frames of %s, byte for byte', async (name) => {
    const service = startService();
    await service.put(fixture(name));
    const frames = walkChunks(await service.read(getMedia, earliest)).flatMap((chunk) => chunk.frames);
    const source = walk(fixture(name)).flatMap(({ clusters }) => clusters.flatMap((cluster) => cluster.frames));
    expect(frames.length).toBe(source.length);
    expect(Buffer.from(concat(...frames.map((frame) => frame.data)))).toEqual(
      Buffer.from(concat(...source.map((frame) => frame.data))),
    );
  });

  it('what it sent as input of PutMedia again', async () => {
    const { service, stream } = await threeFragments();
    const copied = await service.read(getMedia, earliest);
    const other = startService();
    expect((await other.put(copied)).filter((line) => line.includes('PERSISTED'))).toHaveLength(3);
    const frames = walk(await other.read(getMedia, earliest)).flatMap(({ clusters }) => clusters[0]?.frames);
    expect(frames).toHaveLength(stream.fragments.flatMap((fragment) => fragment.frames).length);
  });
});

describe('GetMedia starts', () => {
  const at = async (StartSelector: object) => {
    const { service, numbers } = await threeFragments();
    return timecodes(await service.read(getMedia, { StartSelector: withNumber(StartSelector, numbers) }));
  };
  const withNumber = (selector: object, numbers: string[]) =>
    JSON.parse(JSON.stringify(selector).replace(/#(\d)/g, (_, index) => numbers[index] as string));
  const seconds = START / 1000;

  it.each([
    ['EARLIEST with the oldest', { StartSelectorType: 'EARLIEST' }, [0, 2000, 4000]],
    ['NOW with nothing that is over', { StartSelectorType: 'NOW' }, []],
    ['FRAGMENT_NUMBER behind it', { StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: '#0' }, [2000, 4000]],
    ['CONTINUATION_TOKEN behind it', { StartSelectorType: 'CONTINUATION_TOKEN', ContinuationToken: '#1' }, [4000]],
    [
      'at a number older than all with the oldest',
      { StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: '1' },
      [0, 2000, 4000],
    ],
    [
      'SERVER_TIMESTAMP at its time',
      { StartSelectorType: 'SERVER_TIMESTAMP', StartTimestamp: seconds + 1 },
      [2000, 4000],
    ],
    [
      'SERVER_TIMESTAMP with the one that was current',
      { StartSelectorType: 'SERVER_TIMESTAMP', StartTimestamp: seconds + 1.5 },
      [2000, 4000],
    ],
    [
      'SERVER_TIMESTAMP before all with the first',
      { StartSelectorType: 'SERVER_TIMESTAMP', StartTimestamp: 1 },
      [0, 2000, 4000],
    ],
    [
      'SERVER_TIMESTAMP behind all with what comes',
      { StartSelectorType: 'SERVER_TIMESTAMP', StartTimestamp: seconds + 60 },
      [],
    ],
    [
      'PRODUCER_TIMESTAMP at its time',
      { StartSelectorType: 'PRODUCER_TIMESTAMP', StartTimestamp: 1_511_852_110.513 },
      [2000, 4000],
    ],
    [
      'PRODUCER_TIMESTAMP inside a fragment',
      { StartSelectorType: 'PRODUCER_TIMESTAMP', StartTimestamp: 1_511_852_112.5 },
      [2000, 4000],
    ],
    [
      'PRODUCER_TIMESTAMP inside the last',
      { StartSelectorType: 'PRODUCER_TIMESTAMP', StartTimestamp: 1_511_852_113 },
      [4000],
    ],
  ])('%s', async (_, selector, expected) => {
    expect(await at(selector)).toEqual(expected);
  });

  it('NOW with the fragment in progress, from its start', async () => {
    const service = startService();
    const session = await service.openPut();
    const { header, fragments } = producerStream();
    await session.send(header, ...fragments.map(({ cluster }) => cluster));
    const answer = await service.open(getMedia, now);
    await session.end();
    expect(timecodes(answer.bytes())).toEqual([4000]);
  });

  it('SERVER_TIMESTAMP in the future with the first fragment at or after it', async () => {
    const service = startService();
    const StartSelector = { StartSelectorType: 'SERVER_TIMESTAMP', StartTimestamp: (START + 5000) / 1000 };
    const answer = await service.open(getMedia, { StartSelector });
    const session = await service.openPut();
    const { header, fragments } = producerStream();
    await session.send(header, fragments[0]?.cluster as Uint8Array);
    await service.clock.advance(5000);
    await session.send(fragments[1]?.cluster as Uint8Array);
    await session.end();
    expect(timecodes(answer.bytes())).toEqual([2000]);
  });

  it('at a number the stream has not come to with error 4000', async () => {
    const { service, numbers } = await threeFragments();
    const number = String(BigInt(numbers[2] as string) + (1n << 92n));
    const StartSelector = { StartSelectorType: 'FRAGMENT_NUMBER', AfterFragmentNumber: number };
    const { error } = walkError(await service.read(getMedia, { StartSelector }));
    expect(error).toEqual({ code: 'FRAGMENT_NOT_FOUND', id: '4000', fragmentNumber: number });
  });

  it.each([
    [{ StartSelectorType: 'FRAGMENT_NUMBER' }, 'AfterFragmentNumber'],
    [{ StartSelectorType: 'SERVER_TIMESTAMP' }, 'StartTimestamp'],
    [{ StartSelectorType: 'PRODUCER_TIMESTAMP' }, 'StartTimestamp'],
    [{ StartSelectorType: 'CONTINUATION_TOKEN' }, 'ContinuationToken'],
    [{ StartSelectorType: 'CONTINUATION_TOKEN', ContinuationToken: 'abc' }, 'ContinuationToken'],
  ])('refuses %j', async (StartSelector, member) => {
    const { open } = startService();
    await expect(open(getMedia, { StartSelector })).rejects.toMatchObject({
      code: 'InvalidArgumentException',
      message: expect.stringContaining(member),
    });
  });

  it.each([
    [
      {},
      "1 validation error detected: Value null at 'startSelector' failed to satisfy constraint: Member must not be null",
    ],
    [
      { StartSelector: { StartSelectorType: 'LATEST' } },
      "1 validation error detected: Value 'LATEST' at 'startSelector.startSelectorType' failed to satisfy constraint: Member must satisfy enum value set: [FRAGMENT_NUMBER, SERVER_TIMESTAMP, PRODUCER_TIMESTAMP, NOW, EARLIEST, CONTINUATION_TOKEN]",
    ],
  ])('refuses %j as invalid', async (input, message) => {
    const { open } = startService();
    await expect(open(getMedia, input)).rejects.toMatchObject({ code: 'ValidationException', message });
  });

  it('not on a stream that is not there', async () => {
    const { open } = startService();
    await expect(open(getMedia, { StreamName: 'other', ...now })).rejects.toMatchObject({ status: 404 });
  });
});

describe('GetMedia at the live edge', () => {
  it('hands bytes on while their fragment still comes', async () => {
    const service = startService();
    const session = await service.openPut();
    const { header, fragments } = producerStream({ fragments: 1 });
    const cluster = fragments[0]?.cluster as Uint8Array;
    const answer = await service.open(getMedia, now);
    await session.send(header, cluster.subarray(0, 500));
    expect(Buffer.from(answer.bytes()).includes(Buffer.from(cluster.subarray(0, 500)))).toBe(true);
    await session.send(cluster.subarray(500, 900));
    expect(Buffer.from(answer.bytes()).includes(Buffer.from(cluster.subarray(0, 900)))).toBe(true);
    expect(Buffer.from(answer.bytes()).includes('MILLIS_BEHIND_NOW')).toBe(false);
    await session.send(cluster.subarray(900));
    await session.end();
    expect(timecodes(answer.bytes())).toEqual([0]);
  });

  it('works without retention, and forgets after five minutes', async () => {
    const { service } = await threeFragments(0);
    expect(timecodes(await service.read(getMedia, earliest))).toEqual([0, 2000, 4000]);
    await service.clock.advance(5 * 60_000);
    expect(timecodes(await service.read(getMedia, earliest))).toEqual([]);
    expect(service.room.usage().used).toBe(0);
  });

  it('ends with error 3002 when a fragment that it has begun to send never becomes whole', async () => {
    const service = startService();
    const session = await service.openPut();
    const { header, fragments } = producerStream();
    const [first, second] = fragments.map(({ cluster }) => cluster) as [Uint8Array, Uint8Array];
    const answer = await service.open(getMedia, now);
    await session.send(header, first, second.subarray(0, 300));
    await session.lose();
    expect(answer.ended()).toBe(true);
    const bytes = Buffer.from(answer.bytes());
    const { error } = walkError(bytes.subarray(bytes.lastIndexOf(hex('1a45dfa3'))));
    expect(error).toMatchObject({ id: '3002', code: 'STREAM_WRITE_ERROR' });
    expect(timecodes(bytes)[0]).toBe(0);
  });

  it('passes over a fragment that failed before any of it was sent', async () => {
    const service = startService();
    const answer = await service.open(getMedia, now, { paused: true });
    const broken = await service.openPut();
    const { header, fragments } = producerStream({ fragments: 1 });
    await broken.send(header, fragments[0]?.cluster.subarray(0, 300) as Uint8Array);
    await broken.lose();
    answer.resume();
    await service.put(producerStream({ fragments: 1, timecode: 7000 }).bytes);
    expect(timecodes(answer.bytes())).toEqual([7000]);
  });

  it('ends without a word when nothing has come for thirty seconds', async () => {
    const { service } = await threeFragments();
    const answer = await service.open(getMedia, earliest);
    await service.clock.advance(29_999);
    expect(answer.ended()).toBe(false);
    await service.clock.advance(1);
    expect(answer.ended()).toBe(true);
    expect(walkChunks(answer.bytes())).toHaveLength(3);
  });

  it('ends after forty-five minutes, however much comes', async () => {
    const service = startService();
    const answer = await service.open(getMedia, now);
    for (let minute = 0; minute < 45; minute += 0.25) {
      expect(answer.ended()).toBe(false);
      await service.put(producerStream({ fragments: 1, timecode: minute * 60_000 }).bytes);
      await service.clock.advance(15_000);
    }
    expect(answer.ended()).toBe(true);
    expect(walkChunks(answer.bytes())).toHaveLength(180);
  });

  it('ends when the stream is deleted', async () => {
    const { service } = await threeFragments();
    const answer = await service.open(getMedia, now);
    service.streams.delete(service.stream, undefined);
    await settle();
    expect(answer.ended()).toBe(true);
  });

  it('ends when its reader has gone, and leaves nothing on the clock', async () => {
    const { service } = await threeFragments();
    const answer = await service.open(getMedia, now);
    answer.leave();
    await answer.done();
    expect(answer.ended()).toBe(true);
  });

  it('carries two producers at once in the order in which their fragments began', async () => {
    const service = startService();
    const answer = await service.open(getMedia, now);
    const [one, two] = [await service.openPut(), await service.openPut()];
    const a = producerStream({ seed: 1, endOfFragment: 'each' });
    const b = producerStream({ seed: 2, timecode: 100_000, endOfFragment: 'each' });
    await one.send(a.header);
    await two.send(b.header);
    for (let index = 0; index < 3; index += 1) {
      await one.send(a.fragments[index]?.cluster as Uint8Array, a.end);
      await two.send(b.fragments[index]?.cluster as Uint8Array, b.end);
    }
    await one.end();
    await two.end();
    const chunks = wholeChunks(answer.bytes());
    expect(chunks.map((chunk) => Number(chunk.cluster.timecode))).toEqual([0, 100_000, 2000, 102_000, 4000, 104_000]);
    const numbers = chunks.map((chunk) => chunk.fragmentNumber);
    expect([...numbers].sort()).toEqual(numbers);
  });

  it('leaves a reader that takes no more its forty-five minutes, and tells it when they are over', async () => {
    const { service } = await threeFragments();
    const answer = await service.open(getMedia, earliest, { most: 1 });
    await service.clock.advance(45 * 60_000 - 1);
    expect(answer.over()).toBe(false);
    await service.clock.advance(1);
    expect(answer.over()).toBe(true);
    expect(answer.ended()).toBe(false);
  });

  it('tells a reader that takes no more when the stream is deleted', async () => {
    const { service } = await threeFragments();
    const answer = await service.open(getMedia, earliest, { most: 1 });
    service.streams.delete(service.stream, undefined);
    expect(answer.over()).toBe(true);
  });

  it('lets a reader that does not read hold no memory', async () => {
    const service = startService({ retentionHours: 1 });
    const answer = await service.open(getMedia, earliest, { paused: true });
    await service.put(producerStream({ fragments: 20 }).bytes);
    await service.clock.advance(3_600_000 + 20);
    expect(service.room.usage().used).toBe(0);
    answer.resume();
    await settle();
    await service.clock.advance(30_000);
    await answer.done();
    expect(timecodes(answer.bytes())).toEqual([]);
  });

  it('never sends a fragment whose retention is over', async () => {
    const { service } = await threeFragments(1);
    await service.clock.set(START + 3_600_000 + 1000);
    expect(timecodes(await service.read(getMedia, earliest))).toEqual([4000]);
  });
});
