// The classic model: each stream has shards, and each shard takes and gives so much.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shardOf } from '../../../src/domain/limits/shards.ts';
import { SHARDS_TAG } from '../../../src/domain/limits/shardTag.ts';
import { getClip } from '../../../src/operations/archived/getClip.ts';
import { getImages } from '../../../src/operations/archived/getImages.ts';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { listFragments } from '../../../src/operations/archived/listFragments.ts';
import { createStream } from '../../../src/operations/control/createStream.ts';
import { describeStream } from '../../../src/operations/control/describeStream.ts';
import { tagStream } from '../../../src/operations/control/tagStream.ts';
import { untagStream } from '../../../src/operations/control/untagStream.ts';
import { updateDataRetention } from '../../../src/operations/control/updateDataRetention.ts';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import { type Bytes, cluster, concat, ebmlHeader, info, segment, simpleBlock, tracks } from '../../support/mkv.ts';
import { brief, type Service, START, startService } from '../../support/service.ts';

const MIB = 1 << 20;
const HEAD = concat(ebmlHeader(), segment([info(), tracks()]));
const fragment = (at: number, frames: number, bytes = 8): Bytes =>
  cluster(
    { timecode: at * 1000, size: 'known' },
    Array.from({ length: frames }, (_, time) => simpleBlock({ key: time === 0, time, data: new Uint8Array(bytes) })),
  );
const CAMERA = { StreamName: 'camera' };
const RANGE = { StartTimestamp: START / 1000 - 60, EndTimestamp: START / 1000 + 60 };
const FragmentSelector = { FragmentSelectorType: 'PRODUCER_TIMESTAMP', TimestampRange: RANGE };
const begun = (acks: string[]): number => brief(acks).filter((line) => line.startsWith('BUFFERING')).length;
const gaugesOf = (service: Service, wanted: string) =>
  service.face.limits.stream('camera').gauges.filter(({ name }) => name === wanted);
const numbers = (service: Service): string[] =>
  [...service.stream.fragments.archived('producerTime', 0, START + 1e9)].flatMap((one) => one?.number ?? []);

describe('reads', () => {
  it('of whatever kind are five transactions in a second for each shard', async () => {
    const service = startService({ limits: { profile: 'shards', overrides: { 'GetMedia.connections': null } } });
    const ranged = { ImageSelectorType: 'PRODUCER_TIMESTAMP', ...RANGE, Format: 'JPEG' };
    const reads: (() => Promise<unknown>)[] = [
      () => service.call(listFragments, { ...CAMERA, FragmentSelector }),
      () => service.open(getMedia, { StartSelector: { StartSelectorType: 'EARLIEST' } }),
      () => service.call(getImages, { ...CAMERA, ...ranged }).catch(() => undefined),
      () => service.open(getMediaForFragmentList, { Fragments: ['1'] }).catch(() => undefined),
      () => service.open(getClip, { ClipFragmentSelector: FragmentSelector }).catch(() => undefined),
    ];
    for (const read of reads) await read();
    await expect(service.call(listFragments, { ...CAMERA, FragmentSelector })).rejects.toMatchObject({
      code: 'ClientLimitExceededException',
      message: "Limit exceeded on number of requests for ListFragments API for resource 'camera'",
    });
    for (let i = 0; i < 50; i++) await service.call(describeStream, CAMERA);
    await service.clock.advance(200);
    await service.call(listFragments, { ...CAMERA, FragmentSelector });
  });

  it('of a stream with more shards are so many times as many', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    service.face.limits.setStream('camera', { shards: 3 });
    for (let i = 0; i < 15; i++) await service.call(listFragments, { ...CAMERA, FragmentSelector });
    await expect(service.call(listFragments, { ...CAMERA, FragmentSelector })).rejects.toThrow('Limit exceeded');
  });

  it('give two megabytes in a second; what is more is held back, and whoever comes then is refused', async () => {
    const service = startService();
    await service.put(concat(HEAD, fragment(0, 1, 3 * MIB), fragment(1, 1, 3 * MIB), fragment(2, 1)));
    service.face.limits.set({ profile: 'shards' });
    const Fragments = numbers(service);
    const reader = await service.open(getMediaForFragmentList, { Fragments });
    expect(reader.bytes().length).toBeGreaterThanOrEqual(2 * MIB);
    expect(reader.bytes().length).toBeLessThan(2 * MIB + 70_000);
    await expect(service.open(getMediaForFragmentList, { Fragments })).rejects.toMatchObject({
      code: 'ClientLimitExceededException',
    });
    expect(service.face.requests.list().at(-1)?.throttled?.limit).toBe('shard.readBytes');
    await service.clock.advance(1000);
    expect(reader.bytes().length).toBeLessThan(4 * MIB + 70_000);
    await service.clock.advance(1100);
    expect(reader.ended()).toBe(true);
  });
});

