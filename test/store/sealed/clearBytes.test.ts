// What of media lies in the clear: every block that store and index hold is looked through for the bytes that were sent.
import { describe, expect, it } from 'vitest';
import { follow } from '../../../src/domain/fragments/follow.ts';
import { FragmentLog } from '../../../src/domain/fragments/fragmentLog.ts';
import { Kms } from '../../../src/domain/keys/kms.ts';
import { StreamKeys } from '../../../src/domain/keys/streamKeys.ts';
import type { PayloadStore } from '../../../src/domain/ports.ts';
import { receive } from '../../../src/operations/media/receive.ts';
import { ControllableClock } from '../../../src/runtime/clock.ts';
import { createIds } from '../../../src/runtime/ids.ts';
import { silentLog } from '../../../src/runtime/log.ts';
import { createRandom, systemChance } from '../../../src/runtime/random.ts';
import { Repeats } from '../../../src/runtime/repeats.ts';
import { Room } from '../../../src/runtime/room.ts';
import { MemoryPayloadStore } from '../../../src/store/memory/payloads.ts';
import { MemoryRecordStore } from '../../../src/store/memory/records.ts';
import { SealedPayloadStore } from '../../../src/store/sealed/sealedStore.ts';
import { fixture } from '../../support/fixtures.ts';
import { bytesOf, HOUR, logOwner, SOMEBODY, START } from '../../support/fragments.ts';
import { blocksUnder } from '../../support/heapWalk.ts';
import { concat } from '../../support/mkv.ts';
import { settle } from '../../support/service.ts';

const RUN = 32;
/** Any run of 32 bytes has one of these in it. */
const STEP = 16;

/** Places in the source whose next bytes are in one of the blocks, 32 of them in a row. Bytes all alike tell nothing. */
function foundIn(blocks: readonly Uint8Array[], source: Uint8Array): number[] {
  const whole = Buffer.from(source);
  const places: number[] = [];
  const all = blocks.map((block) => Buffer.from(block.buffer, block.byteOffset, block.length));
  for (let at = 0; at + STEP <= whole.length; at += STEP) {
    const piece = whole.subarray(at, at + STEP);
    if (new Set(piece).size < 6) continue;
    if (all.some((block) => hasRun(block, whole, at, piece))) places.push(at);
  }
  return places;
}

function hasRun(block: Buffer, whole: Buffer, at: number, piece: Buffer): boolean {
  for (let hit = block.indexOf(piece); hit >= 0; hit = block.indexOf(piece, hit + 1)) {
    let before = 0;
    while (before < STEP && at - before > 0 && hit - before > 0 && whole[at - before - 1] === block[hit - before - 1])
      before += 1;
    let behind = STEP;
    while (behind < RUN && at + behind < whole.length && whole[at + behind] === block[hit + behind]) behind += 1;
    if (before + behind >= RUN) return true;
  }
  return false;
}

const SOURCE = fixture('h264-aac-gop1s.mkv');

