import { type Glob, globOf, matchesGlob, type Piece } from './glob.ts';

/** Whether a pattern has `*` (any text) or `?` (one character). */
export const isPattern = (text: string): boolean => /[*?]/.test(text);

const SIGNS: ReadonlyMap<string, Piece> = new Map([
  ['*', 'many'],
  ['?', 'one'],
]);

/** A text in which `*` and `?` stand for others, and nothing else does. */
export const wildcards = (text: string): Glob =>
  globOf(text.split(/([*?])/).map((part) => SIGNS.get(part) ?? { text: part }));

/** A text in which `*` alone stands for others. */
export const stars = (text: string): Glob =>
  globOf(text.split(/(\*)/).map((part) => (part === '*' ? 'many' : { text: part })));

/** Whether a text fits a pattern of both. */
export const fits = (pattern: string, text: string): boolean => matchesGlob(wildcards(pattern), text);
