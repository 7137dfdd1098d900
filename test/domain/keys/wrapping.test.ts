import { expect, it } from 'vitest';
import { unwrap, versionIn, wrap } from '../../../src/domain/keys/wrapping.ts';

const version = { id: '00112233445566778899aabbccddeeff', material: Buffer.alloc(32, 7).toString('base64') };
const other = { id: 'ff112233445566778899aabbccddeeff', material: Buffer.alloc(32, 8).toString('base64') };
const plain = new Uint8Array(32).fill(9);
const context = { 'aws:kinesisvideo:arn': 'arn:a', b: 'c' };
const wrapped = wrap(version, plain, context, new Uint8Array(12).fill(1));

it('a wrapped data key names its version, and is unwrapped with that and the same context, in whichever order', () => {
  expect(versionIn(wrapped)).toBe(version.id);
  expect(Uint8Array.from(unwrap(version, wrapped, { b: 'c', 'aws:kinesisvideo:arn': 'arn:a' }) ?? [])).toEqual(plain);
});

it.each([
  ['another version', other, wrapped, context],
  ['less context', version, wrapped, { b: 'c' }],
  ['context that is joined to the same text', version, wrapped, { 'aws:kinesisvideo:arnarn:a': '', b: 'c' }],
  ['a byte that is another', version, wrapped.map((byte, at) => (at === 40 ? byte ^ 1 : byte)), context],
  ['another head', version, wrapped.map((byte, at) => (at === 3 ? byte ^ 1 : byte)), context],
])('it is not unwrapped with %s', (_what, by, bytes, given) => {
  expect(unwrap(by, bytes, given)).toBeUndefined();
});

it('what is no wrapped data key names no version', () => {
  expect(versionIn(new Uint8Array(10))).toBeUndefined();
  expect(versionIn(new Uint8Array(100))).toBeUndefined();
});