function start({ sealed, retentionMs = HOUR }: { sealed: boolean; retentionMs?: number }) {
  const clock = new ControllableClock({ startTime: START, frozen: true });
  const room = new Room({ capacity: 1 << 30 });
  const bare = new MemoryPayloadStore(room);
  const ids = createIds(createRandom(7));
  const chance = systemChance();
  const kms = new Kms({
    ...{ clock, ids, log: silentLog, kept: new MemoryRecordStore().keys, strict: false },
    bytes: (count) => chance.bytes(count),
    onCall: () => undefined,
  });
  const keys = new StreamKeys({ kms, clock });
  const payloads: PayloadStore = sealed ? new SealedPayloadStore(bare, keys, room) : bare;
  const log = new FragmentLog({ clock, ids, payloads, room, log: silentLog }, logOwner(retentionMs));
  const context = {
    ...{ clock, room, repeats: new Repeats(), log: silentLog, strict: false, principal: SOMEBODY },
    ...{ warn: () => undefined, timeIsOver: () => undefined },
  };
  const waiting: Uint8Array[] = [];
  let [over, wake] = [false, (): void => undefined];
  /** It holds nothing that has been taken. */
  async function* body(): AsyncGenerator<Uint8Array> {
    while (!over || waiting.length > 0) {
      if (waiting.length > 0) yield waiting.shift() as Uint8Array;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  const acks: string[] = [];
  const lines = receive(context, log, { producerStart: START, acknowledge: true }, body());
  const done = (async () => {
    for await (const line of lines) acks.push(line);
  })();
  return {
    ...{ clock, log, room, acks, payloads },
    async send(from: number, to: number, size = 4096) {
      for (let at = from; at < to; at += size)
        waiting.push(new Uint8Array(SOURCE.subarray(at, Math.min(at + size, to))));
      wake();
      await settle();
    },
    async end() {
      over = true;
      wake();
      await done;
      await settle();
    },
    /** All that the store and the index hold, the shelves and spare blocks, fragments and headers. */
    blocks: () => blocksUnder({ payloads, bare, log }, ['ControllableClock', 'Room', 'Function']),
  };
}

describe('media in the clear', () => {
  it('are nowhere in store and index once a session is over, nor is its header', async () => {
    const { send, end, blocks, log, acks } = start({ sealed: true });
    await send(0, SOURCE.length);
    await end();
    expect(acks.filter((ack) => ack.includes('PERSISTED')).length).toBeGreaterThan(2);
    expect(foundIn(blocks(), SOURCE)).toEqual([]);
    // They can be read, and even then nothing is kept of them.
    const clear = concat(...(await Promise.all([...numbers(log)].map((fragment) => bytesOf(fragment)))));
    expect(foundIn([clear], SOURCE).length).toBeGreaterThan(1000);
    expect(foundIn(blocks(), SOURCE)).toEqual([]);
  });

  it('are found by the same look where nothing is sealed', async () => {
    const { send, end, blocks } = start({ sealed: false });
    await send(0, SOURCE.length);
    await end();
    const found = foundIn(blocks(), SOURCE);
    expect(found.length).toBeGreaterThan(1000);
    // The header is among them.
    expect(found[0]).toBeLessThan(512);
  });

  it('are those of the open fragment while it is open, and of it alone', async () => {
    const { send, blocks, log, acks } = start({ sealed: true });
    const half = SOURCE.length >> 1;
    await send(0, half);
    const open = log.inProgress();
    expect(open).toBeDefined();
    expect(acks.filter((ack) => ack.includes('PERSISTED')).length).toBeGreaterThan(0);
    const found = foundIn(blocks(), SOURCE);
    // What has been sent before it is the header, and fragments that have been kept.
    const begins = half - (open?.size ?? 0);
    const between = found.filter((at) => at > 4096 && at < begins - 4096);
    expect(found.some((at) => at >= begins)).toBe(true);
    expect(between).toEqual([]);
  });

  it('are those of the open fragment alone where its pieces are large', async () => {
    const { send, blocks, log } = start({ sealed: true });
    const inHeader = 4096;
    // The second fragment is from 19,086 to 37,225, the third up to 56,908.
    await send(0, 18_000);
    await send(18_000, 36_500, 18_500);
    const begins = 36_500 - (log.inProgress()?.size ?? 0);
    const found = foundIn(blocks(), SOURCE).filter((at) => at > inHeader);
    expect(found.length).toBeGreaterThan(500);
    expect(found.filter((at) => at < begins - STEP)).toEqual([]);
    await send(36_500, 38_000);
    await send(38_000, 55_000, 17_000);
    expect(foundIn(blocks(), SOURCE).filter((at) => at > 38_000).length).toBeGreaterThan(500);
    await send(55_000, 60_000);
    expect(foundIn(blocks(), SOURCE).filter((at) => at > inHeader && at < 56_908 - STEP)).toEqual([]);
  });

  it('that are kept in the buffer of a stream that archives nothing are sealed too', async () => {
    const { send, end, blocks, log } = start({ sealed: true, retentionMs: 0 });
    await send(0, SOURCE.length);
    await end();
    expect([...numbers(log)].length).toBeGreaterThan(2);
    expect(foundIn(blocks(), SOURCE)).toEqual([]);
  });

  it('are with a reader who has begun an open fragment, who is given the rest of it', async () => {
    const { send, end, blocks, log, clock } = start({ sealed: true });
    const seen: Uint8Array[] = [];
    const events = follow(log, { at: 'earliest' }, clock, new AbortController().signal, SOMEBODY);
    await send(0, SOURCE.length >> 1);
    let ended = 0;
    // It reads a piece, and no more until all is over.
    while (seen.length === 0) {
      const { value } = await events.next();
      if (value?.event === 'bytes') seen.push(new Uint8Array(value.bytes));
    }
    await send(SOURCE.length >> 1, SOURCE.length);
    await end();
    expect(foundIn(blocks(), SOURCE)).toEqual([]);
    const all = [...numbers(log)].length;
    while (ended < all) {
      const { value } = await events.next();
      if (value?.event === 'bytes') seen.push(new Uint8Array(value.bytes));
      if (value?.event === 'end') ended += 1;
    }
    const kept = concat(...(await Promise.all([...numbers(log)].map((fragment) => bytesOf(fragment)))));
    expect(Buffer.compare(concat(...seen), kept)).toBe(0);
    await events.return();
  });
});

function* numbers(log: FragmentLog) {
  for (let next = log.after(undefined); next !== undefined; next = log.after(next.number)) yield next;
}
