import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromText, toText } from '../../src/runtime/plain.ts';

it.each([
  ['bytes', { bytes: Uint8Array.of(0, 255, 7), none: new Uint8Array() }],
  ['maps in maps', new Map<string, unknown>([['a', new Map([['b', [1, null]]])]])],
  ['numbers without an end', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.5]],
  ['objects that look like what it writes', { $: 'bytes', value: 'AAAA', more: { $: 'map', value: [] } }],
  ['names that JavaScript has plans with', JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}')],
])('%s come back as they were', (_what, value) => {
  expect(fromText(toText(value))).toEqual(value);
  expect(toText(fromText(toText(value)))).toBe(toText(value));
});

it('anything that is JSON comes back as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(fromText(toText(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

it('what is undefined is left out', () => {
  expect(toText({ a: undefined, b: 1 })).toBe('{"b":1}');
});

it.each(['{"$":"date","value":1}', '{"$":7}', '{', ''])('%j is refused', (text) => {
  expect(() => fromText(text)).toThrow();
});
