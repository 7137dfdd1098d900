import type { BitReader } from '../bytes/bitReader.ts';

export interface ProgramConfig {
  readonly channels: number;
  /** The element with its id in front and padded to whole bytes, as it begins a raw_data_block. */
  readonly element: Uint8Array;
}

/** Of the elements of a raw_data_block (ISO/IEC 14496-3, table 4.85). */
const ID_PCE = 5;

/** program_config_element (ISO/IEC 14496-3, 4.4.1.1), as it stands in an AudioSpecificConfig. */
export function readProgramConfig(bits: BitReader): ProgramConfig {
  const out = new BitList();
  const copy = (count: number): number => {
    const value = bits.bits(count);
    out.put(value, count);
    return value;
  };
  out.put(ID_PCE, 3);
  copy(4 + 2 + 4); // tag, object type, rate
  const [front, side, back] = [copy(4), copy(4), copy(4)];
  const [lowFrequency, data, coupling] = [copy(2), copy(3), copy(4)];
  for (let mixdowns = 0; mixdowns < 2; mixdowns++) if (copy(1) === 1) copy(4); // mono, stereo
  if (copy(1) === 1) copy(3); // matrix
  let channels = lowFrequency;
  for (let left = front + side + back; left > 0; left--) {
    channels += 1 + copy(1); // a pair has two
    copy(4);
  }
  for (let left = lowFrequency + data; left > 0; left--) copy(4);
  for (let left = coupling; left > 0; left--) copy(5);
  // Both are padded to a byte, but not from the same place on.
  bits.align();
  out.align();
  for (let comment = copy(8); comment > 0; comment--) copy(8);
  return { channels, element: out.bytes() };
}

class BitList {
  readonly #bits: number[] = [];

  put(value: number, count: number): void {
    for (let bit = count - 1; bit >= 0; bit--) this.#bits.push((value >> bit) & 1);
  }

  align(): void {
    while (this.#bits.length % 8 !== 0) this.#bits.push(0);
  }

  bytes(): Uint8Array {
    const out = new Uint8Array(this.#bits.length >> 3);
    this.#bits.forEach((bit, at) => {
      out[at >> 3] = (out[at >> 3] as number) | (bit << (7 - (at & 7)));
    });
    return out;
  }
}
