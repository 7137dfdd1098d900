import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Holding, Room } from '../../src/runtime/room.ts';

describe('room', () => {
  it('is taken up to the capacity, and no byte more', () => {
    const room = new Room({ capacity: 100 });
    expect([room.reserve(60), room.reserve(41), room.reserve(40), room.reserve(1)]).toEqual([true, false, true, false]);
    room.release(60);
    expect(room.usage()).toEqual({ used: 40, capacity: 100 });
  });

  it('is made by those who can give something up, in their order, and no further than is needed', () => {
    const room = new Room({ capacity: 100 });
    const given: string[] = [];
    const giver = (name: string, times: number) => () => {
      if (times-- <= 0) return false;
      given.push(name);
      room.release(10);
      return true;
    };
    room.onShort(giver('cache', 2));
    room.onShort(giver('old', 5));
    room.reserve(100);
    expect(room.reserve(30)).toBe(true);
    expect(given).toEqual(['cache', 'cache', 'old']);
    // What would not fit into an empty one takes nothing from anybody.
    expect([room.reserve(101), given.length]).toEqual([false, 3]);
    expect([room.reserve(41), given.length, room.usage().used]).toEqual([false, 7, 60]);
  });

  it('has what lies about unused shrink to what is free and a sixteenth, whoever takes some', () => {
    const room = new Room({ capacity: 160 });
    const unused = {
      bytes: 100,
      shrinkTo(most: number) {
        this.bytes = most;
      },
    };
    room.hasUnused(unused);
    room.reserve(70);
    expect(unused.bytes).toBe(100);
    room.reserveFree(30);
    expect(unused.bytes).toBe(70);
    room.occupy(40);
    expect(unused.bytes).toBe(30);
    // What is over the capacity leaves no more than that.
    room.occupy(50);
    expect(unused.bytes).toBe(10);
    room.release(100);
    expect(unused.bytes).toBe(10);
  });

  it('is as it was when all who held some have ended, however they grew and shrank', () => {
    const step = fc.record({ who: fc.nat({ max: 4 }), bytes: fc.nat({ max: 60 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const room = new Room({ capacity: 100 });
        const held = new Array<number>(5).fill(0);
        const holdings = held.map(() => new Holding(room));
        for (const { who, bytes } of steps) {
          const others = held.reduce((total, one) => total + one, 0) - (held[who] as number);
          const fits = bytes <= (held[who] as number) || others + bytes <= 100;
          expect(holdings[who]?.to(bytes)).toBe(fits);
          if (fits) held[who] = bytes;
          expect(room.usage().used).toBe(held.reduce((total, one) => total + one, 0));
        }
        for (const holding of holdings) holding.end();
        expect(room.usage().used).toBe(0);
        // Who has ended holds nothing any more.
        expect([holdings[0]?.to(50), room.usage().used]).toEqual([true, 0]);
      }),
    );
  });
});
