/** Cells of a macroblock, along each side: 4 pixels each, the size of a transform of H.264. */
export const CELLS = 4;
const CELL_PIXELS = 4;

export interface Colour {
  /** A multiple of 16 from 16 to 224: see macroblock.ts. */
  readonly luma: number;
  /** Even numbers; 128 is grey. */
  readonly cb: number;
  readonly cr: number;
}

/**
 * A picture in cells of 4 by 4 pixels of one brightness each, and in one colour for each macroblock. That is coarse, and
 * it can be encoded without any loss, in hardly any time. Knows which macroblocks have changed since it was asked last.
 */
export class Canvas {
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** By cell, row by row. */
  readonly luma: Uint8Array;
  /** By macroblock, row by row. */
  readonly cb: Uint8Array;
  readonly cr: Uint8Array;
  readonly changed: Uint8Array;

  /** Pixels. */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / (CELLS * CELL_PIXELS));
    this.rows = Math.ceil(height / (CELLS * CELL_PIXELS));
    const blocks = this.columns * this.rows;
    this.luma = new Uint8Array(blocks * CELLS * CELLS).fill(16);
    this.cb = new Uint8Array(blocks).fill(128);
    this.cr = new Uint8Array(blocks).fill(128);
    this.changed = new Uint8Array(blocks).fill(1);
  }

  /** Cells in a row, those that are cut off at the right included. */
  get stride(): number {
    return this.columns * CELLS;
  }

  /** Cells that are wholly seen. */
  get visible(): readonly [across: number, down: number] {
    return [Math.floor(this.width / CELL_PIXELS), Math.floor(this.height / CELL_PIXELS)];
  }

  /** Brightness of one cell. */
  set(x: number, y: number, luma: number): void {
    const at = y * this.stride + x;
    if (this.luma[at] === luma) return;
    this.luma[at] = luma;
    this.changed[(y >> 2) * this.columns + (x >> 2)] = 1;
  }

  /** Colours whole macroblocks. */
  paint([left, top]: readonly [number, number], [right, bottom]: readonly [number, number], colour: Colour): void {
    for (let row = top; row < bottom; row++) {
      for (let column = left; column < right; column++) {
        const block = row * this.columns + column;
        this.cb[block] = colour.cb;
        this.cr[block] = colour.cr;
        this.changed[block] = 1;
        for (let cell = 0; cell < CELLS * CELLS; cell++)
          this.set(column * CELLS + (cell & 3), row * CELLS + (cell >> 2), colour.luma);
      }
    }
  }
}
