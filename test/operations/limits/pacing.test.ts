// Bodies that are held back until the emulator's clock has come so far.
import { describe, expect, it } from 'vitest';
import { getMediaForFragmentList } from '../../../src/operations/archived/getMediaForFragmentList.ts';
import { getMedia } from '../../../src/operations/media/getMedia.ts';
import { type Bytes, cluster, concat, ebmlHeader, info, segment, simpleBlock, tracks } from '../../support/mkv.ts';
import { brief, type Service, START, settle, startService } from '../../support/service.ts';

const HEAD = concat(ebmlHeader(), segment([info(), tracks()]));
/** A fragment of about so many bytes, a second long. */
const fragment = (at: number, bytes = 20): Bytes =>
  cluster({ timecode: at * 1000, size: 'known' }, [simpleBlock({ key: true, data: new Uint8Array(bytes) })]);
const EARLIEST = { StartSelector: { StartSelectorType: 'EARLIEST' } };

/** What has come of a session, by the ends of its fragments and their beginnings. */
const begun = (acks: string[]): number => brief(acks).filter((line) => line.startsWith('BUFFERING')).length;
const paced = ({ face }: Service) => face.clock.state().next.filter(({ what }) => what === 'paced');

describe('PutMedia over its bytes', () => {
  const limits = { overrides: { 'PutMedia.bytesPerSecond': 100_000, 'fragment.bytes': '50m' } };

  it('is held back until the clock is advanced, and passes before the call returns', async () => {
    const service = startService({ limits });
    const put = await service.openPut();
    const body = concat(HEAD, fragment(0, 90_000), fragment(1, 90_000), fragment(2));
    await put.send(body);
    await settle();
    expect(begun(put.acks)).toBe(2);
    expect(paced(service)).toMatchObject([{ what: 'paced', stream: 'camera' }]);
    await service.clock.advance(500);
    expect(begun(put.acks)).toBe(2);
    await service.clock.advance(500);
    expect(begun(put.acks)).toBe(3);
    expect(paced(service)).toEqual([]);
    await put.end();
    expect(brief(put.acks).filter((line) => line.startsWith('PERSISTED'))).toHaveLength(3);
  });

  it('takes no more in any time than what is there at first and what has come since', async () => {
    const service = startService({ limits });
    const put = await service.openPut();
    await put.send(HEAD, cluster({ timecode: 0, size: 'unknown1' }, []));
    const block = simpleBlock({ key: true, data: new Uint8Array(9_990) });
    for (let i = 0; i < 50; i++) await put.send(block);
    const taken = () => service.face.limits.stream('camera').gauges[0]?.admitted ?? 0;
    for (let ms = 0; ms <= 4000; ms += 250) {
      expect(taken()).toBeLessThanOrEqual(100_000 + ms * 100);
      expect(taken()).toBeGreaterThan(100_000 + ms * 100 - 8193);
      await service.clock.advance(250);
    }
  });

  it('says so in one line of the log, in the journal and as an event, with the time when it goes on', async () => {
    const service = startService({ limits, log: 'info' });
    const heard: unknown[] = [];
    service.events.listen(({ type, data }) => type === 'throttled' && heard.push(data));
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 150_000), fragment(1, 150_000)));
    for (let i = 0; i < 10; i++) await service.clock.advance(100);
    const lines = service.warnings.map((line) => JSON.parse(line)).filter(({ message }) => /held back/.test(message));
    expect(lines).toMatchObject([
      { level: 'info', message: 'PutMedia is held back.', cost: 8192, limit: 'PutMedia.bytesPerSecond' },
    ]);
    const [entry] = service.face.requests.list({ operation: 'PutMedia' });
    expect(entry?.throttled).toMatchObject({ limit: 'PutMedia.bytesPerSecond', passesAt: lines[0].passesAt });
    expect(Date.parse(lines[0].passesAt)).toBeGreaterThan(START);
    expect(heard).toMatchObject([{ limit: 'PutMedia.bytesPerSecond', passesAt: Date.parse(lines[0].passesAt) }]);
  });

  it('goes on at once when the limit goes', async () => {
    const service = startService({ limits });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 300_000), fragment(1)));
    expect(begun(put.acks)).toBe(1);
    service.face.limits.set({});
    await settle();
    expect(begun(put.acks)).toBe(2);
    expect(paced(service)).toEqual([]);
  });

  it('is not taken for silent however long it is held back', async () => {
    const service = startService({ limits: { overrides: { 'PutMedia.bytesPerSecond': 1000 } } });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 100_000), fragment(1)));
    await service.clock.advance(101_000);
    expect(begun(put.acks)).toBe(2);
    expect(brief(put.acks).filter((line) => /ERROR|IDLE/.test(line))).toEqual([]);
    service.face.limits.set({ overrides: { 'PutMedia.fragmentsPerSecond': 0.01 } });
    await put.send(concat(fragment(2), fragment(3)));
    await service.clock.advance(99_000);
    expect(begun(put.acks)).toBe(3);
    await service.clock.advance(1000);
    expect(begun(put.acks)).toBe(4);
    expect(brief(put.acks).filter((line) => /ERROR|IDLE/.test(line))).toEqual([]);
  });

  it('is let go by a reset, the end of its stream, and the loss of its connection', async () => {
    for (const end of ['reset', 'delete', 'lose'] as const) {
      const service = startService({ limits });
      const put = await service.openPut();
      await put.send(concat(HEAD, fragment(0, 300_000), fragment(1)));
      expect(paced(service)).toHaveLength(1);
      if (end === 'reset') await service.face.reset();
      if (end === 'delete') service.stream.fragments.delete();
      if (end === 'lose') await put.lose();
      await put.done;
      expect(paced(service)).toEqual([]);
    }
  });

  it('is refused instead if that is said: ERROR 5000, which has its producer send the fragment again', async () => {
    const service = startService({ limits: { ...limits, mode: 'reject' } });
    const put = await service.openPut();
    await put.send(concat(HEAD, fragment(0, 50_000), fragment(1, 60_000), fragment(2)));
    await put.done;
    expect(brief(put.acks).at(-1)).toBe('ERROR 1000 5000');
    expect(brief(put.acks)).toContain('PERSISTED 0');
    expect(service.face.requests.list({ operation: 'PutMedia' })[0]?.throttled?.limit).toBe('PutMedia.bytesPerSecond');
  });
});

