import { Canvas, CELLS, type Colour } from '../encode/canvas.ts';
import { GLYPH } from './font.ts';
import { Label, PITCH } from './label.ts';

/** What a picture tells. */
export interface Moment {
  /** `2030-01-01T00:00:00.040Z` */
  readonly iso: string;
  /** Which picture it is, from 0. */
  readonly frame: number;
}

/** Bars of colour, from bright to dark, as a test picture has them. */
const BARS: readonly Colour[] = [
  { luma: 176, cb: 128, cr: 128 },
  { luma: 160, cb: 44, cr: 142 },
  { luma: 128, cb: 156, cr: 44 },
  { luma: 112, cb: 72, cr: 58 },
  { luma: 80, cb: 184, cr: 198 },
  { luma: 64, cb: 100, cr: 212 },
  { luma: 32, cb: 212, cr: 114 },
];
const PLATE: Colour = { luma: 16, cb: 128, cr: 128 };
const INK = 224;
const DIM = 144;
/** `12:34:56.789` and a margin, in dots; four lines with blank ones between them. */
const WIDEST = 12 * PITCH + 2;
const LINE = GLYPH.height + 2;
const LINES = 4;

/** The smallest picture that the letters fit into. */
export const SMALLEST = { width: WIDEST * 4 + 24, height: (LINES * LINE + 8) * 4 } as const;

/**
 * A test picture: bars of colour, on them the name of the camera, date, time, and the number of the picture; at the bottom
 * a mark that crosses the picture once a second.
 */
export class Scene {
  readonly canvas: Canvas;
  readonly #name: Label;
  readonly #day: Label;
  readonly #time: Label;
  readonly #frame: Label;
  #mark = 0;

  constructor(width: number, height: number, name: string) {
    this.canvas = new Canvas(width, height);
    const { canvas } = this;
    const { columns, rows, visible } = canvas;
    BARS.forEach((colour, at) => {
      const edges = [at, at + 1].map((bar) => Math.round((bar * columns) / BARS.length));
      canvas.paint([edges[0] ?? 0, 0], [edges[1] ?? 0, rows], colour);
    });
    const [across, down] = visible;
    const scale = Math.max(1, Math.floor(Math.min(across / WIDEST, (down - 2 * CELLS) / (LINES * LINE))));
    const top = Math.floor((down - CELLS - LINES * LINE * scale) / 2);
    const left = Math.floor((across - (WIDEST - 2) * scale) / 2);
    const edge = (cells: number): number => Math.floor(cells / CELLS);
    canvas.paint(
      [edge(left - 2), edge(top)],
      [edge(left + WIDEST * scale) + 1, edge(top + LINES * LINE * scale) + 1],
      PLATE,
    );
    canvas.paint([0, edge(down) - 1], [columns, rows], PLATE);
    const label = (line: number, ink: number): Label =>
      new Label({ x: left, y: top + (line * LINE + 1) * scale, scale, length: 12 }, ink, PLATE.luma);
    [this.#name, this.#day, this.#time, this.#frame] = [label(0, DIM), label(1, INK), label(2, INK), label(3, DIM)];
    this.#name.show(canvas, name);
  }

  show({ iso, frame }: Moment): void {
    const { canvas } = this;
    this.#day.show(canvas, iso.slice(0, 10));
    this.#time.show(canvas, iso.slice(11, 23));
    this.#frame.show(canvas, `#${String(frame).padStart(8, '0')}`);
    this.#move(Number(iso.slice(20, 23)) / 1000);
  }

  /** The mark, as wide as a cell is high, to a part of the width. */
  #move(part: number): void {
    const [across, down] = this.canvas.visible;
    const row = Math.floor(down / CELLS) * CELLS - CELLS;
    const to = Math.floor(part * across);
    for (const [x, luma] of [
      [this.#mark, PLATE.luma],
      [to, INK],
    ] as const)
      for (let y = 0; y < CELLS; y++) this.canvas.set(x, row + y, luma);
    this.#mark = to;
  }
}
