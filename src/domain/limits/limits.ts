import type { Scope } from '../resources/scope.ts';
import { type LimitName, limitTable } from './limitTable.ts';

/** Whose a number is: of a stream or channel, or of an account in a region. They may differ from one to the other. */
type Limited = { readonly record: { readonly arn: string } } | Scope;

/** The limits that hold. Whoever needs one asks for it by name, and says for whom, each time it is needed. */
export class Limits {
  readonly #values: ReadonlyMap<LimitName, number>;

  /** @param own what is not as in the table */
  constructor(own: Partial<Readonly<Record<LimitName, number>>> = {}) {
    const published = Object.entries(limitTable).map(([name, { value }]) => [name as LimitName, value] as const);
    this.#values = new Map([...published, ...(Object.entries(own) as [LimitName, number][])]);
  }

  /** Infinity if there is none. */
  of(name: LimitName, _whose?: Limited): number {
    return this.#values.get(name) as number;
  }
}

/** The limits of one stream. */
export type LimitOf = (name: LimitName) => number;

/** As published, where nobody says otherwise. */
export const PUBLISHED = new Limits();
