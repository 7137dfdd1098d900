import { describe, expect, it } from 'vitest';
import { ControlError } from '../../src/emulator/controlError.ts';
import type { LimitsChange } from '../../src/emulator/limitsControl.ts';
import { startService } from '../support/service.ts';

const start = (limits?: LimitsChange) => startService(limits === undefined ? {} : { limits }).face.limits;

/** What somebody is told whose wish makes no sense. */
function refusal(work: () => unknown): { message: string; path: string | undefined } {
  try {
    work();
  } catch (error) {
    if (error instanceof ControlError) return { message: error.message, path: error.path };
    throw error;
  }
  throw new Error('it was taken');
}

describe('what makes no sense', () => {
  it.each([
    [{ profile: 'azure' }, '"azure" cannot be "profile".', '/profile'],
    [{ mode: 'drop' }, '"drop" cannot be "mode".', '/mode'],
    [{ colour: 1 }, 'What is done to limits knows no "colour".', '/colour'],
    [{ overrides: { 'GetMedia.rte': 1 } }, 'There is no limit "GetMedia.rte".', '/overrides/GetMedia.rte'],
    [{ overrides: { 'a/b~c': 1 } }, 'There is no limit "a/b~c".', '/overrides/a~1b~0c'],
    [{ overrides: { 'GetMedia.rate': -1 } }, '-1 cannot be "GetMedia.rate".', '/overrides/GetMedia.rate'],
    [{ overrides: { GetMedia: 'fast' } }, '"fast" cannot be "GetMedia".', '/overrides/GetMedia'],
    [
      { overrides: { 'GetMedia.connections': 1.5 } },
      '1.5 cannot be "GetMedia.connections".',
      '/overrides/GetMedia.connections',
    ],
    [
      { overrides: { 'PutMedia.bytesPerSecond': 0 } },
      '0 cannot be "PutMedia.bytesPerSecond".',
      '/overrides/PutMedia.bytesPerSecond',
    ],
    [{ overrides: { 'fragment.bytes': 'big' } }, '"big" cannot be "fragment.bytes".', '/overrides/fragment.bytes'],
    [{ overrides: { 'ListStreams.page': null } }, 'null cannot be "ListStreams.page".', '/overrides/ListStreams.page'],
    [{ overrides: { 'ListStreams.page': 0 } }, '0 cannot be "ListStreams.page".', '/overrides/ListStreams.page'],
    [{ overrides: { 'PutMedia.idleAck': 0 } }, '0 cannot be "PutMedia.idleAck".', '/overrides/PutMedia.idleAck'],
    [{ overrides: { 'retention.maximum': 24 } }, '24 cannot be "retention.maximum".', '/overrides/retention.maximum'],
    [
      { overrides: { 'retention.maximum': '90m' } },
      '"retention.maximum" is counted in whole hours.',
      '/overrides/retention.maximum',
    ],
    [{ overrides: { 'shards.pooled': 2 } }, '2 cannot be "shards.pooled".', '/overrides/shards.pooled'],
    [{ overrides: [] }, '[] cannot be "overrides".', '/overrides'],
    [{ streams: { door: { shards: 0 } } }, '0 cannot be "shards".', '/streams/door/shards'],
    [{ streams: { door: { overrides: { x: 1 } } } }, 'There is no limit "x".', '/streams/door/overrides/x'],
    [{ streams: { 'a b': {} } }, '"a b" cannot be "a b".', '/streams/a b'],
    [null, 'What was given is no object.', undefined],
    ['aws', 'What was given is no object.', undefined],
    [[], 'What was given is no object.', undefined],
  ])('%j is refused with its place, and changes nothing', (wanted, message, path) => {
    const limits = start({ profile: 'aws', overrides: { GetMedia: 3 } });
    const before = limits.get();
    for (const act of [limits.set, limits.change]) {
      expect(refusal(() => act(wanted as LimitsChange))).toEqual({ message, path });
    }
    expect(limits.get()).toEqual(before);
  });

  it('of a stream is refused likewise', () => {
    const limits = start();
    for (const act of [limits.setStream, limits.changeStream]) {
      expect(refusal(() => act('door', { shards: 1001 }))).toMatchObject({ path: '/shards' });
      expect(refusal(() => act('door', { profile: 'aws' } as object))).toMatchObject({ path: '/profile' });
      expect(refusal(() => act('door', { overrides: { y: 1 } }))).toMatchObject({ path: '/overrides/y' });
      expect(refusal(() => act('no name', {}))).toMatchObject({ path: '/name' });
    }
    expect(limits.get().streams).toEqual({});
  });

  it('is a profile of an account: those are for all', () => {
    const limits = start();
    const where = { account: '111111111111' };
    expect(refusal(() => limits.set({ profile: 'aws' }, where))).toEqual({
      message: 'The profile holds for all accounts.',
      path: '/profile',
    });
    expect(refusal(() => limits.set({}, { account: '1' }))).toMatchObject({ path: '/account' });
  });

  it('is to keep for longer by default than may be kept', () => {
    const limits = start();
    expect(refusal(() => limits.set({ overrides: { 'retention.default': '10d', 'retention.maximum': '7d' } }))).toEqual(
      {
        message: 'A stream would keep 240 h by default, and may keep 168 h at most.',
        path: '/overrides',
      },
    );
  });
});

