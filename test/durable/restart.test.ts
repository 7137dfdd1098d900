import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command as resetCommand } from '../../src/commands/reset.ts';
import { createEmulator, type Emulator, type EmulatorOptions } from '../../src/index.ts';
import { run } from '../commands/world.ts';
import { fixture } from '../support/fixtures.ts';
import { putMedia } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { clusterOf } from './producer.ts';
import { call, dataFolder, listFragments, mediaOf } from './service.ts';

const HOUR = 3_600_000;

async function start(dataDir: string, options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await createEmulator({ dataDir, logLevel: 'silent', ...options });
  onTestFinished(() => emulator.stop());
  return emulator;
}

const everything = async (url: string): Promise<unknown> => ({
  streams: await call(url, 'listStreams', {}),
  channels: await call(url, 'listSignalingChannels', {}),
  tags: await call(url, 'listTagsForStream', { StreamName: 'cam' }),
  notification: await call(url, 'describeNotificationConfiguration', { StreamName: 'cam' }),
  fragments: await listFragments(url, 'cam'),
});

const allFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

const media = (folder: string): string[] => allFiles(folder).filter((path) => path.endsWith('.seg'));

describe('with a data folder', () => {
  it('everything is there again after a restart, byte for byte, and goes on', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    const { url } = first;
    await call(url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 24, Tags: { place: 'door' } });
    await call(url, 'createSignalingChannel', { ChannelName: 'front' });
    await call(url, 'updateNotificationConfiguration', {
      StreamName: 'cam',
      NotificationConfiguration: { Status: 'ENABLED', DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:1:topic' } },
    });
    const sent = await putMedia({ url }, fixture('h264-aac-gop1s.mkv'));
    expect(sent.acks.filter(({ EventType }) => EventType === 'PERSISTED')).toHaveLength(4);
    const before = await everything(url);
    const numbers = (await listFragments(url, 'cam')).map(({ FragmentNumber }) => FragmentNumber);
    const bytes = await mediaOf(url, 'cam', numbers);
    const [ca, keys] = [await first.ca(), first.keys.list().keys.map(({ arn }) => arn)];
    await first.stop();

    const second = await start(folder);
    expect(await everything(second.url)).toEqual(before);
    expect(await mediaOf(second.url, 'cam', numbers)).toEqual(bytes);
    expect(await second.ca()).toBe(ca);
    expect(second.keys.list().keys.map(({ arn }) => arn)).toEqual(keys);
    const more = await putMedia({ url: second.url }, recording(2));
    expect(more.acks.filter(({ EventType }) => EventType === 'PERSISTED')).toHaveLength(2);
    const all = (await listFragments(second.url, 'cam')).map(({ FragmentNumber }) => FragmentNumber);
    expect(all.slice(0, 4)).toEqual(numbers);
    expect(new Set(all).size).toBe(6);
    await second.stop();

    const third = await start(folder);
    expect((await listFragments(third.url, 'cam')).map(({ FragmentNumber }) => FragmentNumber)).toEqual(all);
  });

  it('what has been deleted stays away, and its bytes too', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    const { url } = first;
    const { StreamARN } = await call<{ StreamARN: string }>(url, 'createStream', {
      StreamName: 'cam',
      DataRetentionInHours: 1,
    });
    await putMedia({ url }, recording(3));
    await call(url, 'deleteStream', { StreamARN });
    await call(url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    expect(await listFragments(url, 'cam')).toEqual([]);
    await first.stop();
    expect(media(folder)).toEqual([]);
    const second = await start(folder);
    expect(await listFragments(second.url, 'cam')).toEqual([]);
  });

  it('what has expired is gone for good, and its segments are', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await call(first.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await call(first.url, 'createStream', { StreamName: 'other', DataRetentionInHours: 2 });
    await putMedia({ url: first.url }, recording(3));
    await putMedia({ url: first.url, streamName: 'other' }, recording(3));
    expect(media(folder)).toHaveLength(2);
    await first.clock.advance('90m');
    await first.stop();
    expect(media(folder)).toHaveLength(1);
    // The clock is the machine's again, by which they would not have expired.
    const second = await start(folder);
    expect(await listFragments(second.url, 'cam')).toEqual([]);
    expect(await listFragments(second.url, 'other')).toHaveLength(3);
  });

  it('a part of what a segment holds can have expired', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await call(first.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await putMedia({ url: first.url }, recording(2));
    await first.clock.advance('50m');
    await putMedia({ url: first.url }, recording(3));
    await first.clock.advance('20m');
    expect(await listFragments(first.url, 'cam')).toHaveLength(3);
    await first.stop();
    const second = await start(folder);
    expect(await listFragments(second.url, 'cam')).toHaveLength(3);
  });

  it('a reset takes nothing unless it is said that data may go, by each of the faces', async () => {
    const { url, reset } = await start(dataFolder());
    await call(url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await putMedia({ url }, recording(3));
    await expect(reset()).rejects.toMatchObject({ kind: 'taken' });
    for (const query of ['', '?clock=keep', '?account=000000000000', '?region=us-east-1']) {
      const refused = await fetch(`${url}/_kvs/reset${query}`, { method: 'POST' });
      expect([query, refused.status]).toEqual([query, 409]);
      expect(await refused.text()).toContain('?data=delete');
    }
    const { error } = await run(resetCommand, [], url);
    expect(String(error)).toContain('--yes');
    expect(await listFragments(url, 'cam')).toHaveLength(3);
    expect(await run(resetCommand, ['--yes', '--json'], url)).toMatchObject({ code: 0 });
    expect(await call(url, 'listStreams', {})).toMatchObject({ StreamInfoList: [] });
    await call(url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const done = await fetch(`${url}/_kvs/reset?data=delete`, { method: 'POST' });
    expect([done.status, await done.json()]).toEqual([200, { streams: 1 }]);
  });

  it('a reset leaves nothing behind', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await call(first.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await putMedia({ url: first.url }, recording(3));
    await first.reset({ data: 'delete' });
    await first.stop();
    expect(media(folder)).toEqual([]);
    const second = await start(folder);
    expect(await call(second.url, 'listStreams', {})).toMatchObject({ StreamInfoList: [] });
  });

  it('nothing of the media lies there in the clear, and nobody else may look', async () => {
    const folder = dataFolder();
    const { url } = await start(folder);
    await call(url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const source = Buffer.from(fixture('h264-aac-gop1s.mkv'));
    await putMedia({ url }, source);
    for (const path of allFiles(folder)) {
      expect(`${path} ${(statSync(path).mode & 0o777).toString(8)}`).toBe(`${path} 600`);
      const bytes = readFileSync(path);
      for (let at = 0; at + 24 < source.length; at += 24) {
        const some = source.subarray(at, at + 24);
        // Zeros are the room at the end of a log.
        if (some.some((byte) => byte !== 0)) expect(bytes.includes(some)).toBe(false);
      }
    }
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  });

  it('media that are in files take no room in memory', async () => {
    const emulator = await start(dataFolder(), { maxMemory: '24m' });
    await call(emulator.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    const payload = new Uint8Array(1_000_000).fill(7);
    for (let round = 0; round < 4; round++) {
      const { acks } = await putMedia(
        { url: emulator.url },
        clusterOf.head(),
        ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => clusterOf(n * 1000, payload)),
      );
      expect(acks.filter(({ EventType }) => EventType === 'PERSISTED')).toHaveLength(8);
    }
    expect(await listFragments(emulator.url, 'cam')).toHaveLength(32);
  });

  it('the same channel has the same ARN when it is made again', async () => {
    const folder = dataFolder();
    const create = async (url: string): Promise<string> =>
      (await call<{ ChannelARN: string }>(url, 'createSignalingChannel', { ChannelName: 'front' })).ChannelARN;
    const first = await start(folder);
    const arn = await create(first.url);
    await first.reset({ data: 'delete' });
    await first.stop();
    const second = await start(folder);
    expect(await create(second.url)).toBe(arn);
  });

  it('a key that is made in a later run of a seed takes none of the others away', async () => {
    const folder = dataFolder();
    const first = await start(folder, { randomSeed: 7 });
    const one = first.keys.create();
    await first.stop();
    const second = await start(folder, { randomSeed: 7 });
    const other = second.keys.create();
    expect(other.id).not.toBe(one.id);
    expect(second.keys.list().keys.map(({ id }) => id)).toEqual(expect.arrayContaining([one.id, other.id]));
  });

  it('a second emulator on the folder is refused, and told who has it', async () => {
    const folder = dataFolder();
    const first = await start(folder);
    await expect(createEmulator({ dataDir: folder })).rejects.toThrow(
      `${folder} is in use by another emulator, process ${process.pid}`,
    );
    await first.stop();
    await start(folder);
  });

  it('an hour that passes while nobody runs counts', async () => {
    const folder = dataFolder();
    const now = Date.now();
    const first = await start(folder, { startTime: now });
    await call(first.url, 'createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await putMedia({ url: first.url }, recording(3));
    await first.stop();
    const second = await start(folder, { startTime: now + 2 * HOUR });
    expect(await listFragments(second.url, 'cam')).toEqual([]);
    await second.stop();
    expect(media(folder)).toEqual([]);
  });
});
