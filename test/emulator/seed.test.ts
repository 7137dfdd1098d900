import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Seed } from '../../src/emulator/seedShapes.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { type Bytes, cluster, concat, ebmlHeader, info, segment, simpleBlock, tracks } from '../support/mkv.ts';
import { recording } from '../support/simpleMedia.ts';
import { ask } from '../support/tour.ts';

const NOW = '2030-01-02T00:00:00.000Z';
const HOUR = 3_600_000;
const back = (ms: number): string => new Date(Date.parse(NOW) - ms).toISOString();

function folderWith(files: Readonly<Record<string, Bytes | string | object>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-seed-'));
  for (const [name, content] of Object.entries(files)) {
    const isBytes = typeof content === 'string' || content instanceof Uint8Array;
    writeFileSync(join(folder, name), isBytes ? content : JSON.stringify(content));
  }
  return folder;
}

const frozen = { clock: 'frozen', startTime: NOW } as const;
const post = async ({ url }: TestEmulator, body: unknown, query = '') => {
  const response = await fetch(`${url}/_kvs/seed${query}`, { method: 'POST', body: JSON.stringify(body) });
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the answer it asks for
  return { status: response.status, body: (await response.json()) as any };
};
const base64 = (bytes: Bytes): string => Buffer.from(bytes).toString('base64');

const whole: Seed = {
  $schema: 'http://127.0.0.1:4580/_kvs/seed/schema',
  clock: { mode: 'frozen', set: NOW },
  streams: [
    {
      ...{ name: 'door', retention: '24h', mediaType: 'video/h264', deviceName: 'cam-1', kmsKeyId: 'alias/door' },
      ...{ shards: 2, storageTier: 'WARM', tags: { team: 'a' } },
      media: [
        { file: 'door.mkv', ago: '23h', until: '2030-01-01T02:00:00Z' },
        { file: 'door.mkv', start: '2030-01-01T23:00:00Z', loop: 3, tags: { event: 'ring' } },
      ],
      imageGeneration: {
        ...{ Status: 'ENABLED', ImageSelectorType: 'SERVER_TIMESTAMP', SamplingInterval: 3000, Format: 'JPEG' },
        DestinationConfig: { Uri: 's3://pictures', DestinationRegion: 'us-east-1' },
      },
      notification: { Status: 'ENABLED', DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:000000000000:door' } },
    },
  ],
  channels: [{ name: 'front', messageTtl: '30s', tags: { team: 'b' }, storage: 'door' }],
  keys: [{ id: 'door', aliases: ['alias/door'] }],
  credentials: { accessKeys: [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }] },
  faults: [{ id: 'gone', match: { operation: 'GetClip' }, effect: { status: 503 } }],
  limits: { profile: 'aws' },
  accounts: {
    '111111111111': { 'eu-west-1': { streams: [{ name: 'yard', retention: '1h' }], channels: [{ name: 'gate' }] } },
  },
};