describe('what is given', () => {
  it('may be in any of the forms, and is told in one', () => {
    const limits = start();
    const overrides = {
      GetMedia: 1,
      'fragment.bytes': '1m',
      'fragment.maxDuration': '30s',
      'PutMedia.bytesPerSecond': '1MB',
      'PutMedia.duration': 'PT1H',
      'retention.maximum': '7d',
      'session.expires': '10m',
      'PutMedia.connections': null,
      'shards.pooled': true,
    };
    expect(limits.set({ overrides }).overrides).toEqual({
      'GetMedia.rate': 1,
      'fragment.bytes': 1_048_576,
      'fragment.maxDuration': 30,
      'PutMedia.bytesPerSecond': 1_000_000,
      'PutMedia.duration': 3600,
      'retention.maximum': '168h',
      'session.expires': 600,
      'PutMedia.connections': null,
      'shards.pooled': true,
    });
  });

  it('is taken again as it was told', () => {
    const limits = start({ profile: 'shards', mode: 'reject', overrides: { GetMedia: 1, 'retention.maximum': '5d' } });
    limits.setStream('door', { shards: 2, overrides: { 'fragment.tracks': 1 } });
    const before = limits.get();
    expect(limits.set(before)).toEqual(before);
    // All that holds may be said outright.
    limits.set({ overrides: before.effective });
    expect(limits.get().effective).toEqual(before.effective);
    const stream = limits.stream('door');
    expect(limits.setStream('door', stream)).toEqual(stream);
  });

  it('replaces with set and is added with change', () => {
    const limits = start({ profile: 'aws', overrides: { GetMedia: 1 } });
    limits.setStream('door', { shards: 2, overrides: { GetMedia: 9 } });
    expect(limits.change({ mode: 'reject', overrides: { PutMedia: 2 } })).toMatchObject({
      profile: 'aws',
      mode: 'reject',
      overrides: { 'GetMedia.rate': 1, 'PutMedia.rate': 2 },
    });
    expect(limits.changeStream('door', { mode: 'reject' })).toMatchObject({ shards: 2, mode: 'reject' });
    expect(limits.set({ overrides: { PutMedia: 3 } })).toMatchObject({
      profile: 'off',
      mode: 'pace',
      overrides: { 'PutMedia.rate': 3 },
      streams: { door: { shards: 2, mode: 'reject', overrides: { 'GetMedia.rate': 9 } } },
    });
    expect(limits.setStream('door', { shards: 3 })).toMatchObject({ shards: 3, mode: 'pace', overrides: {} });
    expect(limits.set({ streams: {} }).streams).toEqual({});
  });

  it('of a stream is that of its account and region alone', () => {
    const limits = start();
    limits.setStream('door', { shards: 2 }, { account: '111111111111', region: 'eu-west-1' });
    expect(limits.stream('door').shards).toBe(1);
    expect(limits.stream('door', { account: '111111111111', region: 'eu-west-1' }).shards).toBe(2);
    expect(limits.get().streams).toEqual({});
    expect(limits.get({ account: '111111111111', region: 'eu-west-1' }).streams).toEqual({
      door: { shards: 2, overrides: {} },
    });
  });

  it('of sizes and shapes holds without a profile, too', async () => {
    const service = startService({ limits: { overrides: { 'resource.tags': 1 } } });
    const { streams, stream } = service;
    expect(() => streams.tag(stream, new Map(Object.entries({ a: '1', b: '2' })))).toThrow('at most 1 tags');
  });
});
