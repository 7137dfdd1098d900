import { customRandom } from 'nanoid';
import type { Random } from './random.ts';

/** Makes every identifier the emulator hands out, all from the injected source of chance. */
export interface Ids {
  /** Lower-case version 4 UUID: request ids. */
  uuid(): string;
  /** 20 characters of [A-Za-z0-9]: the Version of a stream or channel. */
  version(): string;
  /** Ids for one use: which they are depends on the seed and the use alone, whatever else is drawn meanwhile. */
  of(...use: readonly string[]): Ids;
  /** Which ids come next, as text: whoever loads that gives the same ones. */
  save(): string;
  load(saved: string): void;
  /** The same, also for whoever comes after a restart, where something outlasts it. */
  lasting(...use: readonly string[]): Ids;
}

const narrowed = (random: Random, use: readonly string[]): Random =>
  use.reduce((source, part) => source.of(part), random);

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight digits. From a table: every request has an id, and toString with padStart takes four times as long. */
const hex = (value: number): string =>
  `${BYTES[value >>> 24]}${BYTES[(value >>> 16) & 0xff]}${BYTES[(value >>> 8) & 0xff]}${BYTES[value & 0xff]}`;

/** @param kept chance that outlasts the process, where that is another's */
export function createIds(random: Random, kept?: () => Random): Ids {
  const ids: Ids = {
    uuid() {
      const a = hex(random.uint32());
      const b = hex(((random.uint32() & 0xffff0fff) | 0x4000) >>> 0);
      const c = hex(((random.uint32() & 0x3fffffff) | 0x80000000) >>> 0);
      const d = hex(random.uint32());
      return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
    },
    version: customRandom(ALPHANUMERIC, 20, (count) => random.bytes(count)),
    of(...use: readonly string[]) {
      return createIds(narrowed(random, use), kept && (() => narrowed(kept(), use)));
    },
    lasting(...use: readonly string[]) {
      if (kept === undefined) return ids.of(...use);
      const own = narrowed(kept(), use);
      return createIds(own, () => own);
    },
    save: () => random.save(),
    load: (saved) => random.load(saved),
  };
  return ids;
}
