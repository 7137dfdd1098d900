// What the configuration records and sequence parameter sets of H.264 and H.265 have alike.

import type { BitReader } from '../bytes/bitReader.ts';
import { concatenate } from '../bytes/concatenate.ts';
import { CodecError } from './error.ts';

/** What a configuration record says of frames, whichever of the two codecs it is of. */
export interface VideoRecord {
  readonly lengthSize: number;
  /** In its order, each what its own first byte says; there may be none. */
  readonly parameterSets: readonly Uint8Array[];
  readonly codecString: string;
}

/** No stream has more, and each is looked into. */
export const MOST_SETS = 256;

/** Behind its length in two bytes, as records have their parameter sets. */
export const sized = (set: Uint8Array): Uint8Array =>
  concatenate([Uint8Array.of(set.length >> 8, set.length & 0xff), set]);

/** Goes through a configuration record (ISO/IEC 14496-15). Throws a CodecError `invalid` for what is none. */
export class RecordReader {
  readonly parameterSets: Uint8Array[] = [];
  readonly lengthSize: number;
  readonly #record: Uint8Array;
  readonly #codec: string;
  /** Of the next byte. */
  #at: number;

  constructor(codec: 'H.264' | 'H.265', record: Uint8Array, { shortest, headLength, lengthsAt }: RecordForm) {
    this.#codec = codec;
    this.#record = record;
    this.#at = headLength;
    if (record.length < shortest) this.#refuse('too short');
    if (record[0] !== 1) this.#refuse('its version is not 1');
    this.lengthSize = ((record[lengthsAt] as number) & 3) + 1;
    if (this.lengthSize === 3) this.#refuse('NAL unit lengths of 3 bytes');
  }

  /** A count of so many bytes; 0 behind the end. */
  count(bytes: 1 | 2): number {
    let value = 0;
    for (let i = 0; i < bytes; i++) value = (value << 8) | (this.#record[this.#at++] ?? 0);
    return value;
  }

  takeSets(many: number): void {
    for (let i = 0; i < many; i++) {
      const size = this.count(2);
      const start = this.#at;
      this.#at += size;
      if (this.#at > this.#record.length) this.#refuse('a parameter set breaks off');
      if (size > 0 && this.parameterSets.length < MOST_SETS)
        this.parameterSets.push(this.#record.subarray(start, this.#at));
    }
  }

  #refuse(why: string): never {
    throw new CodecError('invalid', `no ${this.#codec} configuration record: ${why}`);
  }
}

interface RecordForm {
  readonly shortest: number;
  /** Bytes in front of the first count of parameter sets. */
  readonly headLength: number;
  /** Of the byte that says how long the lengths of NAL units are. */
  readonly lengthsAt: number;
}

/** Width and height without what is cut off at the edges, if anything is; `fields` of a picture are cut alike. */
export function cropped(
  bits: BitReader,
  [width, height]: readonly [width: number, height: number],
  chromaFormat: number,
  fields = 1,
): { width: number; height: number } {
  if (!bits.flag()) return { width, height };
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = (chromaFormat === 1 ? 2 : 1) * fields;
  return { width: width - unitX * (bits.ue() + bits.ue()), height: height - unitY * (bits.ue() + bits.ue()) };
}