describe('a producer', () => {
  it('has a thousand frames taken in a second, and is held back for the others', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 600), fragment(1, 600), fragment(2, 1), fragment(3, 1)));
    expect(begun(put.acks)).toBe(2);
    expect(gaugesOf(service, 'shard.writeRecords')).toMatchObject([{ shard: 0, limit: 1000, admitted: 1000 }]);
    await service.clock.advance(199);
    expect(begun(put.acks)).toBe(2);
    await service.clock.advance(2);
    expect(begun(put.acks)).toBe(3);
  });

  it('has a megabyte taken in a second', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 1, 3 * MIB), fragment(1, 1)));
    const taken = () => gaugesOf(service, 'shard.writeBytes')[0]?.admitted ?? 0;
    for (let ms = 0; ms <= 1500; ms += 500) {
      expect(taken()).toBeGreaterThanOrEqual((MIB * (1000 + ms)) / 1000);
      expect(taken()).toBeLessThanOrEqual((MIB * (1000 + ms)) / 1000 + 8192);
      await service.clock.advance(500);
    }
    await service.clock.advance(1000);
    expect(begun(put.acks)).toBe(2);
  });

  it('that comes anew while more has been taken than may be is refused', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 1, 3 * MIB), fragment(1, 1)));
    await expect(service.openPut()).rejects.toMatchObject({ code: 'ClientLimitExceededException', status: 400 });
    expect(service.face.requests.list().at(-1)?.throttled?.limit).toBe('shard.writeBytes');
  });

  it('is refused in the mode reject with ERROR 5000; what came whole before stays', async () => {
    const service = startService({ limits: { profile: 'shards', mode: 'reject' } });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 1), fragment(1, 1, 2 * MIB), fragment(2, 1)));
    await put.done;
    expect(brief(put.acks).slice(-2)).toEqual(['PERSISTED 0', 'ERROR 1000 5000']);
  });

  it('is refused where its own stream says so, and held back elsewhere', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    service.face.limits.setStream('camera', { mode: 'reject' });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 1, 2 * MIB), fragment(1, 1)));
    await put.done;
    expect(brief(put.acks).at(-1)).toBe('ERROR 0 5000');
  });
});

