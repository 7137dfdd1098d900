// How many sessions there may be. Whoever opens more ends those that were opened first.
import { describe, expect, it } from 'vitest';
import type { Fragment } from '../../../src/domain/fragments/fragment.ts';
import type { FragmentMedia } from '../../../src/domain/fragments/media.ts';
import { Limits } from '../../../src/domain/limits/limits.ts';
import { Sessions } from '../../../src/domain/sessions/sessions.ts';
import type { SessionSettings } from '../../../src/domain/sessions/settings.ts';
import { Streams } from '../../../src/domain/streams/streams.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom } from '../../../src/runtime/random.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { makeHeader, SOMEBODY } from '../../support/fragments.ts';

const START = Date.parse('2026-11-22T12:00:00Z');
const track = { number: 1, kind: 'video', codec: 'avc', configuration: 'a', codecString: 'avc1.42c01e' } as const;
const time = { timescale: 1000, first: 0, duration: 1, lastDuration: 1, firstPicture: 0, delayMs: 0 };
const media: FragmentMedia = {
  tracks: [{ ...track, ...time, frames: 1, bytes: 1 }],
  faults: [],
  badFrames: [],
  codecIds: [{ track: 1, id: 'V_MPEG4/ISO/AVC' }],
  layout: '1:avc',
};
const settings: SessionSettings = {
  protocol: 'HLS',
  mode: 'LIVE',
  container: 'FRAGMENTED_MP4',
  axis: 'serverTime',
  start: undefined,
  end: undefined,
  max: 5,
  discontinuity: 'NEVER',
  showTimestamps: false,
  showNumbers: false,
  expiresSeconds: 300,
};

function startSessions() {
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
  const sessions = new Sessions({ limits: new Limits(), clock, ids, inspect: () => media, log: silentLog });
  const scope = { account: '000000000000', region: 'us-east-1' };

  /** A stream with a fragment, and the tokens of so many sessions on it in the order in which they were opened. */
  async function opened(name: string, count: number): Promise<{ open: () => Promise<string>; tokens: string[] }> {
    const stream = streams.create(scope, { name, dataRetentionInHours: 24 });
    const spec = {
      producerTime: START,
      timecode: 0n,
      header: makeHeader(),
      first: false,
      leading: new Uint8Array(),
      writer: SOMEBODY,
    };
    const fragment = stream.fragments.open({}, spec) as Fragment;
    stream.fragments.append(fragment, Uint8Array.of(1));
    await stream.fragments.complete(fragment, 1);
    const open = async (): Promise<string> => (await sessions.open(stream, SOMEBODY, settings, () => undefined)).token;
    const tokens: string[] = [];
    for (let i = 0; i < count; i++) tokens.push(await open());
    return { open, tokens };
  }
  const isOpen = (token: string | undefined): boolean => {
    try {
      sessions.get(token, 'HLS');
      return true;
    } catch (error) {
      // What its player is told is that its time is over, not that there never was such a session.
      expect(error).toMatchObject({ code: 'NotAuthorizedException', message: expect.stringContaining('expired') });
      return false;
    }
  };
  return { opened, isOpen };
}

describe('playback sessions', () => {
  it('are 1,000 a stream', async () => {
    const { opened, isOpen } = startSessions();
    const [one, other] = [await opened('one', 1000), await opened('other', 1)];
    expect(one.tokens.every(isOpen)).toBe(true);
    const last = await one.open();
    expect([isOpen(last), ...one.tokens.slice(0, 2).map(isOpen), isOpen(other.tokens[0])]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('are 10,000 in all', async () => {
    const { opened, isOpen } = startSessions();
    const all = [];
    for (let i = 0; i < 10; i++) all.push(await opened(`stream-${i}`, 1000));
    const tokens = all.flatMap((one) => one.tokens);
    expect(tokens.every(isOpen)).toBe(true);
    const { tokens: more } = await opened('another', 2);
    expect([...tokens, ...more].filter((token) => !isOpen(token))).toEqual(tokens.slice(0, 2));
  });
});
