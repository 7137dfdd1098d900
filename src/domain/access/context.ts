/**
 * What conditions and variables look at: `aws:username`, `aws:ResourceTag/team`. Names are in lower case, for IAM does
 * not tell cases apart in them. A key has one value or several; one without any is not there.
 */
export type Context = ReadonlyMap<string, readonly string[]>;

/** A value as somebody writes it. */
export type ContextValue = string | number | boolean | readonly (string | number | boolean)[];

/** Made key by key; what is added under a name that is there takes its place. */
export class ContextMaker {
  readonly #keys = new Map<string, readonly string[]>();

  get keys(): Context {
    return this.#keys;
  }

  add(name: string, value: ContextValue | undefined): this {
    if (value === undefined) return this;
    const values = Array.isArray(value) ? value.map(String) : [String(value)];
    if (values.length > 0) this.#keys.set(name.toLowerCase(), values);
    return this;
  }

  addAll(values: Readonly<Record<string, ContextValue>>): this {
    for (const [name, value] of Object.entries(values)) this.add(name, value);
    return this;
  }

  /** One key for each tag: `aws:ResourceTag/` and the tag's own. */
  addTags(prefix: string, tags: Iterable<readonly [key: string, value: string]>): this {
    for (const [key, value] of tags) this.add(prefix + key, value);
    return this;
  }
}
