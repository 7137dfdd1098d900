/** Numbers from 0 up to 1 that are the same each time. */
export type Chance = () => number;

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    // The end of MurmurHash3 (Austin Appleby): seeds that are next to each other are to have nothing in common.
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 8) / 2 ** 24;
  };
}

export const between = (chance: Chance, least: number, most: number): number =>
  Math.floor(least + chance() * (most - least));

export const oneOf = <T>(chance: Chance, all: readonly T[]): T => all[between(chance, 0, all.length)] as T;
