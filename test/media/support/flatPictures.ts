// A decoder for what AvcEncoder writes, by the standard: slices of Intra16x16 macroblocks whose prediction is the mean,
// with coefficients of means alone, and of skipped ones. Anything else throws.
import { BitReader } from '../../../src/media/bytes/bitReader.ts';
import { unescapeNal } from '../../../src/media/codec/nal.ts';
import { COEFF_TOKEN, type Code, RUN_BEFORE, TOTAL_ZEROS } from '../../../src/media/encode/vlcTables.ts';

const SCAN = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];
const HADAMARD = [
  [1, 1, 1, 1],
  [1, 1, -1, -1],
  [1, -1, -1, 1],
  [1, -1, 1, -1],
];

function take(bits: BitReader, codes: readonly (readonly [Code, number])[]): number {
  let [length, value] = [0, 0];
  while (length < 17) {
    value = value * 2 + bits.bits(1);
    length++;
    const found = codes.find(([code]) => code[0] === length && code[1] === value);
    if (found !== undefined) return found[1];
  }
  throw new Error('no such code');
}
const numbered = (codes: readonly Code[]): [Code, number][] => codes.map((code, at) => [code, at]);

function levelsOf(bits: BitReader, total: number, ones: number): number[] {
  const levels: number[] = Array.from({ length: ones }, () => (bits.flag() ? -1 : 1));
  let suffixLength = total > 10 && ones < 3 ? 1 : 0;
  for (let at = ones; at < total; at++) {
    let prefix = 0;
    while (!bits.flag()) prefix++;
    const size = prefix === 14 && suffixLength === 0 ? 4 : prefix === 15 ? 12 : suffixLength;
    let code = (Math.min(15, prefix) << suffixLength) + bits.bits(size);
    if (prefix === 15 && suffixLength === 0) code += 15;
    if (at === ones && ones < 3) code += 2;
    const level = code % 2 === 0 ? (code + 2) / 2 : (-code - 1) / 2;
    levels.push(level);
    if (suffixLength === 0) suffixLength = 1;
    if (Math.abs(level) > 3 << (suffixLength - 1) && suffixLength < 6) suffixLength++;
  }
  return levels;
}

export function readCoefficients(bits: BitReader): number[] {
  const token = take(
    bits,
    COEFF_TOKEN.flatMap((codes, ones) => codes.map((code, total): [Code, number] => [code, total * 4 + ones])),
  );
  const [total, ones] = [token >> 2, token & 3];
  const scan = new Array<number>(16).fill(0);
  if (total === 0) return scan;
  const levels = levelsOf(bits, total, ones);
  let zeros = total === 16 ? 0 : take(bits, numbered(TOTAL_ZEROS[total - 1] ?? []));
  let at = total + zeros - 1;
  for (const [index, level] of levels.entries()) {
    scan[at] = level;
    const run = zeros > 0 && index < total - 1 ? take(bits, numbered(RUN_BEFORE[Math.min(zeros, 7) - 1] ?? [])) : 0;
    zeros -= run;
    at -= run + 1;
  }
  return scan;
}

/** A mean of four, of a colour. */
function readMean(bits: BitReader): number {
  if (bits.flag()) {
    const level = bits.flag() ? -1 : 1;
    if (!bits.flag()) throw new Error('zeros before the mean');
    return level;
  }
  if (bits.flag()) return 0;
  if (bits.bits(4) !== 0b0111) throw new Error('more than the mean');
  const [level = 0] = levelsOf(bits, 1, 0);
  if (!bits.flag()) throw new Error('zeros before the mean');
  return level;
}

export class FlatPictures {
  readonly luma: number[];
  readonly cb: number[];
  readonly cr: number[];
  readonly #columns: number;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.luma = new Array(columns * rows * 16).fill(-1);
    this.cb = new Array(columns * rows).fill(-1);
    this.cr = new Array(columns * rows).fill(-1);
  }

  decode(nal: Uint8Array): void {
    const key = nal[0] === 0x65;
    const bits = new BitReader(unescapeNal(nal.subarray(1)));
    const head = [bits.ue(), bits.ue(), bits.ue()];
    if (String(head) !== (key ? '0,7,0' : '0,5,0')) throw new Error(`a slice of another kind: ${head}`);
    bits.skip(16);
    if (key) bits.ue();
    bits.skip(key ? 2 : 3);
    if (bits.se() !== 0 || bits.ue() !== 1) throw new Error('another quantiser, or a filter');
    for (let block = 0; block < this.cb.length; block++) {
      if (!key) block += bits.ue();
      if (block < this.cb.length) this.#macroblock(bits, block, key ? 0 : 5);
    }
    if (bits.bits(1) !== 1 || bits.left > 7) throw new Error(`${bits.left} bits are left`);
  }

  #macroblock(bits: BitReader, block: number, before: number): void {
    const type = bits.ue() - before;
    if (type !== 3 && type !== 7) throw new Error(`a macroblock of type ${type}`);
    const columns = this.#columns;
    const [column, row] = [block % columns, Math.floor(block / columns)];
    const from = [128, block - 1, block - columns][bits.ue()] ?? 0;
    if (bits.se() !== 0) throw new Error('another quantiser');
    const [x, y, stride] = [column * 4, row * 4, columns * 4];
    const sides = [
      ...(column > 0 ? [0, 1, 2, 3].map((i) => this.luma[(y + i) * stride + x - 1] ?? 0) : []),
      ...(row > 0 ? [0, 1, 2, 3].map((i) => this.luma[(y - 1) * stride + x + i] ?? 0) : []),
    ];
    const pixels = sides.length * 4;
    const mean = pixels === 0 ? 128 : Math.floor((sides.reduce((a, b) => a + b * 4, 0) + pixels / 2) / pixels);
    const scan = readCoefficients(bits);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        let sum = 0;
        for (const [at, cell] of SCAN.entries())
          sum += (HADAMARD[i]?.[cell >> 2] ?? 0) * (HADAMARD[j]?.[cell & 3] ?? 0) * (scan[at] ?? 0);
        this.luma[(y + i) * stride + x + j] = mean + sum;
      }
    }
    for (const plane of [this.cb, this.cr]) plane[block] = column === 0 && row === 0 ? 128 : (plane[from] ?? 0);
    if (type === 7) for (const plane of [this.cb, this.cr]) plane[block] = (plane[block] ?? 0) + 2 * readMean(bits);
  }
}
