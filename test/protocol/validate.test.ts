import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../src/protocol/errors.ts';
import { duration } from '../../src/protocol/ownShapes.ts';
import {
  boolean,
  integer,
  list,
  long,
  map,
  object,
  oneOf,
  required,
  string,
  structure,
  timestamp,
} from '../../src/protocol/shapes.ts';
import { decodeInput } from '../../src/protocol/validate.ts';

const everything = structure({
  Name: required(string({ min: 2, max: 4, pattern: '[a-z]+' })),
  Size: integer({ min: 1, max: 10 }),
  Far: long(),
  On: boolean(),
  At: timestamp(),
  Kind: oneOf('A', 'B'),
  Words: list(string({ min: 1, max: 3 }), { min: 1, max: 2 }),
  Kinds: list(oneOf('A', 'B')),
  Items: list(object({ Key: required(string()), Value: string({ max: 1 }) }), { max: 3 }),
  Tags: map(string({ min: 1 }), string({ max: 2 }), { min: 1, max: 2 }),
  Secret: { ...string({ min: 3 }), sensitive: true },
  Nested: object({ Inner: object({ Deep: required(integer({ min: 0 })) }) }),
});

const errorOf = (raw: unknown): string => {
  try {
    return `was taken: ${JSON.stringify(decodeInput(everything, raw))}`;
  } catch (error) {
    if (error instanceof ServiceError) return `${error.code}: ${error.message}`;
    throw error;
  }
};
const invalid = (raw: object, ...violations: string[]) =>
  expect(errorOf({ Name: 'ab', ...raw })).toBe(
    `ValidationException: ${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: ${violations.join('; ')}`,
  );
const mistyped = (raw: object, text: string) =>
  expect(errorOf({ Name: 'ab', ...raw })).toBe(`SerializationException: ${text}`);

describe('what is sent without measure', () => {
  it('is told of by ten unknown members, wherever they stand', () => {
    const told: string[] = [];
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`Unknown${i}`, i]));
    decodeInput(everything, { Name: 'ab', Nested: { Other: 1 }, ...many }, (member) => told.push(member));
    expect(told).toHaveLength(10);
    expect(told).toContain('Nested.Other');
  });

  it('is not looked at far beyond what a list may hold', () => {
    let looked = 0;
    const item = {
      get Key() {
        looked += 1;
        return 'k';
      },
    };
    expect(errorOf({ Name: 'ab', Items: Array(300_000).fill(item) })).toMatch(/^ValidationException: 1 .* at 'items' /);
    expect(looked).toBeLessThan(3000);
  });
});

describe('a decoded input', () => {
  it('has every member in the type of its table', () => {
    const decoded = decodeInput(everything, {
      Name: 'abc',
      Size: 10,
      Far: 2 ** 53 + 2,
      On: false,
      At: 1705489836.421,
      Kind: 'B',
      Words: ['a', 'abc'],
      Kinds: [],
      Items: [{ Key: '' }, { Key: 'k', Value: 'v' }],
      Tags: { a: '', b: 'xy' },
      Secret: 'abc',
      Nested: { Inner: { Deep: 0 } },
    });
    expect(decoded).toEqual({
      Name: 'abc',
      Size: 10,
      Far: 2 ** 53 + 2,
      On: false,
      At: 1705489836421,
      Kind: 'B',
      Words: ['a', 'abc'],
      Kinds: [],
      Items: [{ Key: '' }, { Key: 'k', Value: 'v' }],
      Tags: new Map([
        ['a', ''],
        ['b', 'xy'],
      ]),
      Secret: 'abc',
      Nested: { Inner: { Deep: 0 } },
    });
  });

  it('has no member that was null, missing or unknown', () =>
    expect(decodeInput(everything, { Name: 'ab', Size: null, Nested: { Inner: null }, Other: 1 })).toEqual({
      Name: 'ab',
      Nested: {},
    }));

  it('takes header values as they come', () =>
    expect(decodeInput(everything, { Name: 'ab', Kind: 'A', Secret: undefined })).toEqual({ Name: 'ab', Kind: 'A' }));

  it('rounds times to milliseconds', () =>
    expect(decodeInput(everything, { Name: 'ab', At: 1.0004999 })).toMatchObject({ At: 1000 }));

  it('finds no member of an input in __proto__', () =>
    expect(errorOf(JSON.parse('{"__proto__":{"Name":"ab"}}'))).toBe(
      "ValidationException: 1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null",
    ));
});

