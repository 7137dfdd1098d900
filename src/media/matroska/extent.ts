/** How long a recording lasts, from its frames as they go by. */
export class Extent {
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  /** The first track's frames give the length of a frame. */
  #track: number | undefined;
  #frames = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  /** @param ms of the frame, from wherever it is counted */
  add(track: number, ms: number): void {
    this.#first = Math.min(this.#first, ms);
    this.#last = Math.max(this.#last, ms);
    this.#track ??= track;
    if (track !== this.#track) return;
    this.#frames++;
    this.#from = Math.min(this.#from, ms);
    this.#to = Math.max(this.#to, ms);
  }

  /** Milliseconds from the first frame to the end of the last one; 0 without frames. */
  get durationMs(): number {
    if (this.#frames === 0) return 0;
    const frame = this.#frames > 1 ? (this.#to - this.#from) / (this.#frames - 1) : 1;
    return Math.ceil(this.#last - this.#first + frame);
  }
}
