import { describe, expect, it } from 'vitest';
import { type FollowEvent, follow } from '../../../src/domain/fragments/follow.ts';
import { StoreError } from '../../../src/domain/ports.ts';
import { receive } from '../../../src/operations/media/receive.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { AsyncQueue } from '../../../src/runtime/queue.ts';
import { Repeats } from '../../../src/runtime/repeats.ts';
import { bytesOf, type LogOptions, SOMEBODY, START, startLog } from '../../support/fragments.ts';
import {
  type Bytes,
  cluster,
  concat,
  cues,
  ebmlHeader,
  hex,
  info,
  segment,
  simpleBlock,
  tags,
  tracks,
} from '../../support/mkv.ts';
import { producerStream } from '../../support/producer.ts';
import { settle } from '../../support/service.ts';

const HEAD = concat(ebmlHeader(), segment([info(), tracks()]));
const known = (timecode: number): Bytes => cluster({ timecode, size: 'known' }, [simpleBlock({ key: true })]);

/** One producer's session, its body sent piece by piece. */
function startSession(options: LogOptions = {}) {
  const service = startLog(options);
  const body = new AsyncQueue<Bytes>();
  const lines = receive(
    {
      clock: service.clock,
      room: service.room,
      repeats: new Repeats(),
      log: silentLog,
      strict: false,
      warn: () => undefined,
      timeIsOver: () => undefined,
      principal: SOMEBODY,
    },
    service.log,
    { producerStart: START, acknowledge: true },
    body,
  );
  const acks: string[] = [];
  const state = { over: false };
  void (async () => {
    for await (const line of lines) {
      const { EventType, FragmentTimecode: timecode = '', ErrorId: id = '' } = JSON.parse(line);
      acks.push(`${EventType} ${timecode} ${id}`.trimEnd());
    }
    state.over = true;
  })();
  const send = async (...pieces: Bytes[]): Promise<void> => {
    for (const piece of pieces) body.push(piece);
    await settle();
  };
  const end = async (): Promise<void> => {
    body.end();
    await settle();
  };
  return { ...service, acks, state, send, end };
}

describe('a session whose store fails', () => {
  it('ends at once with 5001, also while its producer waits in silence', async () => {
    const { payloads, room, send, acks, state } = startSession();
    payloads.failure = new StoreError('full', 'the disk is full');
    await send(producerStream({ fragments: 1 }).bytes);
    expect(acks).toEqual(['BUFFERING 0', 'RECEIVED 0', 'ERROR 0 5001']);
    expect(state.over).toBe(true);
    expect(room.usage().used).toBe(0);
  });

  it('tells 5001 when the body has ended before the store failed', async () => {
    const { payloads, send, end, acks, state } = startSession();
    payloads.held = true;
    payloads.failure = new StoreError('full', 'the disk is full');
    await send(HEAD, known(0));
    await end();
    expect([acks, state.over]).toEqual([['BUFFERING 0', 'RECEIVED 0'], false]);
    payloads.letGo();
    await settle();
    expect([acks.at(-1), state.over]).toEqual(['ERROR 0 5001', true]);
  });

  it('tells one ERROR, and drops the fragment that was coming', async () => {
    const { payloads, room, send, acks, state } = startSession();
    payloads.held = true;
    payloads.failure = new StoreError('full', 'the disk is full');
    await send(HEAD, known(0), known(1000), known(2000));
    expect(acks).toEqual(['BUFFERING 0', 'RECEIVED 0', 'BUFFERING 1000', 'RECEIVED 1000', 'BUFFERING 2000']);
    payloads.letGo();
    payloads.letGo();
    await settle();
    expect(acks.slice(5)).toEqual(['ERROR 0 5001']);
    expect([state.over, room.usage().used]).toEqual([true, 0]);
  });
});

