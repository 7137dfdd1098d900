// What must not stand in code that meets bytes of strangers, whatever the length of those.
import { describe, expect, it } from 'vitest';
import { read, sources, withoutComments } from './sources.ts';

const blanks = (text: string): string => ' '.repeat(text.length);
const QUOTED = /'(?:[^'\\\n]|\\.)*'/g;
/** A template that has no other in it, or a part of one. */
const TEMPLATE = /`(?:[^`\\$]|\\.|\$(?!\{)|\$\{[^`{}]*\})*`/g;

/** Without what looks like brackets or dots and is none; templates inside each other go from the inside out. */
function codeOf(path: string): string {
  let code = withoutComments(read(path).replace(QUOTED, blanks));
  for (let before = ''; before !== code; ) {
    before = code;
    code = code.replace(TEMPLATE, blanks);
  }
  return code;
}

/** The bracket that `at` stands in. */
function openerOf(code: string, at: number): string | undefined {
  let depth = 0;
  for (let i = at - 1; i >= 0; i--) {
    const sign = code[i] as string;
    if (')]}'.includes(sign)) depth += 1;
    else if ('([{'.includes(sign) && depth-- === 0) return sign;
  }
  return undefined;
}

/**
 * Spreads into the arguments of a call. A rest parameter may be handed on, for whoever called with it wrote its elements
 * out one by one.
 */
function spreadsIntoCalls(code: string): string[] {
  const found = [...code.matchAll(/\.\.\.([\w#.]*)(\s*:)?/g)];
  const inCalls = found.filter(({ index }) => openerOf(code, index) === '(');
  const parameters = new Set(inCalls.filter(([, , typed]) => typed !== undefined).map(([, name]) => name));
  return inCalls
    .filter(([, name, typed]) => typed === undefined && !parameters.has(name))
    .map(({ index }) => code.slice(index, index + 40).trim());
}

describe('a spread into a call', () => {
  it('is found wherever it stands', () => {
    const code =
      'f(...a); new Map([...b]); g({ ...c }, 1, ...d.e(2)); const h = (...i: N[]) => k(...i); Math.max(0, ...l)';
    expect(spreadsIntoCalls(code).map((text) => text.split(/[);]/)[0])).toEqual(['...a', '...d.e(2', '...l']);
  });

  it('stands nowhere: a call takes so many arguments and no more', () => {
    const found = sources().flatMap((path) => spreadsIntoCalls(codeOf(path)).map((text) => `${path}: ${text}`));
    expect(found).toEqual([]);
  });
});

/** A run up to the end that may be tried from each place inside it: quadratic, unless it must begin where a run does. */
const TRIMS = /\.(replace|replaceAll|match|search)\(\s*\/(?!\^|\(\?<!)(\\?.|\[[^\]]*\])[+*]\$\//g;

describe('a pattern that trims the end of a text', () => {
  it('is found if it may be tried from each place', () => {
    const slow = [
      'text.replace(/\\0+$/, "")',
      'text.replace(/\\s+$/)',
      'text.match(/[ab]*$/)',
      'text.replace(/\\/+$/)',
    ];
    for (const code of slow) expect(code.match(TRIMS), code).not.toBeNull();
    for (const code of ['text.replace(/^a+$/, "")', 'text.replace(/(?<!a)a+$/)']) expect(code.match(TRIMS)).toBeNull();
  });

  it('stands nowhere', () => {
    const found = sources().flatMap((path) => (read(path).match(TRIMS) ?? []).map((text) => `${path}: ${text}`));
    expect(found).toEqual([]);
  });
});