describe('the shards of a stream', () => {
  it('each have their part of what a hash of the number may be, and go on to have it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 47n }), fc.integer({ min: 1, max: 1000 }), (number, shards) => {
        const shard = shardOf(String(number), shards);
        expect(shard).toBeGreaterThanOrEqual(0);
        expect(shard).toBeLessThan(shards);
        // Twice as many: each has been split in two.
        expect(Math.floor(shardOf(String(number), 2 * shards) / 2)).toBe(shard);
      }),
    );
  });

  it('take the bytes of fragments as their numbers say', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    service.face.limits.setStream('camera', { shards: 2 });
    const put = await service.openPut();
    for (let at = 0; at < 8; at++) await put.send(...(at === 0 ? [HEAD] : []), fragment(at, 1, 10_000));
    await put.end();
    const taken = gaugesOf(service, 'shard.writeRecords').map(({ shard, admitted }) => [shard, admitted]);
    const wanted = [0, 1].map((shard) => [shard, numbers(service).filter((one) => shardOf(one, 2) === shard).length]);
    expect(taken.sort()).toEqual(wanted.filter(([, count]) => count));
    expect(wanted.every(([, count]) => Number(count) > 0)).toBe(true);
  });

  it('are as one of them that is so many times as wide if they are pooled', async () => {
    const overrides = { 'shards.pooled': true };
    const service = startService({ limits: { profile: 'shards', overrides } });
    service.face.limits.setStream('camera', { shards: 4 });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 1, 3 * MIB), fragment(1, 1)));
    expect(begun(put.acks)).toBe(2);
    expect(gaugesOf(service, 'shard.writeBytes')).toMatchObject([{ shard: null, limit: 4 * MIB }]);
  });

  it('are as many as a tag says, unless they have been said otherwise', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    const shards = () => service.face.limits.stream('camera').shards;
    await service.call(tagStream, { ...CAMERA, Tags: { [SHARDS_TAG]: '3' } });
    expect(shards()).toBe(3);
    service.face.limits.setStream('camera', { shards: 5 });
    expect(shards()).toBe(5);
    service.face.limits.forgetStream('camera');
    expect(shards()).toBe(3);
    await service.call(untagStream, { ...CAMERA, TagKeyList: [SHARDS_TAG] });
    expect(shards()).toBe(1);
  });

  it('stay as they are for a tag that says no number, with a warning', async () => {
    const service = startService();
    await service.call(createStream, { StreamName: 'odd', Tags: { [SHARDS_TAG]: 'many' } });
    await service.call(tagStream, { ...CAMERA, Tags: { [SHARDS_TAG]: '0' } });
    expect(service.face.limits.stream('camera').shards).toBe(1);
    const text = service.told().get('shardsTag');
    expect(text).toBe(
      'The tag kvs-emulator:shards says "0", which is no number of shards from 1 to 1000: the stream has one.',
    );
    expect(service.warnings.filter((line) => line.includes('many'))).toHaveLength(1);
  });

  it('are split and merged while a producer is held back', async () => {
    const service = startService({ limits: { profile: 'shards', overrides: { 'shards.pooled': true } } });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 1, 8 * MIB), fragment(1, 1)));
    const taken = () => gaugesOf(service, 'shard.writeBytes')[0]?.admitted ?? 0;
    const inASecond = async (): Promise<number> => {
      const before = taken();
      await service.clock.advance(1000);
      return Math.round((10 * (taken() - before)) / MIB) / 10;
    };
    expect(await inASecond()).toBe(1);
    service.face.limits.changeStream('camera', { shards: 2 });
    expect(await inASecond()).toBe(2);
    service.face.limits.changeStream('camera', { shards: 1 });
    expect(await inASecond()).toBe(1);
  });

  it('may be said of a stream before it is there', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    service.face.limits.setStream('later', { shards: 2 });
    await service.call(createStream, { StreamName: 'later' });
    expect(service.face.limits.stream('later')).toMatchObject({ shards: 2, overrides: {} });
    expect(service.face.limits.get().streams).toEqual({ later: { shards: 2, overrides: {} } });
  });
});

describe('retention under the profile', () => {
  it('is a day unless asked otherwise, and seven days at most', async () => {
    const service = startService({ limits: { profile: 'shards' } });
    await service.call(createStream, { StreamName: 'other' });
    const { StreamInfo } = await service.call(describeStream, { StreamName: 'other' });
    expect(StreamInfo.DataRetentionInHours).toBe(24);
    const change = { StreamName: 'other', CurrentVersion: StreamInfo.Version, Operation: 'INCREASE_DATA_RETENTION' };
    await expect(
      service.call(updateDataRetention, { ...change, DataRetentionChangeInHours: 145 }),
    ).rejects.toMatchObject({ code: 'InvalidArgumentException' });
    await service.call(updateDataRetention, { ...change, DataRetentionChangeInHours: 144 });
    await expect(service.call(createStream, { StreamName: 'third', DataRetentionInHours: 169 })).rejects.toMatchObject({
      code: 'InvalidArgumentException',
    });
  });

  it('keeps a stream that keeps longer from the profile, with a sentence, and all as it was', () => {
    const service = startService({ retentionHours: 200, limits: { profile: 'aws' } });
    expect(() => service.face.limits.set({ profile: 'shards' })).toThrow(
      'The stream "camera" keeps its media for 200 h; the limits allow 168 h.',
    );
    expect(service.face.limits.get().profile).toBe('aws');
    service.face.limits.set({ profile: 'shards', overrides: { 'retention.maximum': '200h' } });
    expect(service.face.limits.get().profile).toBe('shards');
  });
});
