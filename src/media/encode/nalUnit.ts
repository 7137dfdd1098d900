import { concatenate } from '../bytes/concatenate.ts';

/** A NAL unit of H.264: its header, and its payload so that no start code is in it (7.4.1). */
export function nalUnit(header: number, payload: Uint8Array): Uint8Array {
  const guarded: number[] = [header];
  let zeros = 0;
  for (const byte of payload) {
    if (zeros === 2 && byte <= 3) {
      guarded.push(3);
      zeros = 0;
    }
    guarded.push(byte);
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return Uint8Array.from(guarded);
}

/** Units as Matroska and MP4 have them, each behind its length of four bytes. */
export function lengthPrefixed(units: readonly Uint8Array[]): Uint8Array {
  return concatenate(
    units.flatMap((unit) => {
      const { length } = unit;
      return [Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length), unit];
    }),
  );
}