describe('PutMedia over its fragments', () => {
  it('has five begin in a second, however small, and the sixth 200 ms later', async () => {
    const service = startService({ limits: { profile: 'aws' } });
    const put = await service.openPut();
    await put.send(concat(HEAD, ...[0, 1, 2, 3, 4, 5, 6].map((at) => fragment(at))));
    expect(begun(put.acks)).toBe(5);
    await service.clock.advance(199);
    expect(begun(put.acks)).toBe(5);
    await service.clock.advance(1);
    expect(begun(put.acks)).toBe(6);
    await service.clock.advance(200);
    expect(begun(put.acks)).toBe(7);
    await put.end();
    expect(brief(put.acks).filter((line) => line.startsWith('PERSISTED'))).toHaveLength(7);
  });

  it('of two producers lets both go on in the order of time', async () => {
    const service = startService({ limits: { overrides: { 'PutMedia.fragmentsPerSecond': 1 } } });
    const [one, other] = [await service.openPut(), await service.openPut()];
    await one.send(concat(HEAD, fragment(0), fragment(1)));
    await other.send(concat(HEAD, fragment(0), fragment(1)));
    expect([begun(one.acks), begun(other.acks)]).toEqual([1, 0]);
    await service.clock.advance(5000);
    expect([begun(one.acks), begun(other.acks)]).toEqual([2, 2]);
  });
});

describe('a reader', () => {
  async function recorded(overrides: object) {
    const service = startService();
    await service.put(concat(HEAD, ...[0, 1, 2, 3, 4, 5, 6].map((at) => fragment(at, 40_000))));
    service.face.limits.set({ overrides: overrides as Record<string, number> });
    return service;
  }

  it('of GetMedia is sent so many bytes in a second, each connection by itself', async () => {
    const service = await recorded({ 'GetMedia.bytesPerSecond': 100_000 });
    const readers = [await service.open(getMedia, EARLIEST), await service.open(getMedia, EARLIEST)];
    for (let ms = 0; ms < 1500; ms += 500) {
      for (const { bytes } of readers) {
        // Heads and tags of documents are not counted.
        expect(bytes().length).toBeLessThanOrEqual(100_000 + ms * 100 + 8 * 1024);
        expect(bytes().length).toBeGreaterThan(100_000 + ms * 100 - 65_536);
      }
      await service.clock.advance(500);
    }
    expect(service.face.limits.stream('camera').gauges.map(({ name }) => name)).toEqual([
      'GetMedia.bytesPerSecond',
      'GetMedia.bytesPerSecond',
    ]);
    for (const reader of readers) reader.leave();
    expect(service.face.limits.stream('camera').gauges).toEqual([]);
  });

  it('of GetMedia is sent five fragments in a second', async () => {
    const service = await recorded({ 'GetMedia.fragmentsPerSecond': 5 });
    const reader = await service.open(getMedia, EARLIEST);
    const fragments = () => Math.floor(reader.bytes().length / 40_000);
    expect(fragments()).toBe(5);
    await service.clock.advance(200);
    expect(fragments()).toBe(6);
    await service.clock.advance(200);
    expect(fragments()).toBe(7);
  });

  it('of GetMediaForFragmentList is held back likewise, and has all of it in the end', async () => {
    const service = await recorded({ 'GetMediaForFragmentList.bytesPerSecond': 50_000 });
    const numbers = service.stream.fragments.archived('producerTime', 0, 1e6);
    const Fragments = [...numbers].filter((one) => one !== undefined).map(({ number }) => number);
    const reader = await service.open(getMediaForFragmentList, { Fragments });
    expect(reader.bytes().length).toBeLessThan(60_000);
    await service.clock.advance(10_000);
    expect(reader.ended()).toBe(true);
    expect(reader.bytes().length).toBeGreaterThan(7 * 40_000);
  });

  it('that goes is held back no more', async () => {
    const service = await recorded({ 'GetMedia.bytesPerSecond': 1000 });
    const reader = await service.open(getMedia, EARLIEST);
    expect(paced(service)).toHaveLength(1);
    reader.leave();
    await reader.done();
    expect(paced(service)).toEqual([]);
  });
});

describe('fragment.minDuration', () => {
  const short = concat(
    HEAD,
    ...[0, 1, 2].map((at) => cluster({ timecode: at * 500, size: 'known' }, [simpleBlock({ key: true })])),
  );

  it('is not held against anything unless it is set, in no profile', async () => {
    const service = startService({ limits: { profile: 'aws' } });
    expect(service.face.limits.get().effective['fragment.minDuration']).toBeNull();
    expect(brief(await service.put(short)).filter((line) => line.startsWith('PERSISTED'))).toHaveLength(3);
  });

  it('ends the session of a producer whose fragment is shorter', async () => {
    const service = startService({ limits: { overrides: { 'fragment.minDuration': '1s' } } });
    const acks = brief(await service.put(short));
    expect(acks.filter((line) => line.startsWith('PERSISTED'))).toEqual(['PERSISTED 0']);
    expect(acks.at(-1)).toBe('ERROR 500 4006');
  });
});
