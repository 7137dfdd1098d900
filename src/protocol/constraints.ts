import { excerpt, LONGEST_EXCERPT } from './errors.ts';
import type { Shape, StringShape } from './shapes.ts';

/** One constraint of the service model: AWS's sentence for it, and whether a value keeps it. */
export interface Rule {
  readonly sentence: string;
  holds(value: never): boolean;
}

/**
 * A value longer than every maximum in the models fails by its length alone: some of the models' patterns take
 * quadratic time, which must stay harmless whatever is sent.
 */
const LONGEST_MATCHED = 4096;

export function stringRules(shape: StringShape): Rule[] {
  const pattern = shape.pattern === undefined ? [] : [patternRule(shape.pattern)];
  const rules: Rule[] = [...pattern, ...lengthRules(shape, characters)];
  if (shape.enum !== undefined) {
    const values = new Set<string>(shape.enum);
    rules.push({
      sentence: `Member must satisfy enum value set: [${shape.enum.join(', ')}]`,
      holds: (value: string) => values.has(value),
    });
  }
  return rules;
}

export function numberRules({ min, max }: { min?: number; max?: number }): Rule[] {
  const rules: Rule[] = [];
  if (min !== undefined) {
    rules.push({
      sentence: `Member must have value greater than or equal to ${min}`,
      holds: (value: number) => value >= min,
    });
  }
  if (max !== undefined) {
    rules.push({
      sentence: `Member must have value less than or equal to ${max}`,
      holds: (value: number) => value <= max,
    });
  }
  return rules;
}

export function lengthRules<V>({ min, max }: { min?: number; max?: number }, size: (value: V) => number): Rule[] {
  const rules: Rule[] = [];
  if (min !== undefined && min > 0) {
    rules.push({
      sentence: `Member must have length greater than or equal to ${min}`,
      holds: (value: V) => size(value) >= min,
    });
  }
  if (max !== undefined) {
    rules.push({
      sentence: `Member must have length less than or equal to ${max}`,
      holds: (value: V) => size(value) <= max,
    });
  }
  return rules;
}

/** Characters are code points: an emoji is one. */
function characters(value: string): number {
  let count = value.length;
  if (!/[\ud800-\udbff]/.test(value)) return count;
  for (const character of value) count -= character.length - 1;
  return count;
}

function patternRule(pattern: string): Rule {
  const whole = new RegExp(`^(?:${pattern})$`, 'u');
  return {
    sentence: `Member must satisfy regular expression pattern: ${pattern}`,
    holds: (value: string) => value.length > LONGEST_MATCHED || whole.test(value),
  };
}

/** More would only make the answer longer, and a hostile request's answer much longer than the request. */
const MOST_VIOLATIONS = 100;

/** What a request breaks, in AWS's words; of what was sent no more is repeated than an error may. */
export class Violations {
  readonly texts: string[] = [];
  #left = LONGEST_EXCERPT;

  /** `Value '…' at 'streamName' failed to satisfy constraint: …` */
  add(shape: Shape, value: unknown, path: string, sentence: string): void {
    if (this.texts.length >= MOST_VIOLATIONS) return;
    const shown = value === undefined ? ' null' : isSensitive(shape) ? '' : ` '${this.repeat(value)}'`;
    this.texts.push(`Value${shown} at '${path}' failed to satisfy constraint: ${sentence}`);
  }

  /** A value that came with the request, as far as there is room for it. */
  repeat(value: unknown): string {
    const shown = excerpt(render(value, this.#left), this.#left);
    this.#left = Math.max(0, this.#left - shown.length);
    return shown;
  }
}

const isSensitive = (shape: Shape): boolean => shape.type === 'string' && shape.sensitive === true;

/** A value the way Java prints it; what is behind the first `most` characters may be missing. */
function render(value: unknown, most: number): string {
  if (value instanceof Map) {
    return `{${renderAll(value, most, ([key, item], left) => `${key}=${render(item, left)}`)}}`;
  }
  if (Array.isArray(value)) return `[${renderAll(value, most, render)}]`;
  if (typeof value === 'object' && value !== null) return render(new Map(Object.entries(value)), most);
  return String(value);
}

function renderAll<T>(items: Iterable<T>, most: number, one: (item: T, left: number) => string): string {
  const texts: string[] = [];
  let left = most;
  for (const item of items) {
    if (left < 0) break;
    const text = one(item, left);
    texts.push(text);
    left -= text.length + 2;
  }
  return texts.join(', ');
}

/** What AWS says about the elements of a collection, all of their rules at once: longest, shortest, then the rest. */
export function elementSentence(rules: readonly Rule[]): string {
  const rank = ({ sentence }: Rule): number => (sentence.includes('less than') ? 0 : sentence.includes('than') ? 1 : 2);
  const sentences = [...rules].sort((a, b) => rank(a) - rank(b)).map(({ sentence }) => sentence);
  return `[${sentences.join(', ')}]`;
}