describe('a seed', () => {
  it('makes streams, channels, keys, credentials, faults, limits and the time', async () => {
    const folder = folderWith({ 'door.mkv': recording(2), 'seed.json': whole });
    const emulator = await startEmulator({ seed: join(folder, 'seed.json'), creatingDelay: '5s', updatingDelay: '5s' });
    expect(emulator.clock.state()).toMatchObject({ now: NOW, mode: 'frozen' });
    const { streams } = emulator.streams.list();
    expect(streams.map(({ name, account, region, status }) => [name, account, region, status])).toEqual([
      ['yard', '111111111111', 'eu-west-1', 'ACTIVE'],
      ['door', '000000000000', 'us-east-1', 'ACTIVE'],
    ]);
    const { text } = await ask(emulator, '/describeStream', { StreamName: 'door' });
    expect(JSON.parse(text).StreamInfo).toMatchObject({
      ...{ DataRetentionInHours: 24, DeviceName: 'cam-1', KmsKeyId: 'alias/door', MediaType: 'video/h264' },
    });
    expect(emulator.limits.stream('door').shards).toBe(2);
    expect(emulator.limits.get().profile).toBe('aws');
    expect(emulator.keys.get('alias/door')).toMatchObject({ id: 'door', calls: { GenerateDataKey: 1 } });
    expect(emulator.credentials.get().accessKeys.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIDEXAMPLE']);
    expect(emulator.faults.get('gone').fired).toBe(0);
    for (const [path, member] of [
      ['/describeNotificationConfiguration', 'NotificationConfiguration'],
      ['/describeImageGenerationConfiguration', 'ImageGenerationConfiguration'],
      ['/describeStreamStorageConfiguration', 'StreamStorageConfiguration'],
    ] as const) {
      const answer = await ask(emulator, path, { StreamName: 'door' });
      expect(JSON.parse(answer.text)[member], path).toBeTruthy();
    }
    const channel = JSON.parse((await ask(emulator, '/describeSignalingChannel', { ChannelName: 'front' })).text);
    expect(channel.ChannelInfo).toMatchObject({
      ...{ ChannelStatus: 'ACTIVE', SingleMasterConfiguration: { MessageTtlSeconds: 30 } },
    });
    const mapped = { ChannelARN: channel.ChannelInfo.ChannelARN };
    const storage = JSON.parse((await ask(emulator, '/describeMediaStorageConfiguration', mapped)).text);
    expect(storage.MediaStorageConfiguration).toMatchObject({ Status: 'ENABLED' });
    // Of nobody's calls, and so in nobody's journal but that of this test.
    expect(emulator.requests.list().map(({ operation }) => operation)).not.toContain('CreateStream');
  });

  it('has media where and when it says, with metadata', async () => {
    const folder = folderWith({ 'door.mkv': recording(2), 'seed.json': whole });
    const emulator = await startEmulator({ seed: join(folder, 'seed.json') });
    const { fragments } = await emulator.streams.fragments('door', { limit: 1000 });
    // Three hours to go from 01:00 to 02:00 by two seconds, and three times two at 23:00.
    expect(emulator.streams.get('door').fragments).toBe(3600 + 6);
    expect(fragments[0]).toMatchObject({ serverTime: back(23 * HOUR), producerTime: back(23 * HOUR), tags: {} });
    const late = await emulator.streams.fragments('door', { from: back(HOUR) });
    expect(late.fragments.map(({ serverTime, tags }) => [serverTime.slice(11, 19), tags])).toEqual(
      [0, 1, 2, 3, 4, 5].map((second) => [`23:00:0${second}`, { event: 'ring' }]),
    );
  });

  it('is a folder of files in the order of their names, too', async () => {
    const folder = folderWith({
      'b.json': {
        streams: [{ name: 'second' }],
        faults: [{ id: 'one', match: { operation: 'GetClip' }, effect: { status: 503 } }],
      },
      'a.json': { streams: [{ name: 'first' }, { name: 'second', tags: { by: 'a' } }] },
      'notes.txt': 'not a seed',
    });
    const emulator = await startEmulator({ seed: folder });
    expect(emulator.streams.list().streams.map(({ name }) => name)).toEqual(['first', 'second']);
    const { text } = await ask(emulator, '/listTagsForStream', { StreamName: 'second' });
    expect(JSON.parse(text).Tags).toEqual({ by: 'a' });
  });

  it('is there again after a reset, with files as they were at the start; one that came later is not', async () => {
    const folder = folderWith({ 'door.mkv': recording(2), 'seed.json': whole });
    const emulator = await startEmulator({ seed: join(folder, 'seed.json') });
    const first = await emulator.streams.fragments('door', { limit: 1 });
    await emulator.seed({ streams: [{ name: 'later' }] });
    await ask(emulator, '/deleteStream', { StreamARN: emulator.streams.get('later').arn });
    writeFileSync(join(folder, 'door.mkv'), 'gone');
    await emulator.seed({ streams: [{ name: 'later' }] });
    await emulator.clock.advance('25h');
    expect(emulator.streams.get('door').fragments).toBe(0);
    await emulator.reset();
    expect(
      emulator.streams
        .list()
        .streams.map(({ name }) => name)
        .sort(),
    ).toEqual(['door', 'yard']);
    expect(emulator.clock.state().now).toBe(NOW);
    expect(emulator.streams.get('door').fragments).toBe(3606);
    expect((await emulator.streams.fragments('door', { limit: 1 })).fragments[0]).toMatchObject({
      serverTime: first.fragments[0]?.serverTime,
    });
    expect(emulator.faults.list()).toHaveLength(1);
  });

  it('is there again at the time that it is where a reset lets the clock be', async () => {
    const media = [{ data: base64(recording(2)), ago: '1h', until: 'now' as const }];
    const seed: Seed = { clock: { mode: 'frozen', set: NOW }, streams: [{ name: 'a', retention: '24h', media }] };
    const emulator = await startEmulator({ seed });
    await emulator.clock.advance('30h');
    await emulator.reset({ clock: 'keep' });
    expect(emulator.clock.state().now).toBe(back(-30 * HOUR));
    expect(emulator.streams.get('a')).toMatchObject({ fragments: 3600, oldest: back(-29 * HOUR) });
    await emulator.reset();
    expect(emulator.streams.get('a')).toMatchObject({ fragments: 3600, oldest: back(HOUR) });
  });

  it('over HTTP brings its media along, or names files of the folder of the start and no others', async () => {
    const folder = folderWith({ 'door.mkv': recording(2), 'seed.json': {} });
    const secret = folderWith({ 'secret.mkv': recording(1) });
    symlinkSync(join(secret, 'secret.mkv'), join(folder, 'link.mkv'));
    symlinkSync(join(folder, 'door.mkv'), join(folder, 'inside.mkv'));
    mkdirSync(join(folder, 'sub.mkv'));
    const emulator = await startEmulator({ ...frozen, seed: join(folder, 'seed.json') });
    const stream = (name: string, media: object) => ({
      streams: [{ name, retention: '24h', media: [{ ago: '1h', ...media }] }],
    });
    for (const file of ['../x.mkv', join(secret, 'secret.mkv'), 'link.mkv', 'sub.mkv', 'none.mkv', '/dev/zero']) {
      const refused = await post(emulator, stream('a', { file }));
      expect([refused.status, refused.body.path], file).toEqual([400, '/streams/0/media/0/file']);
    }
    expect((await post(emulator, stream('a', { file: 'inside.mkv' }))).body).toMatchObject({
      streams: 1,
      fragments: 2,
    });
    expect((await post(emulator, stream('b', { data: base64(recording(3)) }))).body).toMatchObject({ fragments: 3 });
    const named = { ...stream('c', { file: 'mine' }), files: { mine: base64(recording(4)) } };
    expect((await post(emulator, named)).body).toMatchObject({ fragments: 4 });
    const none = await startEmulator(frozen);
    expect((await post(none, stream('a', { file: 'door.mkv' }))).body.path).toBe('/streams/0/media/0/file');
  });

  it('without keys is taken where those are of another KMS, and one with keys is not', async () => {
    const emulator = await startEmulator({ kms: 'http://127.0.0.1:9', seed: { streams: [{ name: 'a' }] } });
    expect(emulator.streams.get('a').status).toBe('ACTIVE');
    await expect(emulator.seed({ keys: [{ id: 'k' }] })).rejects.toThrow('not the emulator’s own');
  });

  it('is of another account or region if that is said', async () => {
    const emulator = await startEmulator(frozen);
    await post(emulator, { streams: [{ name: 'a' }] }, '?account=222222222222&region=eu-west-1');
    expect(emulator.streams.get('a', { account: '222222222222', region: 'eu-west-1' }).status).toBe('ACTIVE');
  });

  it('leaves what is there, or fails if that is asked for', async () => {
    const lines: string[] = [];
    const emulator = await startEmulator({ ...frozen, logLevel: 'info', log: (line) => lines.push(line) });
    const seed: Seed = {
      streams: [{ name: 'a', tags: { by: 'first' } }],
      channels: [{ name: 'c' }],
      keys: [{ id: 'k' }],
    };
    await emulator.seed(seed);
    const again = await emulator.seed({ ...seed, streams: [{ name: 'a' }, { name: 'b' }] });
    const own = { account: '000000000000', region: 'us-east-1' };
    expect(again).toMatchObject({ streams: 1, channels: 0, keys: 0 });
    expect(again.left).toEqual([
      { kind: 'stream', name: 'a', ...own },
      { kind: 'channel', name: 'c', ...own },
      { kind: 'key', name: 'k', ...own },
    ]);
    expect(lines.join('\n')).toContain('The seed leaves the stream a as it is');
    const refused = await post(emulator, { onConflict: 'fail', streams: [{ name: 'new' }, { name: 'a' }] });
    expect([refused.status, refused.body.path]).toEqual([409, '/streams/1/name']);
    expect(emulator.streams.list().streams.map(({ name }) => name)).toEqual(['a', 'b']);
  });
});

const keyless = concat(
  ebmlHeader(),
  segment([info(), tracks(), cluster({ timecode: 0 }, [simpleBlock({ key: false }), simpleBlock({ time: 500 })])]),
);
const several = concat(recording(2), recording(2));

describe('a seed that makes no sense', () => {
  const media = (one: object): Seed => ({ streams: [{ name: 'a', retention: '24h', media: [one as never] }] });
  const data = base64(recording(2));
  it.each([
    ['an unknown member', { strems: [] }, '/strems', 'knows no "strems"'],
    ['an unknown member within', { streams: [{ name: 'a', reten: '1h' }] }, '/streams/0/reten', 'knows no "reten"'],
    ['a stream without a name', { streams: [{}] }, '/streams/0/name', 'missing'],
    ['a name that no stream may have', { streams: [{ name: 'a b' }] }, '/streams/0/name', 'cannot be "name"'],
    ['a name that is said twice', { streams: [{ name: 'a' }, { name: 'a' }] }, '/streams/1/name', 'said twice'],
    ['a retention that is a bare number', { streams: [{ name: 'a', retention: 24 }] }, '/streams/0/retention', '24h'],
    ['a retention of half an hour', { streams: [{ name: 'a', retention: '30m' }] }, '/streams/0/retention', 'hours'],
    ['more retention than there is', { streams: [{ name: 'a', retention: '99999h' }] }, '/streams/0', 'retention'],
    [
      'media without retention',
      { streams: [{ name: 'a', media: [{ data, ago: '1h' }] }] },
      '/streams/0/retention',
      'no past',
    ],
    ['neither file nor data', media({ ago: '1h' }), '/streams/0/media/0', '"file" and "data"'],
    ['both', media({ file: 'a', data, ago: '1h' }), '/streams/0/media/0/data', 'exclude each other'],
    ['neither start nor ago', media({ data }), '/streams/0/media/0', '"start" and "ago"'],
    ['loop beside until', media({ data, ago: '1h', loop: 2, until: 'now' }), '/streams/0/media/0/until', 'exclude'],
    ['what goes on into the future', media({ data, ago: '1s', loop: 2 }), '/streams/0/media/0', 'goes on until'],
    [
      'what ends before it begins',
      media({ data, ago: '1h', until: '2029-01-01T00:00:00Z' }),
      '/streams/0/media/0',
      'not before',
    ],
    ['what is no base64', media({ data: '*', ago: '1h' }), '/streams/0/media/0/data', 'base64'],
    ['an empty file', media({ data: '', ago: '1h' }), '/streams/0/media/0/data', 'empty'],
    ['what is no Matroska', media({ data: 'AAAA', ago: '1h' }), '/streams/0/media/0/data', 'INVALID_MKV_DATA'],
    [
      'an MP4',
      media({ data: base64(Buffer.from('\0\0\0\x18ftypisom')), ago: '1h' }),
      '/streams/0/media/0/data',
      'ffmpeg',
    ],
    ['no key frame', media({ data: base64(keyless), ago: '1h' }), '/streams/0/media/0/data', 'key frame'],
    ['several recordings in a file', media({ data: base64(several), ago: '1h' }), '/streams/0/media/0/data', 'several'],
    ['tags of the service', media({ data, ago: '1h', tags: { AWS_X: '' } }), '/streams/0/media/0/tags/AWS_X', 'AWS_X'],
    [
      'tags that are too long',
      media({ data, ago: '1h', tags: { a: 'é'.repeat(200) } }),
      '/streams/0/media/0/tags',
      'METADATA',
    ],
    [
      'a channel without its stream',
      { channels: [{ name: 'c', storage: 'no' }] },
      '/channels/0/storage',
      'no stream "no"',
    ],
    ['an alias of two keys', { keys: [{ aliases: ['alias/a'] }, { aliases: ['alias/a'] }] }, '/keys/1', 'alias/a'],
    ['a fault that nothing fits', { faults: [{ effect: {} }] }, '/faults/0/effect', 'effect'],
    [
      'a limit that there is not',
      { limits: { overrides: { 'Fly.rate': 1 } } },
      '/limits/overrides/Fly.rate',
      'no limit',
    ],
    ['a role that there is not', { credentials: { roles: [{}] } }, '/credentials/roles/0/arn', 'missing'],
    ['an account of letters', { accounts: { abc: {} } }, '/accounts/abc', '12 digits'],
    [
      'the default account again',
      { accounts: { '000000000000': { 'us-east-1': {} } } },
      '/accounts/000000000000/us-east-1',
      'top',
    ],
    [
      'within another account',
      { accounts: { '111111111111': { 'eu-west-1': { streams: [{ name: '' }] } } } },
      '/accounts/111111111111/eu-west-1/streams/0/name',
      'name',
    ],
    ['a clock that goes nowhere', { clock: { set: 'soon' } }, '/clock/set', 'cannot be "set"'],
  ])('with %s is refused with the path, and changes nothing', async (_what, seed, path, error) => {
    const emulator = await startEmulator(frozen);
    const good = {
      ...{ keys: [], clock: { set: '2030-01-03T00:00:00Z' }, channels: [] },
      faults: [] as object[],
      streams: [] as object[],
    };
    const before = JSON.stringify([emulator.limits.get(), emulator.credentials.get(), emulator.clock.state().now]);
    const refused = await post(emulator, { ...good, limits: { profile: 'aws' }, ...seed });
    expect([400, 409]).toContain(refused.status);
    expect(refused.body.path).toBe(path);
    expect(`${refused.body.error} ${refused.body.hint}`).toContain(error);
    expect(JSON.stringify([emulator.limits.get(), emulator.credentials.get(), emulator.clock.state().now])).toBe(
      before,
    );
    expect([emulator.streams.list().streams, emulator.faults.list()]).toEqual([[], []]);
    expect(emulator.keys.list().keys.filter(({ manager }) => manager === 'CUSTOMER')).toEqual([]);
  });

  it('is taken back where the service refuses a part of it in the middle', async () => {
    const emulator = await startEmulator({ ...frozen, streamLimit: 2 });
    const seed: Seed = {
      keys: [{ id: 'k' }],
      faults: [{ id: 'f', effect: { status: 503 } }],
      limits: { profile: 'shards', streams: { a: { shards: 3 } } },
      credentials: { accessKeys: [{ accessKeyId: 'A', secretAccessKey: 'b' }] },
      clock: { set: '2030-01-03T00:00:00Z' },
      streams: ['a', 'b', 'c'].map((name) => ({
        ...{ name, retention: '24h', shards: 2, media: [{ data: base64(recording(2)), ago: '1h' }] },
      })),
    };
    const error = await emulator.seed(seed).catch((found) => found);
    expect(error).toMatchObject({ path: '/streams/2' });
    expect(error.message).toContain('AccountStreamLimitExceededException');
    expect(emulator.streams.list().streams).toEqual([]);
    expect(emulator.keys.list().keys.map(({ id, state }) => [id, state])).not.toContainEqual(['k', 'Enabled']);
    expect([emulator.faults.list(), emulator.credentials.get().accessKeys]).toEqual([[], []]);
    expect([emulator.limits.get().profile, emulator.limits.stream('a').shards]).toEqual(['off', 1]);
    expect(emulator.clock.state().now).toBe(NOW);
    expect(await emulator.seed({ ...seed, streams: seed.streams?.slice(0, 2) })).toMatchObject({ fragments: 4 });
  });

  it('is said at the start with its file and the path in it', async () => {
    const folder = folderWith({ 'seed.json': { streams: [{ nam: 'a' }] }, 'broken.json': '{' });
    const file = join(folder, 'seed.json');
    await expect(startEmulator({ seed: file })).rejects.toThrow(`${file} at /streams/0/nam`);
    await expect(startEmulator({ seed: join(folder, 'broken.json') })).rejects.toThrow('is not JSON');
    await expect(startEmulator({ seed: join(folder, 'none.json') })).rejects.toThrow('ENOENT');
    await expect(startEmulator({ seed: { streams: [{ name: 'a b' }] } })).rejects.toThrow('at /streams/0/name');
  });
});

it('real files are shown as PutMedia would have taken them', async () => {
  const emulator = await startEmulator({ seed: { streams: [] }, ...frozen });
  const data = base64(fixture('h264-aac-gop1s.mkv'));
  const made = await emulator.seed({
    streams: [{ name: 'a', retention: '24h', media: [{ data, ago: '1h', until: 'now' }] }],
  });
  expect(made.fragments).toBeGreaterThan(3000);
  expect(made.warnings).toEqual([]);
});
