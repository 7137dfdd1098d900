import { expect, it } from 'vitest';
import { readText } from '../../../src/media/ebml/text.ts';

const utf8 = new TextEncoder();

it.each([
  ['name', 'name'],
  ['name\0\0\0', 'name'],
  ['\0\0', ''],
  ['', ''],
  ['a\0b\0', 'a\0b'],
  ['0123456789abc', '0123456789'],
  // What is trimmed stands at the end of all, not where it is cut.
  ['signal\0\0\0\0\0\0\0x', 'signal\0\0\0\0'],
])('the string element %j says %j', (bytes, text) => {
  expect(readText(utf8.encode(bytes), 10)).toBe(text);
});

it('looks at each byte once, and decodes no more than is wanted', () => {
  let read = 0;
  const bytes = new Proxy(utf8.encode(`${'\0'.repeat(5000)}x${'\0'.repeat(5000)}`), {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key)) read += 1;
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  expect(readText(bytes, 100)).toBe('\0'.repeat(100));
  expect(read).toBe(5001);
});
