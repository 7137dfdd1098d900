import { wallTimeout } from './wall.ts';

const QUIET_MS = 10_000;
/** Of each thing so many kinds of texts are told apart. */
const MOST_KINDS = 20;
const OTHERS = '';

/** Texts are of one kind if they differ in numbers alone: who is refused for a timecode has another each time. */
const kindOf = (text: string): string => text.replace(/\d+/g, '0');

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
    const known = kindOf(text);
    const kind = counts.has(known) || counts.size < MOST_KINDS ? known : OTHERS;
    const count = counts.get(kind);
    if (count === undefined) say(text);
    counts.set(kind, (count ?? -1) + 1);
    if (count === undefined) this.#later(() => this.#tell(of, kind, text, say), QUIET_MS);
  }

  #tell(of: object, kind: string, text: string, say: (text: string) => void): void {
    const counts = this.#counts.get(of);
    const count = counts?.get(kind) ?? 0;
    if (count > 0) {
      say(`${text} (${count} more in ten seconds)`);
      counts?.set(kind, 0);
      this.#later(() => this.#tell(of, kind, text, say), QUIET_MS);
      return;
    }
    counts?.delete(kind);
    if (counts?.size === 0) this.#counts.delete(of);
  }
}
