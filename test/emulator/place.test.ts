import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { command as put } from '../../src/commands/put.ts';
import { run } from '../commands/world.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { type Bytes, cluster, concat, simpleBlock } from '../support/mkv.ts';
import { putMedia } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { ask } from '../support/tour.ts';

const NOW = '2030-01-02T00:00:00.000Z';

async function start(retention = 24): Promise<TestEmulator> {
  const emulator = await startEmulator({ clock: 'frozen', startTime: NOW });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: retention });
  return emulator;
}
const place = async ({ url }: TestEmulator, query: string, body: Bytes) => {
  const response = await fetch(`${url}/_kvs/streams/cam/media?${query}`, { method: 'POST', body: Buffer.from(body) });
  // biome-ignore lint/suspicious/noExplicitAny: each test knows the answer it asks for
  return { status: response.status, body: (await response.json()) as any };
};
const times = async ({ streams }: TestEmulator): Promise<string[][]> =>
  (await streams.fragments('cam', { limit: 1000 })).fragments.map(({ serverTime, producerTime }) => [
    serverTime,
    producerTime,
  ]);

describe('media of the past', () => {
  it('has the server times of when it was made, and is listed and read like any other', async () => {
    const emulator = await start();
    const { status, body } = await place(emulator, 'ago=1h', recording(3));
    expect([status, body]).toEqual([200, { fragments: 3, expired: 0, warnings: expect.any(Array) }]);
    const both = (time: string): string[] => [time, time];
    expect(await times(emulator)).toEqual(
      ['2030-01-01T23:00:00.000Z', '2030-01-01T23:00:01.000Z', '2030-01-01T23:00:02.000Z'].map(both),
    );
    const { text } = await ask(emulator, '/listFragments', {
      StreamName: 'cam',
      FragmentSelector: {
        FragmentSelectorType: 'SERVER_TIMESTAMP',
        TimestampRange: { StartTimestamp: Date.parse(NOW) / 1000 - 3600, EndTimestamp: Date.parse(NOW) / 1000 - 3599 },
      },
    });
    expect(JSON.parse(text).Fragments).toHaveLength(2);
    // It expires when it would have, and what comes now follows.
    await putMedia({ url: emulator.url, producerStart: String(Date.parse(NOW) / 1000) }, recording(1));
    await emulator.clock.advance('23h');
    expect((await times(emulator)).map(([time]) => time)).toEqual([
      ...['2030-01-01T23:00:01.000Z', '2030-01-01T23:00:02.000Z', NOW],
    ]);
  });

  it('is repeated as often as is said, or until a time, each time behind the last frame of the one before', async () => {
    const emulator = await start();
    expect((await place(emulator, 'start=2030-01-01T12:00:00Z&loop=3', recording(2))).body.fragments).toBe(6);
    expect((await times(emulator)).map(([, time]) => time?.slice(14, 19))).toEqual([
      '00:00',
      '00:01',
      '00:02',
      '00:03',
      '00:04',
      '00:05',
    ]);
    const other = await startEmulator({ clock: 'frozen', startTime: NOW });
    await ask(other, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    const placed = await other.streams.place('cam', recording(2), { ago: '1m', until: 'now' });
    expect(placed.fragments).toBe(60);
    expect((await times(other)).at(-1)?.[0]).toBe('2030-01-01T23:59:59.000Z');
  });

  it('that is older than the stream retains is over at once', async () => {
    const emulator = await start(1);
    const { body } = await place(emulator, 'ago=3601s', recording(3));
    expect(body).toMatchObject({ fragments: 1, expired: 2 });
  });

  it.each([
    ['neither start nor ago', 'loop=2', recording(1), 'Either "start" or "ago"', undefined],
    ['both', 'ago=1h&start=2030-01-01T00:00:00Z', recording(1), 'Either "start" or "ago"', undefined],
    ['loop beside until', 'ago=1h&loop=2&until=now', recording(1), 'exclude each other', undefined],
    ['what goes on into the future', 'ago=2s', recording(4), 'It goes on until 2030-01-02T00:00:01.000Z', undefined],
    [
      'what is no Matroska',
      'ago=1h',
      new Uint8Array(100).fill(7),
      'PutMedia would refuse it: INVALID_MKV_DATA',
      undefined,
    ],
    [
      'what PutMedia would end with an ERROR in the middle',
      'ago=1h',
      concat(recording(2), cluster({ timecode: 0 }, [simpleBlock({ key: true })])),
      'FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS',
      undefined,
    ],
  ])('is refused if it is %s, and nothing is kept', async (_what, query, body, error) => {
    const emulator = await start();
    const refused = await place(emulator, query, body);
    expect([refused.status, refused.body.error]).toEqual([400, expect.stringContaining(error)]);
    expect(emulator.streams.get('cam').fragments).toBe(0);
    // Nor is anything taken by it: the same place is still free.
    expect((await place(emulator, 'ago=1h', recording(1))).status).toBe(200);
  });

  it('is refused where the stream has come further already, retains nothing, or is not there', async () => {
    const emulator = await start();
    await place(emulator, 'ago=1h', recording(2));
    expect((await place(emulator, 'ago=2h', recording(2))).body.error).toContain('the stream has come to');
    await ask(emulator, '/createStream', { StreamName: 'hot' });
    await expect(emulator.streams.place('hot', recording(1), { ago: '1h' })).rejects.toThrow('retains nothing');
    await expect(emulator.streams.place('none', recording(1), { ago: '1h' })).rejects.toThrow('There is no stream');
  });

  it('takes no more memory than there is, and gives back what it took', async () => {
    const emulator = await startEmulator({ clock: 'frozen', startTime: NOW, maxMemory: '2m' });
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    const full = await place(emulator, 'ago=23h&until=now', recording(2));
    expect([full.status, full.body.error]).toEqual([400, expect.stringContaining('ARCHIVAL_ERROR')]);
    expect(emulator.streams.get('cam')).toMatchObject({ fragments: 0, bytesHeld: 0 });
  });
});

it('put --ago and put --start place a file in the past', async () => {
  const emulator = await startEmulator({ clock: 'frozen', startTime: NOW });
  const file = join(mkdtempSync(join(tmpdir(), 'kvs-place-')), 'a.mkv');
  writeFileSync(file, recording(2));
  const { code, stdout } = await run(put, ['cam', file, '--ago', '1m', '--until', 'now'], emulator.url);
  expect([code, String(stdout)]).toEqual([0, '60 fragments of the past in cam.\n']);
  await run(put, ['other', file, '--start', '2030-01-01T12:00:00Z', '--loop', '2'], emulator.url);
  expect(emulator.streams.get('other')).toMatchObject({
    ...{ fragments: 4, oldest: '2030-01-01T12:00:00.000Z', newest: '2030-01-01T12:00:03.000Z' },
  });
});
