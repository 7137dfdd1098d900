import type { Context } from './context.ts';
import { type Glob, globOf, matchesGlob, type Piece } from './glob.ts';

/** A variable: the key that it stands for, and what it is if that is not there. */
interface Variable {
  readonly key: string;
  readonly otherwise: string | undefined;
}
export type Part = Piece | Variable;

/** Whether a value is what a pattern says; undefined if a variable of the pattern stands for nothing. */
export type Matcher = (value: string, context: Context) => boolean | undefined;

/** What a text is once its variables are filled in; undefined if one stands for nothing. */
export type Filled = (context: Context) => string | undefined;

/** Thrown for a text that begins a variable and does not end it, or names none. */
export class VariableError extends Error {}

const WILDCARDS: Readonly<Record<string, Piece>> = { '*': 'many', '?': 'one' };
/** No key with its default is longer; the pattern takes quadratic time. */
const LONGEST = 512;
const NAMED = /^\s*([A-Za-z0-9_-]+:[^\s,'{}][^,'{}]*?)\s*(?:,\s*'([^']*)'\s*)?$/;

/** `${*}`, `${?}` and `${$}` are those characters themselves. */
function variableOf(inside: string): Part {
  if (inside === '*' || inside === '?' || inside === '$') return { text: inside };
  const [, key, otherwise] = (inside.length <= LONGEST ? NAMED.exec(inside) : null) ?? [];
  if (key !== undefined) return { key: key.toLowerCase(), otherwise };
  throw new VariableError(`\${${inside.slice(0, 64)}} is no variable.`);
}

/** Takes a text of a policy apart. In policies of 2008 there are no variables. */
export function partsOf(text: string, variables: boolean): Part[] {
  const parts: Part[] = [];
  let plain = '';
  const endPlain = (): void => {
    if (plain !== '') parts.push({ text: plain });
    plain = '';
  };
  for (let i = 0; i < text.length; i++) {
    const sign = text.charAt(i);
    if (variables && sign === '$' && text.charAt(i + 1) === '{') {
      const end = text.indexOf('}', i);
      if (end < 0) throw new VariableError('A variable begins with ${ and does not end.');
      endPlain();
      parts.push(variableOf(text.slice(i + 2, end)));
      i = end;
    } else if (Object.hasOwn(WILDCARDS, sign)) {
      endPlain();
      parts.push(WILDCARDS[sign] as Piece);
    } else plain += sign;
  }
  endPlain();
  return parts;
}

const isVariable = (part: Part): part is Variable => typeof part === 'object' && 'key' in part;

/** A variable stands for one value: of a key with several, nobody knows which is meant. */
function standsFor({ key, otherwise }: Variable, context: Context): string | undefined {
  const values = context.get(key);
  return values?.length === 1 ? values[0] : otherwise;
}

/** The pattern once its variables are filled in; undefined if one stands for nothing. */
function filler(parts: readonly Part[]): (context: Context) => Glob | undefined {
  const variables = parts.filter(isVariable);
  // The same device asks again and again: what was filled in last will mostly do.
  let last: readonly (string | undefined)[] = [];
  let glob: Glob | undefined;
  return (context) => {
    if (last.length > 0 && variables.every((variable, i) => standsFor(variable, context) === last[i])) return glob;
    last = variables.map((variable) => standsFor(variable, context));
    let next = 0;
    const pieces = parts.map((part) => (isVariable(part) ? { text: last[next++] } : part));
    glob = last.includes(undefined) ? undefined : globOf(pieces as Piece[]);
    return glob;
  };
}

/** `*` and `?` stand for other characters; in the value of a variable they stand for themselves. */
export function globMatcher(parts: readonly Part[]): Matcher {
  if (parts.some(isVariable)) {
    const fill = filler(parts);
    return (value, context) => {
      const glob = fill(context);
      return glob && matchesGlob(glob, value);
    };
  }
  const glob = globOf(parts as readonly Piece[]);
  const [{ text, open }] = glob;
  if (glob.length === 1 && open === undefined) return (value) => value === text;
  if (glob.every((run) => run.text === '')) return () => true;
  return (value) => matchesGlob(glob, value);
}

const SIGNS = { many: '*', one: '?' } as const;

/** `*` and `?` stand for themselves. */
export function filledText(parts: readonly Part[]): Filled {
  const fill: Filled = (context) => {
    let text = '';
    for (const part of parts) {
      const more = isVariable(part) ? standsFor(part, context) : typeof part === 'string' ? SIGNS[part] : part.text;
      if (more === undefined) return undefined;
      text += more;
    }
    return text;
  };
  if (parts.some(isVariable)) return fill;
  const text = fill(new Map());
  return () => text;
}
