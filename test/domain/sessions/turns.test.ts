// Lists of very many fragments give others their turns. Turns are counted, nothing is timed.
import { describe, expect, it } from 'vitest';
import type { Fragment } from '../../../src/domain/fragments/fragment.ts';
import type { FragmentMedia } from '../../../src/domain/fragments/media.ts';
import { select } from '../../../src/domain/fragments/selection.ts';
import { Limits } from '../../../src/domain/limits/limits.ts';
import { Sessions } from '../../../src/domain/sessions/sessions.ts';
import type { SessionSettings } from '../../../src/domain/sessions/settings.ts';
import { newestFragments } from '../../../src/domain/sessions/sources.ts';
import { Streams } from '../../../src/domain/streams/streams.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { makeHeader, SOMEBODY } from '../../support/fragments.ts';
import { turnsDuring } from '../../support/turns.ts';

const START = Date.parse('2026-11-22T12:00:00Z');
const MANY = 5000;
/** No slice takes more steps. */
const SLICE = 1000;

const track = { number: 1, kind: 'video', codec: 'avc', configuration: 'a', codecString: 'avc1.42c01e' } as const;
const time = { timescale: 1000, first: 0, duration: 1, lastDuration: 1, firstPicture: 0, delayMs: 0 };
const media: FragmentMedia = {
  tracks: [{ ...track, ...time, frames: 1, bytes: 1 }],
  faults: [],
  badFrames: [],
  codecIds: [{ track: 1, id: 'V_MPEG4/ISO/AVC' }],
  layout: '1:avc',
};

/** A stream of so many fragments of 1 ms; `order` gives their places in their producer's time. */
async function startStream(count = MANY, order = (at: number) => at) {
  const clock = new ControllableClock({ startTime: START, frozen: true });
  const ids = createIds(createRandom(7));
  const room = new Room({ capacity: 1 << 30 });
  const streams = new Streams({
    clock,
    ids,
    room,
    log: silentLog,
    payloads: new MemoryPayloadStore(room),
    records: new MemoryRecordStore(),
  });
  const looked = { count: 0 };
  const inspect = () => {
    looked.count += 1;
    return media;
  };
  const sessions = new Sessions({ clock, ids, inspect, log: silentLog, limits: new Limits() });
  const scope = { account: '000000000000', region: 'us-east-1' };
  const stream = streams.create(scope, { name: 'camera', dataRetentionInHours: 24 });
  const header = makeHeader();
  const log = stream.fragments;
  const session = {};
  for (let at = 0; at < count; at++) {
    const spec = {
      producerTime: START + order(at),
      timecode: 0n,
      header,
      first: false,
      leading: new Uint8Array(),
      writer: SOMEBODY,
    };
    const fragment = log.open(session, spec) as Fragment;
    log.append(fragment, Uint8Array.of(1));
    await log.complete(fragment, 1);
  }
  const settings = (mode: SessionSettings['mode'], protocol: SessionSettings['protocol'] = 'HLS'): SessionSettings => ({
    protocol,
    mode,
    container: 'FRAGMENTED_MP4',
    axis: 'producerTime',
    start: mode === 'LIVE' ? undefined : START,
    end: mode === 'LIVE' ? undefined : START + count,
    max: MANY,
    discontinuity: 'NEVER',
    showTimestamps: false,
    showNumbers: false,
    expiresSeconds: 300,
  });
  return { clock, stream, log, sessions, settings, looked };
}

describe('the first list of a session', () => {
  it.each([
    ['ON_DEMAND', 'HLS'],
    ['ON_DEMAND', 'DASH'],
    ['LIVE_REPLAY', 'HLS'],
    ['LIVE', 'HLS'],
  ] as const)('gives others their turns: %s, %s', async (mode, protocol) => {
    const { clock, stream, sessions, settings, looked } = await startStream();
    const session = await sessions.open(stream, SOMEBODY, settings(mode, protocol), () => undefined);
    const listing = session.list(clock.now());
    const turns = await turnsDuring(listing);
    expect((await listing).entries).toHaveLength(MANY);
    expect(looked.count).toBe(MANY);
    // To find them, to look into each, and to list them.
    expect(turns).toBeGreaterThan((3 * MANY) / SLICE - 3);
  });

  it('is the same for two who ask at once', async () => {
    const { clock, stream, sessions, settings } = await startStream();
    const session = await sessions.open(stream, SOMEBODY, settings('ON_DEMAND'), () => undefined);
    const [one, other] = await Promise.all([session.list(clock.now()), session.list(clock.now())]);
    expect(other.entries).toEqual(one.entries);
  });
});

describe('a selection', () => {
  const range = { axis: 'producerTime', start: START, end: START + MANY } as const;

  it('of what was not sent in order gives others their turns, and is right', async () => {
    // Every other one backwards.
    const { log } = await startStream(MANY, (at) => (at % 2 === 0 ? at : MANY - at));
    expect(log.recordedInOrder).toBe(false);
    const selecting = select(log, range, 10);
    expect(await turnsDuring(selecting)).toBeGreaterThan(MANY / SLICE - 1);
    expect((await selecting).map(({ producerTime }) => producerTime - START)).toEqual(
      Array.from({ length: 10 }, (_, at) => at),
    );
  });

  it('goes on where it was when what it has passed expires between two turns', async () => {
    const { log, clock } = await startStream();
    await clock.advance(2500);
    const selecting = select(log, range, MANY);
    log.setRetention(1);
    const found = (await selecting).map(({ producerTime }) => producerTime - START);
    expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
    expect(found.at(-1)).toBe(MANY - 1);
    expect(found.length).toBeLessThan(MANY);
  });

  it('of the newest gives others their turns as well', async () => {
    const { log, clock } = await startStream();
    const newest = newestFragments(log, clock.now(), { max: MANY, liveMs: 30_000 });
    expect(await turnsDuring(newest)).toBeGreaterThan(MANY / SLICE - 1);
    expect(await newest).toHaveLength(MANY);
  });
});
