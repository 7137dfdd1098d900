import { wallTimeout } from './wall.ts';

const QUIET_MS = 10_000;

/** What is said again and again of one thing: the first time at once, then once in ten seconds with how often that was. */
export class Repeats {
  readonly #later: (run: () => void, ms: number) => unknown;
  /** Of those that have been told within the last ten seconds. */
  readonly #counts = new Map<object, Map<string, number>>();

  constructor(later: (run: () => void, ms: number) => unknown = wallTimeout) {
    this.#later = later;
  }

  say(of: object, text: string, say: (text: string) => void): void {
    const counts = this.#counts.get(of) ?? new Map<string, number>();
    this.#counts.set(of, counts);
    const count = counts.get(text);
    if (count === undefined) say(text);
    counts.set(text, (count ?? -1) + 1);
    if (count === undefined) this.#later(() => this.#tell(of, text, say), QUIET_MS);
  }

  #tell(of: object, text: string, say: (text: string) => void): void {
    const counts = this.#counts.get(of);
    const count = counts?.get(text) ?? 0;
    if (count > 0) {
      say(`${text} (${count} more in ten seconds)`);
      counts?.set(text, 0);
      this.#later(() => this.#tell(of, text, say), QUIET_MS);
      return;
    }
    counts?.delete(text);
    if (counts?.size === 0) this.#counts.delete(of);
  }
}
