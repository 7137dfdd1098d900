import { type LimitName, limitTable } from './limitTable.ts';

/** Whose a number may be: numbers may differ from stream to stream. */
interface Limited {
  readonly record: { readonly arn: string };
}

/** The limits that hold. Whoever needs one asks for it by name, and says for which stream, each time it is needed. */
export class Limits {
  readonly #values: ReadonlyMap<LimitName, number>;

  /** @param own what is not as in the table */
  constructor(own: Partial<Readonly<Record<LimitName, number>>> = {}) {
    const published = Object.entries(limitTable).map(([name, { value }]) => [name as LimitName, value] as const);
    this.#values = new Map([...published, ...(Object.entries(own) as [LimitName, number][])]);
  }

  /** Infinity if there is none. */
  of(name: LimitName, _stream?: Limited): number {
    return this.#values.get(name) as number;
  }
}