describe('a broken constraint', () => {
  it('of a string: pattern, least and greatest length', () => {
    invalid(
      { Name: 'A' },
      "Value 'A' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+",
      "Value 'A' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2",
    );
    invalid(
      { Name: 'abcde' },
      "Value 'abcde' at 'name' failed to satisfy constraint: Member must have length less than or equal to 4",
    );
  });
  it('of a pattern is one if the whole value does not match', () => {
    const sentence = 'failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z]+';
    invalid({ Name: 'ab1' }, `Value 'ab1' at 'name' ${sentence}`);
    invalid({ Name: 'ab\n' }, `Value 'ab\n' at 'name' ${sentence}`);
  });
  it('counts characters, not UTF-16 units', () => {
    expect(errorOf({ Name: 'ab', Words: ['😀😀😀'] })).toMatch(/^was taken/);
    expect(errorOf({ Name: 'ab', Words: ['😀😀😀😀'] })).toMatch(/^ValidationException/);
  });
  it('of a number', () => {
    invalid(
      { Size: 0 },
      "Value '0' at 'size' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
    invalid(
      { Size: 11 },
      "Value '11' at 'size' failed to satisfy constraint: Member must have value less than or equal to 10",
    );
  });
  it('of an enumeration', () =>
    invalid(
      { Kind: 'a' },
      "Value 'a' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [A, B]",
    ));
  it('of a list, its size and its elements', () =>
    invalid(
      { Words: ['', 'abcd', 'x'] },
      "Value '[, abcd, x]' at 'words' failed to satisfy constraint: Member must have length less than or equal to 2",
      "Value '[, abcd, x]' at 'words' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 3, Member must have length greater than or equal to 1]",
    ));
  it('of a list of enumerated values', () =>
    invalid(
      { Kinds: ['A', 'C'] },
      "Value '[A, C]' at 'kinds' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [A, B]]",
    ));
  it('of the members of a structure in a list, one by one', () =>
    invalid(
      { Items: [{ Key: 'k', Value: 'xx' }, {}] },
      "Value 'xx' at 'items.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 1",
      "Value null at 'items.2.member.key' failed to satisfy constraint: Member must not be null",
    ));
  it('of a list of structures shows them the way Java shows maps', () =>
    invalid(
      { Items: [{ Key: 'a', Value: 'b' }, { Key: 'c' }, { Key: 'd' }, { Key: 'e' }] },
      "Value '[{Key=a, Value=b}, {Key=c}, {Key=d}, {Key=e}]' at 'items' failed to satisfy constraint: Member must have length less than or equal to 3",
    ));
  it('of a map, its size, its keys and its values', () =>
    invalid(
      { Tags: { '': 'xyz', b: '', c: '' } },
      "Value '{=xyz, b=, c=}' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 2",
      "Value '{=xyz, b=, c=}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length greater than or equal to 1]",
      "Value '{=xyz, b=, c=}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 2]",
    ));
  it('of something null inside a list or map', () => {
    invalid(
      { Words: [null, 'a'] },
      "Value null at 'words.1.member' failed to satisfy constraint: Member must not be null",
    );
    invalid(
      { Tags: { a: null, b: 'x' } },
      "Value null at 'tags.a.member' failed to satisfy constraint: Member must not be null",
    );
  });
  it('deep inside names the whole path', () => {
    invalid(
      { Nested: { Inner: {} } },
      "Value null at 'nested.inner.deep' failed to satisfy constraint: Member must not be null",
    );
    invalid(
      { Nested: { Inner: { Deep: -1 } } },
      "Value '-1' at 'nested.inner.deep' failed to satisfy constraint: Member must have value greater than or equal to 0",
    );
  });
  it('of a secret does not repeat it', () =>
    invalid(
      { Secret: 'pw' },
      "Value at 'secret' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ));
  it('is named once for each of a hundred at most, however many there are', () => {
    const message = errorOf({ Name: 'ab', Items: Array(100_000).fill({}) });
    expect(message).toMatch(/^ValidationException: 100 validation errors detected: /);
    expect(message.length).toBeLessThan(20_000);
  });
  it('comes quickly even for a long value and a pattern that backtracks', () => {
    const uri = structure({ Uri: string({ max: 255, pattern: '^[a-zA-Z_0-9]+:(//)?([^/]+)/?([^*]*)$' }) });
    const value = `s3:${'a'.repeat(1_000_000)}/*`;
    expect(() => decodeInput(uri, { Uri: value })).toThrow('Member must have length less than or equal to 255');
  });
});

describe('a wrong type', () => {
  it('is named before anything else', () =>
    expect(errorOf({ Kind: 'C', Size: '1' })).toBe(
      "SerializationException: The member 'size' must be an integer, not a string.",
    ));
  it('of an input', () => {
    expect(errorOf([])).toBe('SerializationException: The request must be an object, not a list.');
    expect(errorOf(null)).toBe('SerializationException: The request must be an object, not null.');
  });
  it.each([
    ['Name', 1, 'a string, not a number'],
    ['Name', ['ab'], 'a string, not a list'],
    ['Size', 1.5, 'an integer, not a number'],
    ['Size', true, 'an integer, not a boolean'],
    ['Far', '1', 'an integer, not a string'],
    ['On', 'true', 'true or false, not a string'],
    ['On', 1, 'true or false, not a number'],
    ['At', '2024-01-01T00:00:00Z', 'a number of seconds since the epoch, not a string'],
    ['Words', { 0: 'a' }, 'a list, not an object'],
    ['Tags', 'a', 'an object, not a string'],
    ['Nested', [], 'an object, not a list'],
  ])('of %s: %j', (member, value, text) =>
    mistyped({ [member]: value }, `The member '${member.toLowerCase()}' must be ${text}.`),
  );
  it('of a number that does not fit', () => {
    mistyped({ Size: 2147483648 }, "The number 2147483648 at 'size' does not fit into its type, integer.");
    mistyped({ Far: 1e300 }, "The number 1e+300 at 'far' does not fit into its type, long.");
    mistyped({ At: 1e300 }, "The time 1e+300 at 'at' is out of range.");
  });
  it('of half a surrogate pair', () => {
    mistyped({ Name: 'a\ud800' }, "The string at 'name' holds half of a surrogate pair.");
    mistyped({ Tags: { '\udc00': 'x' } }, "The string at 'tags' holds half of a surrogate pair.");
  });
});

it('whatever is sent is either decoded or refused by one of the two errors', () => {
  const members = Object.keys(everything.members);
  const hostile = fc.dictionary(fc.constantFrom(...members), fc.jsonValue({ stringUnit: 'binary' }));
  fc.assert(
    fc.property(hostile, (raw) => {
      expect(errorOf(raw)).toMatch(/^(was taken|ValidationException|SerializationException): /);
    }),
    { numRuns: 200 },
  );
});

it('a table that has a shape nobody can check is a mistake of ours that shows at once', () => {
  const blob = structure({ Data: { type: 'blob', required: false } as never });
  expect(() => decodeInput(blob, {})).toThrow(TypeError);
  // Durations are the emulator's own: no operation of the service takes one.
  const durations = structure({ Patience: duration() });
  expect(() => decodeInput(durations, {})).toThrow('No operation of the service takes a duration.');
  const numbers = structure({ Sizes: map(string(), integer()) });
  expect(() => decodeInput(numbers, {})).toThrow(TypeError);
});