describe('a store that is broken', () => {
  it('ends a session with 5000 when a fragment cannot be kept', async () => {
    const { payloads, room, send, acks, state } = startSession();
    payloads.failure = new StoreError('broken', 'the disk is gone');
    await send(HEAD, known(0), known(1000));
    expect(acks).toEqual(['BUFFERING 0', 'RECEIVED 0', 'BUFFERING 1000', 'ERROR 0 5000']);
    expect([state.over, room.usage().used]).toEqual([true, 0]);
  });

  it.each([
    ['broken', 5000],
    ['full', 5001],
  ] as const)('or %s as its bytes come, with %i', async (kind, id) => {
    const { payloads, room, send, acks, state } = startSession();
    await send(HEAD);
    payloads.appendFailure = new StoreError(kind, 'no');
    await send(known(0));
    expect(acks).toEqual(['BUFFERING 0', `ERROR 0 ${id}`]);
    expect([state.over, room.usage().used]).toEqual([true, 0]);
  });

  it('or when the header in front of it cannot be kept', async () => {
    const { payloads, owner, send, acks, room } = startSession();
    payloads.headerFailure = new StoreError('full', 'no');
    await send(HEAD, known(0), known(1000));
    expect(acks).toEqual(['BUFFERING 0', 'RECEIVED 0', 'BUFFERING 1000', 'ERROR 0 5001']);
    expect([room.usage().used, [...payloads.shelf(owner).entries()]]).toEqual([0, []]);
  });
});

describe('PERSISTED', () => {
  it('comes in the order of the fragments, whichever the store finishes first', async () => {
    const { payloads, send, end, acks } = startSession();
    payloads.held = true;
    await send(HEAD, known(0));
    await send(known(1000));
    payloads.held = false;
    await send(known(2000));
    await end();
    expect(acks.filter((ack) => ack.startsWith('PERSISTED'))).toEqual([]);
    payloads.letGo();
    await settle();
    expect(acks.filter((ack) => ack.startsWith('PERSISTED'))).toEqual([
      ...['PERSISTED 0', 'PERSISTED 1000', 'PERSISTED 2000'],
    ]);
  });
});

describe('a Cluster that came whole in front of a fault', () => {
  const trailing = tags({ a: 'b' });
  const half = cues([{ time: 0, track: 1, position: 9 }]).subarray(0, -4);
  const faults: [string, Bytes[], boolean][] = [
    ['an element cut by the end of the body', [half], true],
    ['half of an id', [hex('1c53')], true],
    ['bytes that are no element', [hex('0000')], false],
    ['Tags that break off', [concat(hex('1254c36784'), hex('7373ff00'))], false],
  ];
  it.each(faults)('goes with %s: nothing had said that the fragment was over', async (_, fault, cut) => {
    const body = concat(HEAD, known(0), known(1000), trailing, ...fault);
    for (const size of [body.length, 1]) {
      const { log, send, end, acks, room } = startSession();
      for (let at = 0; at < body.length; at += size) await send(body.subarray(at, at + size));
      if (cut) await end();
      expect(acks.toSorted()).toEqual([
        ...['BUFFERING 0', 'BUFFERING 1000', 'ERROR 1000 4006', 'PERSISTED 0', 'RECEIVED 0'],
      ]);
      const fragment = log.after(undefined);
      expect(await bytesOf(fragment!)).toEqual(known(0));
      expect(log.after(fragment!.number)).toBeUndefined();
      log.delete();
      expect(room.usage().used).toBe(0);
    }
  });

  it('is broken for who reads along, and never was for who comes later', async () => {
    const { log, clock, send, end } = startSession();
    const read = async (events: FollowEvent[], signal: AbortSignal): Promise<void> => {
      for await (const event of follow(log, { at: 'earliest' }, clock, signal, SOMEBODY)) events.push(event);
    };
    const live: FollowEvent[] = [];
    const stop = new AbortController();
    const done = read(live, stop.signal);
    await send(HEAD, known(0), half.subarray(0, 20));
    await send(half.subarray(20));
    await end();
    await done;
    expect(live.map(({ event }) => event).filter((event) => event !== 'bytes')).toEqual(['begin', 'broken']);
    const late: FollowEvent[] = [];
    const reading = read(late, stop.signal);
    await settle();
    stop.abort();
    await reading;
    expect(late).toEqual([]);
  });
});
