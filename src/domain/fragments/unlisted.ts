import type { Clock } from '../../runtime/clock.ts';
import type { Fragment } from './fragment.ts';

/** Fragments in the archive that are not listed yet; with how to call off that they will be. */
export class Unlisted {
  readonly #clock: Clock;
  readonly #fragments = new Map<Fragment, { readonly until: number; readonly cancel: () => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(fragment: Fragment, until: number): void {
    const list = (): void => void this.#fragments.delete(fragment);
    this.#fragments.set(fragment, { until, cancel: this.#clock.at(until, list, { what: 'state' }) });
  }

  /** Numbers of those that are in the archive, and until when. */
  save(): [number: string, until: number][] {
    return [...this.#fragments]
      .filter(([{ persisted }]) => persisted)
      .map(([{ number }, { until }]) => [number, until]);
  }

  has(fragment: Fragment): boolean {
    return this.#fragments.has(fragment);
  }

  clear(): void {
    for (const { cancel } of this.#fragments.values()) cancel();
    this.#fragments.clear();
  }
}
