import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FragmentRecord, HeaderRecord } from '../../../src/domain/fragments/fragmentRecord.ts';
import type { ShelfOwner } from '../../../src/domain/ports.ts';
import { newBlock } from '../../../src/runtime/block.ts';
import { Room } from '../../../src/runtime/room.ts';
import { type MemoryPayload, MemoryPayloadStore, type MemoryShelf } from '../../../src/store/memory/payloads.ts';
import { SLAB_BYTES, Slabs } from '../../../src/store/memory/slabs.ts';
import { logOwner, piecesOf } from '../../support/fragments.ts';
import { type Bytes, concat } from '../../support/mkv.ts';

const GIB = 1 << 30;
const bytesOf = async (payload: MemoryPayload): Promise<Bytes> => concat(...piecesOf(await payload.open()));
const filled = (length: number, value: number): Bytes => new Uint8Array(length).fill(value);

let made = 0;
const owner = (): ShelfOwner => ({ ...logOwner(0), arn: `arn:${made++}` });
const record = (): FragmentRecord => ({
  number: '7',
  begunAt: 1,
  serverTime: 2,
  producerTime: 3,
  timecode: '4',
  header: 'header',
  first: true,
  leading: new Uint8Array(),
  leadingSize: 0,
  size: 5,
  frames: 1,
  lengthMs: 6,
});

const staged = { arn: 'arn:staged', record: record(), header: {} as HeaderRecord };

/** Sizes of the blocks that have been got from the machine since the test began. */
let blocks: number[];

const startStore = (room: Room): MemoryPayloadStore => {
  const slabs = new Slabs((size) => {
    blocks.push(size);
    return newBlock(size);
  });
  return new MemoryPayloadStore(room, slabs);
};

/** A stream's place in a store. */
function startShelf(capacity = GIB, room = new Room({ capacity }), store = startStore(room)) {
  const shelf = store.shelf(owner());
  const draft = () => {
    const inner = shelf.draft();
    const append = (piece: Bytes): void => {
      if (!inner.append(piece)) throw new Error('no room');
    };
    return { inner, append };
  };
  const keep = (...pieces: Bytes[]): Promise<MemoryPayload> => {
    const { inner, append } = draft();
    for (const piece of pieces) append(piece);
    inner.end();
    return inner.keep(record);
  };
  return { room, draft, keep };
}

