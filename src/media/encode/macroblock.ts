import type { BitWriter } from '../bytes/bitWriter.ts';
import { type Canvas, CELLS } from './canvas.ts';
import { writeCoefficients, writeLevels } from './coefficients.ts';

/**
 * With this quantiser a coefficient of the brightness's mean counts for 64/64 of it, one of the colour's for 2: what is
 * written are whole numbers, and what is decoded is the canvas, bit by bit. Brightness has steps of 16 for it, so that
 * the transform of any pattern of cells can be divided by 16.
 */
export const QUANTISER = 28;

/** The zigzag scan of a block of 4 by 4 (H.264, table 8-2). */
const SCAN = [0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15];
/** Intra16x16 with the mean as prediction: 1 in the table of I slices, and P slices have 5 types before those (7-11). */
const MEAN = 3;
const WITH_COLOUR = 4;
const BEHIND_P_TYPES = 5;
const COLOUR_FROM = { mean: 0, left: 1, above: 2 } as const;
const GREY = 128;

/** One macroblock, whole, of what stands on the canvas: 7.3.5. */
export function writeMacroblock(out: BitWriter, canvas: Canvas, block: number, inP: boolean): void {
  const { columns, cb, cr } = canvas;
  const [column, row] = [block % columns, Math.floor(block / columns)];
  const from = column > 0 ? 'left' : row > 0 ? 'above' : 'mean';
  const before = column > 0 ? block - 1 : block - columns;
  const differences = [cb, cr].map((plane) => ((plane[block] ?? 0) - (plane[before] ?? GREY)) / 2);
  const coloured = differences.some((difference) => difference !== 0);
  out.ue(MEAN + (coloured ? WITH_COLOUR : 0) + (inP ? BEHIND_P_TYPES : 0));
  out.ue(COLOUR_FROM[from]);
  out.se(0);
  if (!findResidual(canvas, column * CELLS, row * CELLS)) out.bits(1, 1);
  else writeCoefficients(out, transformed());
  if (coloured) for (const difference of differences) writeMean(out, difference);
}

/** Of the macroblock that is being written: there are thousands in a picture. */
const residual = new Int16Array(16);
const halfway = new Int16Array(16);
const coefficients = new Int16Array(16);

/**
 * What the cells have over their prediction, the mean of the pixels to the left and above, as far as there are any. False
 * if that is nothing.
 */
function findResidual({ luma, stride }: Canvas, x: number, y: number): boolean {
  let sum = 0;
  let sides = 0;
  const at = (column: number, row: number): number => luma[row * stride + column] ?? 0;
  if (x > 0) for (let i = 0; i < CELLS; i++) sum += at(x - 1, y + i);
  if (y > 0) for (let i = 0; i < CELLS; i++) sum += at(x + i, y - 1);
  if (x > 0) sides++;
  if (y > 0) sides++;
  // Rounded as the decoder does, which sums pixels: four for each cell.
  const mean = sides === 0 ? GREY : (4 * sum + 8 * sides) >> (3 + sides);
  let some = 0;
  for (let cell = 0; cell < 16; cell++) {
    const over = at(x + (cell & 3), y + (cell >> 2)) - mean;
    residual[cell] = over;
    some |= over;
  }
  return some !== 0;
}

/** The Hadamard transform of 16 means, and its scan: the inverse of 8.5.10. */
function transformed(): Int16Array {
  butterflies(residual, halfway, 4, 1);
  butterflies(halfway, residual, 1, 4);
  for (let i = 0; i < 16; i++) coefficients[i] = (residual[SCAN[i] ?? 0] ?? 0) / 16;
  return coefficients;
}

function butterflies(cells: Int16Array, out: Int16Array, next: number, step: number): void {
  for (let line = 0; line < 4; line++) {
    const at = (i: number): number => cells[line * next + i * step] ?? 0;
    const [a, b, c, d] = [at(0) + at(3), at(1) + at(2), at(1) - at(2), at(0) - at(3)];
    out[line * next] = a + b;
    out[line * next + step] = d + c;
    out[line * next + 2 * step] = a - b;
    out[line * next + 3 * step] = d - c;
  }
}

/** Of the four means of a colour the one coefficient that is the same for all; or none. */
function writeMean(out: BitWriter, level: number): void {
  if (level === 0) {
    out.bits(2, 0b01);
    return;
  }
  if (Math.abs(level) === 1) {
    out.bits(1, 1);
    out.flag(level < 0);
  } else {
    out.bits(6, 0b000111);
    writeLevels(out, [level], 0, true);
  }
  // total_zeros: there is none before it.
  out.bits(1, 1);
}
