import type { NumberShape, Shape, StringShape } from './shapes.ts';

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
  const rules: Rule[] = [];
  if (shape.pattern !== undefined) rules.push(patternRule(shape.pattern));
  rules.push(...lengthRules(shape, characters));
  if (shape.enum !== undefined) {
    const values = new Set<string>(shape.enum);
    rules.push({
      sentence: `Member must satisfy enum value set: [${shape.enum.join(', ')}]`,
      holds: (value: string) => values.has(value),
    });
  }
  return rules;
}

export function numberRules({ min, max }: NumberShape): Rule[] {
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

/** `Value '…' at 'streamName' failed to satisfy constraint: …` */
export function violation(shape: Shape, value: unknown, path: string, sentence: string): string {
  const shown = value === undefined ? ' null' : isSensitive(shape) ? '' : ` '${render(value)}'`;
  return `Value${shown} at '${path}' failed to satisfy constraint: ${sentence}`;
}

const isSensitive = (shape: Shape): boolean => shape.type === 'string' && shape.sensitive === true;

/** A value the way Java prints it. */
function render(value: unknown): string {
  if (value instanceof Map) return `{${Array.from(value, ([key, item]) => `${key}=${render(item)}`).join(', ')}}`;
  if (Array.isArray(value)) return `[${value.map(render).join(', ')}]`;
  if (typeof value === 'object' && value !== null) return render(new Map(Object.entries(value)));
  return String(value);
}

/** What AWS says about the elements of a collection, all of their rules at once: longest, shortest, then the rest. */
export function elementSentence(rules: readonly Rule[]): string {
  const rank = ({ sentence }: Rule): number => (sentence.includes('less than') ? 0 : sentence.includes('than') ? 1 : 2);
  const sentences = [...rules].sort((a, b) => rank(a) - rank(b)).map(({ sentence }) => sentence);
  return `[${sentences.join(', ')}]`;
}
