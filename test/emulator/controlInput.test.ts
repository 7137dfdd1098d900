import { describe, expect, it } from 'vitest';
import { ControlError } from '../../src/emulator/controlError.ts';
import { type ControlTable, readControl } from '../../src/emulator/controlInput.ts';
import { anything, date, duration, fraction, nullable, oneOrMany, size, union } from '../../src/protocol/ownShapes.ts';
import { boolean, integer, list, map, object, oneOf, required, string } from '../../src/protocol/shapes.ts';
import { LATEST } from '../../src/runtime/time.ts';

const rule = object({
  nth: union(integer({ min: 1 }), list(integer({ min: 1 }), { max: 3 })),
  latency: duration({ max: 60_000 }),
  effect: oneOf('close', 'reset'),
});
const table = {
  subject: 'This',
  hint: 'Give what it takes.',
  members: {
    name: string({ pattern: '[a-z]+', max: 10 }),
    wait: duration(),
    back: duration({ min: -1000 }),
    when: date(),
    room: size(),
    part: fraction({ min: 0, max: 1 }),
    many: integer({ min: 1, max: 5 }),
    on: boolean(),
    fails: nullable(string()),
    rules: oneOrMany(rule, 2),
    tags: map(string({ max: 3 }), string()),
    besides: anything(),
    inside: object({ must: required(string()), may: string() }),
  },
  ignores: ['gauges'],
} as const satisfies ControlTable;

function refusal(given: unknown): Partial<ControlError> {
  try {
    readControl(table, given);
  } catch (error) {
    if (error instanceof ControlError) return { message: error.message, hint: error.hint, path: error.path };
    throw error;
  }
  throw new Error('It was taken.');
}

describe('what a control takes', () => {
  it.each([
    [{}, {}],
    [{ name: 'door' }, { name: 'door' }],
    [{ wait: 1.5 }, { wait: 1500 }],
    [{ wait: '90m' }, { wait: 5_400_000 }],
    [{ wait: 'PT25H' }, { wait: 90_000_000 }],
    [{ wait: '500ms' }, { wait: 500 }],
    [{ back: -1 }, { back: -1000 }],
    [{ when: '2030-01-01T00:00:00+02:00' }, { when: Date.UTC(2029, 11, 31, 22) }],
    [{ when: new Date(LATEST) }, { when: LATEST }],
    [{ when: 1_893_456_000_000 }, { when: 1_893_456_000_000 }],
    [{ room: '512m' }, { room: 512 * 1024 * 1024 }],
    [{ room: '4GiB' }, { room: 4 * 1024 ** 3 }],
    [{ room: 1000 }, { room: 1000 }],
    [
      { part: 0.25, many: 5, on: false },
      { part: 0.25, many: 5, on: false },
    ],
    [{ fails: null }, { fails: null }],
    [{ fails: 'x' }, { fails: 'x' }],
    [{ rules: { nth: 3, latency: '1s' } }, { rules: { nth: 3, latency: 1000 } }],
    [{ rules: [{ nth: [1, 2] }, { effect: 'reset' }] }, { rules: [{ nth: [1, 2] }, { effect: 'reset' }] }],
    [{ tags: { a: 'b' } }, { tags: new Map([['a', 'b']]) }],
    [{ besides: { of: ['any', 'form'] } }, { besides: { of: ['any', 'form'] } }],
    [{ inside: { must: 'x' } }, { inside: { must: 'x' } }],
    [{ name: undefined, wait: 1 }, { wait: 1000 }],
    [{ gauges: [1, 2], on: true }, { on: true }],
  ])('%j', (given, read) => {
    expect(readControl(table, given)).toEqual(read);
  });
});

describe('what makes no sense is refused, with where it stands', () => {
  it.each([
    [[], 'What was given is no object.', 'Give what it takes.', undefined],
    [null, 'What was given is no object.', 'Give what it takes.', undefined],
    [{ nmae: 1 }, 'This knows no "nmae". Did you mean "name"?', 'Give what it takes.', '/nmae'],
    [{ 'a/b~c': 1 }, 'This knows no "a/b~c".', 'Give what it takes.', '/a~1b~0c'],
    [JSON.parse('{"__proto__":1}'), 'This knows no "__proto__".', 'Give what it takes.', '/__proto__'],
    [{ name: 5 }, '5 cannot be "name".', 'Give a string like [a-z]+.', '/name'],
    [{ name: 'Door' }, '"Door" cannot be "name".', 'Give a string like [a-z]+.', '/name'],
    [{ name: null }, 'null cannot be "name".', 'Give a string like [a-z]+.', '/name'],
    [{ name: 'a'.repeat(100_000) }, `"${'a'.repeat(63)} cannot be "name".`, 'Give a string like [a-z]+.', '/name'],
    [{ wait: 'soon' }, '"soon" cannot be "wait".', /seconds as a number, or a duration/, '/wait'],
    [{ wait: -1 }, '-1 cannot be "wait".', /duration/, '/wait'],
    [{ wait: Number.NaN }, 'NaN cannot be "wait".', /duration/, '/wait'],
    [{ when: 1_700_000_000 }, '1700000000 cannot be "when".', /looks like seconds/, '/when'],
    [{ when: 'noon' }, '"noon" cannot be "when".', /ISO 8601/, '/when'],
    [{ room: 'huge' }, '"huge" cannot be "room".', /"512m"/, '/room'],
    [{ room: 0 }, '0 cannot be "room".', /"512m"/, '/room'],
    [{ part: 2 }, '2 cannot be "part".', 'Give a number from 0 to 1.', '/part'],
    [{ many: 1.5 }, '1.5 cannot be "many".', 'Give a whole number from 1 to 5.', '/many'],
    [{ on: 'yes' }, '"yes" cannot be "on".', 'Give true or false.', '/on'],
    [{ fails: 7 }, '7 cannot be "fails".', 'Give a string. Or: Give null.', '/fails'],
    [{ rules: { nth: 0 } }, '0 cannot be "nth".', 'Give a whole number from 1.', '/rules/nth'],
    [{ rules: [{ nth: 1 }, { nth: [1, 'x'] }] }, '"x" cannot be "nth".', /whole number/, '/rules/1/nth/1'],
    [{ rules: [{}, { latency: '2m' }] }, '"2m" cannot be "latency".', /duration/, '/rules/1/latency'],
    [{ rules: [{ effect: 'x' }] }, '"x" cannot be "effect".', 'Give "close" or "reset".', '/rules/0/effect'],
    [{ rules: [{}, {}, {}] }, 'A list cannot be "rules".', 'Give a list of at most 2.', '/rules'],
    [
      { rules: [{ nht: 1 }] },
      '"rules" knows no "nht". Did you mean "nth"?',
      'Its members are nth, latency, effect.',
      '/rules/0/nht',
    ],
    [{ rules: 'all' }, '"all" cannot be "rules".', /^Give an object/, '/rules'],
    [{ tags: { long: 'x' } }, '"long" cannot be "long".', 'Give a string.', '/tags/long'],
    [{ tags: { a: 1 } }, '1 cannot be "a".', 'Give a string.', '/tags/a'],
    [{ inside: {} }, '"must" is missing.', 'Give what it takes.', '/inside/must'],
    [{ inside: [] }, '[] cannot be "inside".', 'Give an object.', '/inside'],
  ])('%j', (given, message, hint, path) => {
    const said = refusal(given);
    expect(said.message).toBe(message);
    expect(said.hint).toMatch(hint);
    expect(said.path).toBe(path);
  });
});
