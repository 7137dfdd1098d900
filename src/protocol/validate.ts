import { LAST_DATE } from '../runtime/time.ts';
import { elementSentence, lengthRules, numberRules, type Rule, stringRules, Violations } from './constraints.ts';
import { excerpt, serviceError } from './errors.ts';
import type { ListShape, MapShape, Members, NumberShape, Shape, StringShape, Structure } from './shapes.ts';

/**
 * Checks what a caller sent against an operation's input table and gives it the table's types: timestamps in
 * milliseconds since the epoch, maps as Map, null as absent, members the table does not know left out. `raw` is a
 * parsed JSON object, or an object of header values.
 *
 * `onUnknown` is told the path of each member that the table does not know, of ten at most.
 * Throws SerializationException for the first value of a wrong JSON type, else ValidationException naming everything
 * that is missing or breaks a constraint.
 */
export function decodeInput<I>(shape: Structure<I>, raw: unknown, onUnknown?: (member: string) => void): I {
  let decode = compiled.get(shape);
  if (decode === undefined) {
    decode = compileMembers(shape.members);
    compiled.set(shape, decode);
  }
  const violations = new Violations();
  const input = decode(raw, '', violations);
  if (onUnknown !== undefined) tellUnknown(shape.members, raw, onUnknown);
  if (violations.texts.length > 0) throw serviceError('validation', violations.texts);
  return input as I;
}

const MOST_UNKNOWN = 10;

function tellUnknown(known: Members, given: unknown, tell: (member: string) => void): void {
  let left = MOST_UNKNOWN;
  const look = (members: Members, value: unknown, path: string): void => {
    for (const name of Object.keys(value as object)) {
      if (left === 0) return;
      const shape = Object.hasOwn(members, name) ? members[name] : undefined;
      const member = (value as Record<string, unknown>)[name];
      if (shape === undefined) {
        left -= 1;
        tell(path + name);
      } else if (shape.type === 'structure' && member !== null) look(shape.members, member, `${path}${name}.`);
    }
  };
  look(known, given, '');
}

/** Gives back the decoded value; reports broken constraints, throws for a wrong type. */
type Decoder = (value: unknown, path: string, violations: Violations) => unknown;

const compiled = new WeakMap<Structure<unknown>, Decoder>();

function compile(shape: Shape): Decoder {
  switch (shape.type) {
    case 'string':
      return checked(shape, stringRules(shape), decodeString);
    case 'integer':
    case 'long':
      return checked(shape, numberRules(shape), integerDecoder(shape));
    case 'boolean':
      return decodeBoolean;
    case 'timestamp':
      return decodeTimestamp;
    case 'list':
      return compileList(shape);
    case 'map':
      return compileMap(shape);
    case 'structure':
      return compileMembers(shape.members);
    case 'fraction':
    case 'duration':
    case 'date':
    case 'size':
    case 'union':
    case 'null':
    case 'any':
      throw new TypeError(`No operation of the service takes a ${shape.type}.`);
    default: {
      const never: never = shape;
      throw new TypeError(`No such shape: ${String(never)}`);
    }
  }
}

/** Decodes, then reports each rule that the value breaks. */
function checked(shape: Shape, rules: readonly Rule[], decode: (value: unknown, path: string) => unknown): Decoder {
  return (value, path, violations) => {
    const decoded = decode(value, path);
    for (const rule of rules) {
      if (!rule.holds(decoded as never)) violations.add(shape, decoded, path, rule.sentence);
    }
    return decoded;
  };
}

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function compileMembers(members: Members): Decoder {
  const table = Object.entries(members).map(([name, shape]) => ({
    name,
    shape,
    required: shape.required,
    label: lowerFirst(name),
    decode: compile(shape),
  }));
  return (value, path, violations) => {
    const given = objectOf(value, path);
    const decoded: Record<string, unknown> = {};
    for (const { name, shape, required, label, decode } of table) {
      const member = given[name] ?? undefined;
      if (member !== undefined) {
        decoded[name] = decode(member, path === '' ? label : `${path}.${label}`, violations);
      } else if (required) {
        violations.add(shape, undefined, path === '' ? label : `${path}.${label}`, NOT_NULL);
      }
    }
    return decoded;
  };
}

const NOT_NULL = 'Member must not be null';

