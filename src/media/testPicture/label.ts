import type { Canvas } from '../encode/canvas.ts';
import { dotAt, GLYPH } from './font.ts';

/** Dots from one letter to the next. */
export const PITCH = GLYPH.width + 1;

export interface Place {
  /** Cells, of the canvas. */
  readonly x: number;
  readonly y: number;
  /** Cells of a dot, along each side. */
  readonly scale: number;
  /** How many letters there is room for. */
  readonly length: number;
}

/** A line of text on a canvas, of which only the letters that change are drawn. */
export class Label {
  readonly #place: Place;
  readonly #ink: number;
  readonly #paper: number;
  #shown = '';

  constructor(place: Place, ink: number, paper: number) {
    this.#place = place;
    this.#ink = ink;
    this.#paper = paper;
  }

  show(canvas: Canvas, text: string): void {
    const cut = text.toUpperCase().slice(0, this.#place.length).padEnd(this.#shown.length);
    for (let at = 0; at < cut.length; at++) {
      const letter = cut[at] ?? ' ';
      if (letter !== this.#shown[at]) this.#draw(canvas, letter, at);
    }
    this.#shown = cut;
  }

  #draw(canvas: Canvas, letter: string, at: number): void {
    const { x, y, scale } = this.#place;
    const left = x + at * PITCH * scale;
    for (let row = 0; row < GLYPH.height * scale; row++) {
      for (let column = 0; column < GLYPH.width * scale; column++) {
        const dot = dotAt(letter, Math.floor(column / scale), Math.floor(row / scale));
        canvas.set(left + column, y + row, dot ? this.#ink : this.#paper);
      }
    }
  }
}
