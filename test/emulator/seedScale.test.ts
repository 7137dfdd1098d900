// What a recording costs does not grow with how long it is shown, and it outlasts who has read it. Counted, not timed.
import { describe, expect, it, vi } from 'vitest';
import { Run } from '../../src/domain/fragments/run.ts';
import type { Seed } from '../../src/emulator/seedShapes.ts';
import { insideOf } from '../../src/inside.ts';
import { Room } from '../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../src/store/memory/records.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { START, startService } from '../support/service.ts';
import { recording } from '../support/simpleMedia.ts';

const NOW = '2030-01-02T00:00:00.000Z';
const frozen = { clock: 'frozen', startTime: NOW } as const;
const FILE = 'clip';
/** A file of one fragment of two seconds, but for what is in front of it. */
const clip = (bytes: number): Uint8Array =>
  recording(1, { lengthMs: 2000, metadata: [['padding', 'x'.repeat(Math.min(bytes, 200))]] });

const cameras = (count: number, ago: string): Seed => ({
  files: { [FILE]: Buffer.from(clip(200)).toString('base64') },
  streams: Array.from({ length: count }, (_, at) => ({
    ...{ name: `cam-${String(at).padStart(3, '0')}`, retention: '24h' },
    media: [{ file: FILE, ago, until: 'now' }],
  })),
});
const used = (emulator: TestEmulator): number => insideOf(emulator)?.services.room.usage().used ?? 0;

describe('a day of a hundred cameras from one file', () => {
  it('is there without a fragment being made, and takes as much room as a minute of it', async () => {
    const costs: number[] = [];
    for (const ago of ['1m', '24h']) {
      const emulator = await startEmulator(frozen);
      const count = countMade();
      const { fragments } = await emulator.seed(cameras(100, ago));
      count.stop();
      expect(fragments).toBe(100 * (ago === '1m' ? 30 : 43_200 - 1));
      // One for each stream, whose number its key is sealed for, and one that is told of.
      expect(count.made).toBeLessThanOrEqual(2 * 100);
      costs.push(used(emulator));
    }
    expect(costs[1]).toBe(costs[0]);
    const one = await startEmulator(frozen);
    await one.seed(cameras(1, '24h'));
    // A hundred streams cost a hundred times what one does, but for the file.
    expect((costs[1] ?? 0) / 100).toBeLessThan(used(one));
  });

  it('is found anywhere in it by making what is shown, and expires without making what goes', async () => {
    const emulator = await startEmulator(frozen);
    await emulator.seed(cameras(1, '24h'));
    const count = countMade();
    const { fragments } = await emulator.streams.fragments('cam-000', { from: '2030-01-01T12:00:00Z', limit: 3 });
    expect(fragments.map(({ serverTime }) => serverTime)).toEqual(
      ['00', '02', '04'].map((second) => `2030-01-01T12:00:${second}.000Z`),
    );
    expect(await emulator.streams.fragment('cam-000', fragments[1]?.number ?? '')).toBeInstanceOf(Uint8Array);
    expect(count.made).toBeLessThan(20);
    await emulator.clock.advance('12h');
    // The last hundred of each stroke are told of.
    expect(count.made).toBeLessThan(300);
    expect(emulator.streams.get('cam-000')).toMatchObject({ fragments: 21_599, oldest: '2030-01-01T12:00:02.000Z' });
    count.stop();
  });

  it('gives all of its room back when it has expired, and when its streams have gone', async () => {
    const emulator = await startEmulator(frozen);
    await emulator.seed({ streams: [{ name: 'other' }] });
    const before = used(emulator);
    await emulator.seed(cameras(3, '24h'));
    expect(used(emulator)).toBeGreaterThan(before);
    await emulator.clock.advance('25h');
    await emulator.seed({ ...cameras(3, '1h'), onConflict: 'leave' });
    const three = used(emulator);
    await emulator.reset();
    expect(used(emulator)).toBe(0);
    expect(three).toBeGreaterThan(before);
  });
});

it('what a stream shows is there after a restart, with its numbers, until it expires', async () => {
  const room = new Room({ capacity: 1 << 30 });
  const stores = { records: new MemoryRecordStore(room), payloads: new MemoryPayloadStore(room) };
  const first = startService({ stores });
  const data = Buffer.from(clip(10)).toString('base64');
  const scope = { account: '000000000000', region: 'us-east-1' };
  await first.face.seed({
    streams: [{ name: 'door', retention: '24h', media: [{ data, ago: '1h', loop: 3, tags: { event: 'ring' } }] }],
  });
  const seen = await first.face.streams.fragments('door', scope);
  expect(seen.fragments.map(({ tags }) => tags.event)).toEqual(['ring', 'ring', 'ring']);
  const bytes = await first.face.streams.fragment('door', seen.fragments[2]?.number ?? '', scope);

  const second = startService({ stores, startTime: START });
  expect(await second.face.streams.fragments('door', scope)).toEqual(seen);
  expect(await second.face.streams.fragment('door', seen.fragments[2]?.number ?? '', scope)).toEqual(bytes);
  // What comes has numbers behind those.
  const again = { streams: [{ name: 'yard', retention: '24h', media: [{ data, ago: '1h' }] }] };
  expect(await second.face.seed(again)).toMatchObject({ fragments: 1 });

  const late = startService({ stores, startTime: START + 23 * 3_600_000 + 3000 });
  expect((await late.face.streams.fragments('door', scope)).fragments).toEqual(seen.fragments.slice(2));
});

/** Counts fragments that are made of a recording. */
function countMade() {
  const made = vi.spyOn(Run.prototype, 'fragment');
  return {
    get made() {
      return made.mock.calls.length;
    },
    stop: () => made.mockRestore(),
  };
}
