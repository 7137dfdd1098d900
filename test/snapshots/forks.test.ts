// A snapshot in memory, and what is the same after each return to it.
import { describe, expect, it } from 'vitest';
import type { TestEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { brief, openPut, putMedia } from '../support/putMedia.ts';
import { mediaOf } from '../support/state.ts';
import { ask, tour } from '../support/tour.ts';
import { START, stores } from './stores.ts';

const put = ({ url }: TestEmulator, StreamName = 'cam') =>
  putMedia({ url, streamName: StreamName, producerStart: String(Date.parse(START) / 1000) }, fixture('h264-gop2s.mkv'));
const media = (emulator: TestEmulator) => mediaOf(emulator, 'cam');

describe.each(stores)('a snapshot of what is $store', ({ start }) => {
  it.each([[{ randomSeed: 7 }], [{}]])('gives the same answers after each return to it, with %j', async (options) => {
    const emulator = await start(options);
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    await put(emulator);
    await emulator.clock.advance('1m');
    const snapshot = await emulator.snapshot();
    const rounds = [];
    for (const _ of [1, 2, 3]) {
      const seen = await tour(emulator, () => emulator.clock.advance('1s'));
      rounds.push(JSON.stringify([seen, await media(emulator)]));
      await snapshot.restore();
      expect(emulator.clock.now()).toBe(Date.parse(START) + 60_000);
    }
    expect(rounds[1]).toBe(rounds[0]);
    expect(rounds[2]).toBe(rounds[0]);
  });

  it('has the media that streams have lost since, and takes the room for them until it is forgotten', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    await put(emulator);
    const before = await media(emulator);
    const { bytes, bytesAlone } = await emulator.snapshots.take('ready');
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytesAlone).toBe(0);
    await emulator.reset();
    expect(emulator.snapshots.list()).toMatchObject([{ name: 'ready', streams: 1, bytes, bytesAlone: bytes }]);
    for (const _ of [1, 2]) {
      await emulator.snapshots.restore('ready');
      expect(emulator.snapshots.list()).toMatchObject([{ bytesAlone: 0 }]);
      expect(await media(emulator)).toBe(before);
      await ask(emulator, '/deleteStream', { StreamARN: emulator.streams.list().streams[0]?.arn });
    }
    emulator.snapshots.remove('ready');
    expect(emulator.snapshots.list()).toEqual([]);
    await expect(emulator.snapshots.restore('ready')).rejects.toMatchObject({ kind: 'missing' });
  });

  it('ends connections as a reset does, and what was still being received is no part of it', async () => {
    const emulator = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 24 });
    const producer = openPut({ url: emulator.url });
    await producer.send(fixture('h264-gop2s.mkv').subarray(0, 20_000));
    expect((await producer.next())?.EventType).toBe('BUFFERING');
    const snapshot = await emulator.snapshot();
    expect(snapshot.content()).toMatchObject({ streams: 1, fragments: 0 });
    await snapshot.restore();
    expect(brief(await producer.rest())).toEqual(['ERROR 4008']);
    expect(emulator.streams.list().streams).toMatchObject([{ name: 'cam', producers: 0, fragments: 0 }]);
    // Whoever comes again is taken.
    await put(emulator);
    expect(emulator.streams.list().streams[0]?.fragments).toBeGreaterThan(1);
  });
});