function compileList(shape: ListShape): Decoder {
  const size = lengthRules(shape, (items: unknown[]) => items.length);
  const member: Shape = shape.member;
  // What is much too long is wrong by its length; its first elements tell enough of what else may be.
  const most = shape.max === undefined ? Number.POSITIVE_INFINITY : shape.max + 1000;
  // Of plain elements AWS names the whole list and all their rules; the members of a structure it names one by one.
  const rules = member.type === 'string' ? stringRules(member) : [];
  const decode = member.type === 'string' ? decodeString : compile(member);
  return (value, path, violations) => {
    if (!Array.isArray(value)) throw wrongType('a list', value, path);
    const items: unknown[] = [];
    const looked = Math.min(value.length, most);
    for (let index = 0; index < looked; index++) {
      const item: unknown = value[index];
      const place = `${path}.${index + 1}.member`;
      if (item === null) violations.add(member, undefined, place, NOT_NULL);
      else items.push(decode(item, place, violations));
    }
    for (const rule of size) {
      if (!rule.holds(value as never)) violations.add(shape, items, path, rule.sentence);
    }
    if (broken(rules, items)) {
      violations.add(shape, items, path, `Member must satisfy constraint: ${elementSentence(rules)}`);
    }
    return items;
  };
}

function compileMap(shape: MapShape): Decoder {
  const size = lengthRules(shape, (entries: Map<string, unknown>) => entries.size);
  const valueShape: Shape = shape.value;
  if (valueShape.type !== 'string') throw new TypeError('No model has a map of anything but strings.');
  const keyRules = stringRules(shape.key);
  const valueRules = stringRules(valueShape);
  return (value, path, violations) => {
    const entries = new Map<string, string>();
    for (const [key, item] of Object.entries(objectOf(value, path))) {
      decodeString(key, path);
      if (item === null) violations.add(valueShape, undefined, `${path}.${violations.repeat(key)}.member`, NOT_NULL);
      else entries.set(key, decodeString(item, `${path}.${key}.member`));
    }
    for (const rule of size) {
      if (!rule.holds(entries as never)) violations.add(shape, entries, path, rule.sentence);
    }
    if (broken(keyRules, entries.keys())) {
      violations.add(shape, entries, path, `Map keys must satisfy constraint: ${elementSentence(keyRules)}`);
    }
    if (broken(valueRules, entries.values())) {
      violations.add(shape, entries, path, `Map value must satisfy constraint: ${elementSentence(valueRules)}`);
    }
    return entries;
  };
}

function broken(rules: readonly Rule[], items: Iterable<unknown>): boolean {
  if (rules.length === 0) return false;
  for (const item of items) {
    if (!rules.every((rule) => rule.holds(item as never))) return true;
  }
  return false;
}

function objectOf(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType('an object', value, path);
  return value as Record<string, unknown>;
}

/** Half of a surrogate pair is no character: it could not be written back as UTF-8. */
const LONE_SURROGATE = /\p{Surrogate}/u;

function decodeString(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongType('a string', value, path);
  if (LONE_SURROGATE.test(value)) {
    throw serviceError('serialization', `The string at '${excerpt(path)}' holds half of a surrogate pair.`);
  }
  return value;
}

function integerDecoder({ type }: NumberShape | StringShape): (value: unknown, path: string) => number {
  const [lowest, highest] = type === 'integer' ? [-(2 ** 31), 2 ** 31 - 1] : [-(2 ** 63), 2 ** 63];
  return (value, path) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType('an integer', value, path);
    if (value < lowest || value > highest) {
      throw serviceError('serialization', `The number ${value} at '${path}' does not fit into its type, ${type}.`);
    }
    return value;
  };
}

function decodeBoolean(value: unknown, path: string): boolean {
  if (typeof value !== 'boolean') throw wrongType('true or false', value, path);
  return value;
}

function decodeTimestamp(value: unknown, path: string): number {
  if (typeof value !== 'number') throw wrongType('a number of seconds since the epoch', value, path);
  const ms = Math.round(value * 1000);
  if (Math.abs(ms) > LAST_DATE) throw serviceError('serialization', `The time ${value} at '${path}' is out of range.`);
  return ms;
}

function wrongType(expected: string, found: unknown, path: string): Error {
  const type = found === null ? 'null' : Array.isArray(found) ? 'a list' : `${KINDS[typeof found] ?? typeof found}`;
  const place = path === '' ? 'The request' : `The member '${excerpt(path)}'`;
  return serviceError('serialization', `${place} must be ${expected}, not ${type}.`);
}

const KINDS: Readonly<Record<string, string>> = {
  object: 'an object',
  string: 'a string',
  number: 'a number',
  boolean: 'a boolean',
};