beforeEach(() => {
  blocks = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('fragments in memory', () => {
  it('come back byte for byte however they were cut and whatever came and went around them', async () => {
    const action = fc.record({
      sizes: fc.array(fc.integer({ min: 1, max: 700_000 }), { minLength: 1, maxLength: 4 }),
      remove: fc.boolean(),
      read: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), async (actions) => {
        const { room, keep } = startShelf();
        const kept: { payload: MemoryPayload; source: Bytes; handedOut?: Bytes[] }[] = [];
        const gone: typeof kept = [];
        let value = 0;
        for (const { sizes, remove, read } of actions) {
          const pieces = sizes.map((size) => filled(size, ++value % 256));
          const source = concat(...pieces);
          kept.push({ payload: await keep(...pieces), source });
          // The pieces are the caller's again: what becomes of them changes nothing.
          for (const piece of pieces) piece.fill(0);
          const oldest = kept[0];
          if (read && oldest !== undefined) oldest.handedOut = piecesOf(await oldest.payload.open());
          if (remove && oldest !== undefined) {
            kept.shift();
            oldest.payload.remove();
            gone.push(oldest);
          }
        }
        for (const { payload, source } of kept) expect(Buffer.compare(await bytesOf(payload), source)).toBe(0);
        // What a reader was given is its own, also when others have been stored since.
        for (const { handedOut, source } of gone) {
          if (handedOut !== undefined) expect(Buffer.compare(concat(...handedOut), source)).toBe(0);
        }
        for (const { payload } of kept) payload.remove();
        expect(room.usage().used).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('are written where others were that nobody has read', async () => {
    const { keep } = startShelf();
    const first = await keep(filled(3 * SLAB_BYTES, 1));
    expect(blocks).toEqual([SLAB_BYTES, SLAB_BYTES, SLAB_BYTES]);
    first.remove();
    const second = await keep(filled(3 * SLAB_BYTES, 2));
    expect(blocks).toHaveLength(3);
    expect(Buffer.compare(await bytesOf(second), filled(3 * SLAB_BYTES, 2))).toBe(0);
  });

  it('and where others were that somebody has but looked at while they came', async () => {
    const { draft, keep } = startShelf();
    const { inner, append } = draft();
    append(filled(SLAB_BYTES, 1));
    append(filled(SLAB_BYTES, 2));
    expect(
      Buffer.compare(concat(...(inner.look() as Bytes[])), concat(filled(SLAB_BYTES, 1), filled(SLAB_BYTES, 2))),
    ).toBe(0);
    inner.end();
    (await inner.keep(record)).remove();
    await keep(filled(2 * SLAB_BYTES, 3));
    expect(blocks).toHaveLength(2);
  });

  it('of a stream that has little are written where others of such a stream were', async () => {
    const room = new Room({ capacity: GIB });
    const store = startStore(room);
    const gone = startShelf(GIB, room, store);
    for (const payload of [await gone.keep(filled(4096, 1)), await gone.keep(filled(8192, 2))]) payload.remove();
    expect(blocks).toEqual([4096, 16_384]);
    const next = startShelf(GIB, room, store);
    const [first, second] = [await next.keep(filled(4096, 3)), await next.keep(filled(8192, 4))];
    expect(blocks).toHaveLength(2);
    expect(Buffer.compare(await bytesOf(first), filled(4096, 3))).toBe(0);
    expect(Buffer.compare(await bytesOf(second), filled(8192, 4))).toBe(0);
  });

  it('are not written where others were that somebody may still look at', async () => {
    const { keep } = startShelf();
    const first = await keep(filled(SLAB_BYTES, 1));
    const view = piecesOf(await first.open())[0] as Bytes;
    first.remove();
    await keep(filled(SLAB_BYTES, 2));
    expect(view.every((byte) => byte === 1)).toBe(true);
    expect(blocks).toHaveLength(2);
  });

  it('share blocks, which go only with the last of them', async () => {
    const { keep } = startShelf();
    const big = await keep(filled(SLAB_BYTES - 10, 1));
    const small = await keep(filled(10, 2));
    big.remove();
    await keep(filled(SLAB_BYTES, 3));
    expect(blocks).toHaveLength(2);
    small.remove();
    await keep(filled(SLAB_BYTES, 4));
    expect(blocks).toHaveLength(2);
  });

  it('take little more than they are while a stream has few', async () => {
    const { keep } = startShelf();
    await keep(filled(300, 1));
    expect(blocks).toEqual([4096]);
    for (let i = 0; i < 400; i++) await keep(filled(300, 1));
    const held = blocks.reduce((total, size) => total + size, 0);
    expect(held).toBeLessThan(3 * 401 * 300);
  });

  it('of two streams never share a block: one may be kept long after the other has gone', async () => {
    const room = new Room({ capacity: GIB });
    const store = startStore(room);
    const [one, other] = [startShelf(GIB, room, store), startShelf(GIB, room, store)];
    const going = await one.keep(filled(SLAB_BYTES, 1));
    await other.keep(filled(100, 2));
    going.remove();
    await other.keep(filled(SLAB_BYTES, 3));
    // The one's block, the other's first of 4 KiB, the one's again.
    expect(blocks).toEqual([SLAB_BYTES, 4096]);
  });

  it('leave memory that goes back to the machine when nobody has wanted it for ten seconds', async () => {
    vi.useFakeTimers();
    const { keep } = startShelf();
    (await keep(filled(4 * SLAB_BYTES, 1))).remove();
    const again = await keep(filled(SLAB_BYTES, 2));
    vi.advanceTimersByTime(9_999);
    await keep(filled(SLAB_BYTES, 3));
    expect(blocks).toHaveLength(4);
    vi.advanceTimersByTime(1);
    // Two of the four were not wanted; those are gone, and what was in use meanwhile is not.
    await keep(filled(SLAB_BYTES, 4));
    expect(blocks).toHaveLength(5);
    again.remove();
    await keep(filled(SLAB_BYTES, 5));
    expect(blocks).toHaveLength(5);
    vi.advanceTimersByTime(20_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('and memory kept for others are together never more than the capacity', async () => {
    const room = new Room({ capacity: 4 * SLAB_BYTES });
    const store = startStore(room);
    const gone = startShelf(0, room, store);
    (await gone.keep(filled(4 * SLAB_BYTES, 1))).remove();
    // There are no spare ones as small: as many spare ones as they need go for them, two of the four.
    const small: MemoryPayload[] = [];
    for (let i = 0; i < 16; i++) small.push(await startShelf(0, room, store).keep(filled(SLAB_BYTES / 8, 2)));
    for (const payload of small) payload.remove();
    blocks = [];
    await startShelf(0, room, store).keep(filled(3 * SLAB_BYTES, 3));
    // Room was taken for all three before, which left one to lie about.
    expect(blocks).toEqual([SLAB_BYTES, SLAB_BYTES]);
  });

  it('go when others take the room', async () => {
    const room = new Room({ capacity: 4 * SLAB_BYTES });
    const { keep } = startShelf(0, room, startStore(room));
    (await keep(filled(4 * SLAB_BYTES, 1))).remove();
    const body = room.hold();
    body.to(4 * SLAB_BYTES);
    body.end();
    blocks = [];
    await keep(filled(SLAB_BYTES, 2));
    expect(blocks).toEqual([SLAB_BYTES]);
  });

  it('that come side by side lie apart, and go on in the blocks that others began', async () => {
    const { draft } = startShelf();
    const both = [draft(), draft()];
    for (let i = 0; i < 100; i++) for (const [at, { append }] of both.entries()) append(filled(3000, at + 1));
    for (const [at, { inner }] of both.entries()) {
      inner.end();
      const pieces = piecesOf(await (await inner.keep(record)).open());
      expect(Buffer.compare(concat(...pieces), filled(300_000, at + 1))).toBe(0);
      expect(pieces.length).toBeLessThan(10);
    }
    const before = blocks.length;
    const third = draft();
    third.append(filled(1000, 3));
    expect(blocks).toHaveLength(before);
  });

  it('can be read while they come, and by who began to read whatever becomes of them', async () => {
    const { room, draft, keep } = startShelf();
    const { inner, append } = draft();
    append(filled(10, 1));
    const [early, late] = [inner.follow(), inner.follow()];
    expect(concat(...piecesOf(early))).toEqual(filled(10, 1));
    append(filled(2 * SLAB_BYTES, 2));
    inner.end();
    const rest = filled(2 * SLAB_BYTES, 2);
    expect(Buffer.compare(concat(...piecesOf(early)), rest)).toBe(0);
    (await inner.keep(record)).remove();
    await keep(filled(3 * SLAB_BYTES, 3));
    expect(Buffer.compare(concat(...piecesOf(late)), concat(filled(10, 1), rest))).toBe(0);
    expect(room.usage().used).toBe(3 * SLAB_BYTES);
  });

  it.each([0, SLAB_BYTES])(
    'are kept for who began to read when %i bytes had come, however late they look',
    async (bytes) => {
      const { draft, keep } = startShelf();
      const { inner, append } = draft();
      append(filled(bytes, 1));
      const follow = inner.follow();
      append(filled(2 * SLAB_BYTES, 1));
      inner.end();
      (await inner.keep(record)).remove();
      await keep(filled(3 * SLAB_BYTES, 2));
      expect(concat(...piecesOf(follow)).every((byte) => byte === 1)).toBe(true);
    },
  );

  it('of a stream that has lost all it had begin small again', async () => {
    const { keep } = startShelf();
    (await keep(filled(SLAB_BYTES, 1))).remove();
    blocks = [];
    await keep(filled(300, 1));
    expect(blocks).toEqual([4096]);
  });

  it('that were given up leave their blocks to others', async () => {
    const { draft, keep } = startShelf();
    const { inner, append } = draft();
    append(filled(2 * SLAB_BYTES + 100, 1));
    inner.discard();
    const taken = blocks.length;
    await keep(filled(2 * SLAB_BYTES, 2));
    expect(blocks).toHaveLength(taken);
  });

  it('that were given up take no room, though another of their block is kept, as long as nobody looks at them', async () => {
    const { room, draft, keep } = startShelf();
    await keep(filled(100, 1));
    for (let i = 0; i < 50; i++) {
      const { inner, append } = draft();
      append(filled(3000, 2));
      inner.discard();
    }
    expect(blocks).toEqual([4096]);
    expect(room.usage().used).toBe(100);
  });

  it('that were given up while somebody looked at them take room until their block goes', async () => {
    const { room, draft, keep } = startShelf();
    const payload = await keep(filled(100, 1));
    const { inner, append } = draft();
    append(filled(3000, 2));
    const follow = inner.follow();
    inner.discard();
    expect(concat(...piecesOf(follow))).toEqual(filled(3000, 2));
    expect(room.usage().used).toBe(3100);
    payload.remove();
    expect(room.usage().used).toBe(0);
  });

  it('are refused when there is no room, and give theirs back', async () => {
    const { room, keep } = startShelf(1000);
    const payload = await keep(filled(900, 1));
    expect(room.reserve(101)).toBe(false);
    payload.remove();
    expect(room.reserve(1000)).toBe(true);
    expect(room.usage()).toEqual({ used: 1000, capacity: 1000 });
  });
});

describe('a shelf', () => {
  const room = () => new Room({ capacity: GIB });
  const keptIn = (shelf: MemoryShelf): MemoryPayload[] => [...shelf.entries()].map(({ payload }) => payload);
  async function keptOn(shelf: MemoryShelf, size = 10): Promise<MemoryPayload> {
    const draft = shelf.draft();
    draft.append(filled(size, 1));
    draft.end();
    return draft.keep(record);
  }

  it('lists what is kept on it with its record, and no more what was removed, discarded or is still to come', async () => {
    const shelf = startStore(room()).shelf(owner());
    const [first, second] = [await keptOn(shelf, 3), await keptOn(shelf, 4)];
    const coming = shelf.draft();
    coming.append(filled(5, 1));
    const gone = shelf.draft();
    gone.append(filled(5, 1));
    gone.end();
    gone.discard();
    expect([...shelf.entries()].map(({ payload }) => payload)).toEqual([first, second]);
    first.remove();
    expect([...shelf.entries()].map(({ payload }) => payload.size)).toEqual([4]);
    expect([...shelf.entries()][0]?.record).toEqual(record());
  });

  it('lists the rest whichever of them are removed, by who lists them too', async () => {
    const shelf = startStore(room()).shelf(owner());
    const kept: MemoryPayload[] = [];
    for (let count = 0; count < 6; count++) kept.push(await keptOn(shelf));
    for (const place of [2, 5, 0]) kept[place]?.remove();
    expect(keptIn(shelf)).toEqual([kept[1], kept[3], kept[4]]);
    for (const { payload } of shelf.entries()) if (payload !== kept[3]) payload.remove();
    expect(keptIn(shelf)).toEqual([kept[3]]);
    const last = await keptOn(shelf);
    expect(keptIn(shelf)).toEqual([kept[3], last]);
  });

  it('is the same for whoever comes with the same stream, as long as there is anything on it', async () => {
    const store = startStore(room());
    const [mine, theirs] = [owner(), owner()];
    const shelf = store.shelf(mine);
    const payload = await keptOn(shelf);
    shelf.headers.put('a', {
      ...{ fragment: '7', bytes: filled(1, 1), bytesWithoutTags: null, size: 1, print: null },
      ...{ trackNumbers: [1], timestampScale: '1' },
    });
    expect(keptIn(store.shelf(mine))).toEqual(keptIn(shelf));
    expect([...store.shelf(mine).headers.entries()]).toEqual([...shelf.headers.entries()]);
    expect(keptIn(store.shelf(theirs))).toEqual([]);
    payload.remove();
    expect([...store.shelf(mine).headers.entries()]).toEqual([]);
    await keptOn(shelf);
    expect(keptIn(store.shelf(mine))).toHaveLength(1);
  });

  it('that was left is not that of who comes with the same stream, whatever is still kept on it and goes', async () => {
    const store = startStore(room());
    const mine = owner();
    const old = store.shelf(mine);
    const payload = await keptOn(old);
    old.leave();
    const made = store.shelf(mine);
    expect(keptIn(made)).toEqual([]);
    const kept = [await keptOn(made), await keptOn(old)];
    payload.remove();
    kept[1]?.remove();
    await keptOn(old);
    expect([...store.shelf(mine).entries()].map((one) => one.payload)).toEqual([kept[0]]);
  });

  it('takes the room of what it is given, and leaves a draft as it was that is given too much', () => {
    const small = new Room({ capacity: 100 });
    const draft = startStore(small).shelf(owner()).draft();
    expect([draft.append(filled(60, 1)), draft.append(filled(41, 2)), draft.append(filled(40, 3))]).toEqual([
      ...[true, false, true],
    ]);
    expect(concat(...(draft.look() as Bytes[]))).toEqual(concat(filled(60, 1), filled(40, 3)));
    expect(small.usage().used).toBe(100);
    draft.discard();
    expect(small.usage().used).toBe(0);
  });
});

describe('bytes that are shared', () => {
  it('have their room until nobody holds them, whoever lets go first', async () => {
    const { room, keep } = startShelf();
    const payload = await keep(filled(1000, 7));
    const held = payload.share();
    expect([held.size, held.shared, room.usage().used]).toEqual([1000, true, 1000]);
    payload.remove();
    expect([held.shared, room.usage().used]).toEqual([false, 1000]);
    expect(concat(...piecesOf(await held.open()))).toEqual(filled(1000, 7));
    held.release();
    expect(room.usage().used).toBe(0);
  });

  it('can be kept again, on another shelf, without room for more', async () => {
    const room = new Room({ capacity: 2000 });
    const store = startStore(room);
    const { keep } = startShelf(2000, room, store);
    const payload = await keep(filled(1500, 1), filled(500, 2));
    const held = payload.share();
    payload.remove();
    const other = store.shelf(owner());
    other.adopt(record(), held);
    const [kept] = [...other.entries()];
    expect(await bytesOf(kept?.payload as MemoryPayload)).toEqual(concat(filled(1500, 1), filled(500, 2)));
    expect(room.usage().used).toBe(2000);
    kept?.payload.remove();
    expect(room.usage().used).toBe(0);
  });

  it('come from elsewhere into room of their own, or go again', async () => {
    const room = new Room({ capacity: 1000 });
    const store = startStore(room);
    const stage = store.stage();
    const [one, other] = [stage.begin(staged), stage.begin(staged)];
    expect([one.append(filled(600, 3)), other.append(filled(600, 4))]).toEqual([true, false]);
    other.discard();
    const held = await one.done();
    expect([...piecesOf(await held.open())].map(({ length }) => length)).toEqual([600]);
    held.release();
    expect(room.usage().used).toBe(0);
  });

  it('come into blocks that are filled one after the other, however many there are', () => {
    const { length } = blocks;
    const stage = startStore(new Room({ capacity: GIB })).stage();
    for (let i = 0; i < 20; i++) {
      const one = stage.begin(staged);
      expect(one.append(filled(600_000, i))).toBe(true);
      void one.done();
    }
    const got = blocks.slice(length).reduce((sum, size) => sum + size, 0);
    expect(got).toBeLessThan(1.2 * 20 * 600_000);
  });
});
