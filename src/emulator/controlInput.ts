import { lengthRules, numberRules, type Rule, stringRules } from '../protocol/constraints.ts';
import type {
  Choice,
  ListShape,
  MapShape,
  Members,
  MembersValue,
  Shape,
  StringShape,
  StructureShape,
  UnionShape,
} from '../protocol/shapes.ts';
import { parseDuration } from '../runtime/duration.ts';
import { nearest } from '../runtime/nearest.ts';
import { parseSize } from '../runtime/size.ts';
import { parseInstant } from '../runtime/time.ts';
import { ControlError } from './controlError.ts';
import { wants } from './controlHints.ts';

// What is asked of the emulator is checked here, whichever way it comes: each control says in a table what it takes.

export interface ControlTable<M extends Members = Members> {
  /** What it is that takes this, as a sentence begins: `The clock`. */
  readonly subject: string;
  /** What to give, for whoever gave something else. */
  readonly hint: string;
  readonly members: M;
  /** Members that are told and not taken: whoever gives back what was told may leave them in. */
  readonly ignores?: readonly string[];
  /** What is wrong with these members together, and with which of them, if anything is. */
  readonly together?: (names: readonly string[]) => readonly [message: string, name?: string] | undefined;
}

/**
 * Gives what a caller gave the types of a table: durations and times in milliseconds, sizes in bytes, maps as Map. What
 * is undefined is not given.
 * @throws ControlError for a member that is unknown, missing or makes no sense
 */
export function readControl<M extends Members>(table: ControlTable<M>, given: unknown): MembersValue<M> {
  if (!isObject(given)) throw new ControlError('What was given is no object.', table.hint);
  const names = Object.keys(given).filter((name) => given[name] !== undefined && !table.ignores?.includes(name));
  const unknown = names.find((name) => !Object.hasOwn(table.members, name));
  if (unknown !== undefined) {
    const message = knowsNo(table.subject, unknown, table.members);
    throw new ControlError(message, table.hint, pointer('', unknown));
  }
  const [wrong, name] = table.together?.(names) ?? [];
  if (wrong !== undefined) throw new ControlError(wrong, table.hint, name && pointer('', name));
  return members(table.members, given, { path: '', name: '', hint: table.hint }) as MembersValue<M>;
}

function knowsNo(subject: string, name: string, members: Members): string {
  const said = name.slice(0, MOST_SHOWN);
  const similar = nearest(said, Object.keys(members));
  return `${subject} knows no "${said}".${similar === undefined ? '' : ` Did you mean "${similar}"?`}`;
}

/** A value that is wrong for more than what its table says. */
export const wrongValue = (name: string, value: unknown, hint: string): ControlError =>
  new ControlError(cannotBe(name, value), hint, pointer('', name));

/** Where a value is, and what else to say of it. */
interface Place {
  /** JSON pointer (RFC 6901). */
  readonly path: string;
  readonly name: string;
  readonly hint: string;
}

const MOST_SHOWN = 64;

const pointer = (path: string, name: string): string =>
  `${path}/${name.slice(0, MOST_SHOWN).replaceAll('~', '~0').replaceAll('/', '~1')}`;
const inside = ({ path, hint }: Place, name: string): Place => ({ path: pointer(path, name), name, hint });
const cannotBe = (name: string, value: unknown): string => `${shown(value)} cannot be "${name}".`;

function shown(value: unknown): string {
  // All of a long text would be written down to show its beginning.
  const short = typeof value === 'string' ? value.slice(0, MOST_SHOWN) : value;
  if (isObject(short)) return 'An object';
  if (Array.isArray(short)) return short.length === 0 ? '[]' : 'A list';
  return (typeof short === 'number' ? String(short) : (JSON.stringify(short) ?? String(short))).slice(0, MOST_SHOWN);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('getTime' in value);

function decode(shape: Shape, value: unknown, place: Place): unknown {
  switch (shape.type) {
    case 'string':
      return checked(shape, value, place, isText(shape, value));
    case 'integer':
    case 'long':
      return checked(shape, value, place, Number.isSafeInteger(value));
    case 'fraction':
      return checked(shape, value, place, Number.isFinite(value));
    case 'boolean':
      return checked(shape, value, place, typeof value === 'boolean');
    case 'null':
      return checked(shape, value, place, value === null);
    case 'any':
      return value;
    case 'duration': {
      const isSaid = typeof value === 'string' || (typeof value === 'number' && shape.needsUnit !== true);
      const ms = isSaid ? parseDuration(value) : undefined;
      return within(shape, ms, value, place);
    }
    case 'date':
      return within(shape, parseInstant(value), value, place);
    case 'size': {
      const bytes = typeof value === 'number' || typeof value === 'string' ? parseSize(String(value)) : undefined;
      return within(shape, bytes, value, place);
    }
    case 'list':
      return list(shape, value, place);
    case 'map':
      return map(shape, value, place);
    case 'structure':
      if (!isObject(value)) throw refuse(shape, value, place);
      return known(shape, value, place);
    case 'union':
      return union(shape, value, place);
    case 'timestamp':
      throw new TypeError('The emulator takes dates, not seconds.');
    default:
      return shape satisfies never;
  }
}

/** Patterns are not asked of what is longer than this: some take quadratic time. */
const LONGEST_MATCHED = 4096;

const isText = ({ pattern }: StringShape, value: unknown): boolean =>
  typeof value === 'string' && (pattern === undefined || value.length <= LONGEST_MATCHED);

function checked(shape: Shape, value: unknown, place: Place, fits: boolean): unknown {
  if (!fits || broken(shape, value)) throw refuse(shape, value, place);
  return value;
}

function within(shape: Shape, read: number | undefined, value: unknown, place: Place): number {
  if (read === undefined || broken(shape, read)) throw refuse(shape, value, place);
  return read;
}

/** Rules are made once for each shape: there may be many values of it. */
const rulesOfShapes = new WeakMap<Shape, readonly Rule[]>();

function broken(shape: Shape, value: unknown): boolean {
  let rules = rulesOfShapes.get(shape);
  if (rules === undefined) {
    rules = rulesOf(shape);
    rulesOfShapes.set(shape, rules);
  }
  return !rules.every((rule) => rule.holds(value as never));
}

function rulesOf(shape: Shape): readonly Rule[] {
  switch (shape.type) {
    case 'string':
      return stringRules(shape);
    case 'list':
      return lengthRules(shape, ({ length }: unknown[]) => length);
    case 'map':
      return lengthRules(shape, ({ size }: Map<string, unknown>) => size);
    default:
      return 'min' in shape || 'max' in shape ? numberRules(shape) : [];
  }
}

function members(table: Members, given: Record<string, unknown>, place: Place): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(table)) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) read[name] = decode(shape, value, inside(place, name));
    else if (shape.required) throw new ControlError(`"${name}" is missing.`, place.hint, pointer(place.path, name));
  }
  return read;
}

/** The members of an object within: what stands there beside them is unknown. */
function known(shape: StructureShape, given: Record<string, unknown>, place: Place): Record<string, unknown> {
  const { members: table, choices = [] } = shape;
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined) {
    const message = knowsNo(`"${place.name}"`, unknown, table);
    throw new ControlError(message, `Its members are ${Object.keys(table).join(', ')}.`, pointer(place.path, unknown));
  }
  for (const choice of choices) checkChoice(choice, given, place);
  return members(table, given, place);
}

function checkChoice({ among, needed }: Choice, given: Record<string, unknown>, { path }: Place): void {
  const said = among.filter((name) => given[name] !== undefined);
  const names = among.map((name) => `"${name}"`).join(' and ');
  const hint = `Give one of ${names}${needed ? '' : ', or none'}.`;
  if (said.length > 1) throw new ControlError(`${names} exclude each other.`, hint, pointer(path, said[1] ?? ''));
  if (said.length === 0 && needed) throw new ControlError(`None of ${names} is said.`, hint, path);
}

function list(shape: ListShape, value: unknown, place: Place): unknown[] {
  if (!Array.isArray(value) || broken(shape, value)) throw refuse(shape, value, place);
  // A number says where it is, and is no name.
  const at = (index: number): Place => ({ ...place, path: pointer(place.path, String(index)) });
  return value.map((item, index) => decode(shape.member, item, at(index)));
}

function map(shape: MapShape, value: unknown, place: Place): Map<string, unknown> {
  if (!isObject(value)) throw refuse(shape, value, place);
  const entries = new Map<string, unknown>();
  for (const [key, item] of Object.entries(value)) {
    const at = inside(place, key);
    if (broken(shape.key, key)) throw refuse(shape.key, key, at);
    entries.set(key, decode(shape.value, item, at));
  }
  if (broken(shape, entries)) throw refuse(shape, value, place);
  return entries;
}

/** Whichever takes it. If none does, the one that is of its kind says why. */
function union(shape: UnionShape, value: unknown, place: Place): unknown {
  const likely = shape.among.filter((one) => isOfKind(one, value));
  let error: unknown;
  for (const one of likely) {
    try {
      return decode(one, value, place);
    } catch (refusal) {
      error = refusal;
    }
  }
  throw error ?? refuse(shape, value, place);
}

function isOfKind(shape: Shape, value: unknown): boolean {
  switch (shape.type) {
    case 'list':
      return Array.isArray(value);
    case 'map':
    case 'structure':
      return isObject(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'null':
      return value === null;
    case 'string':
      return typeof value === 'string';
    case 'integer':
    case 'long':
    case 'fraction':
      return typeof value === 'number';
    default:
      return true;
  }
}

function refuse(shape: Shape, value: unknown, place: Place): ControlError {
  const { hint, refusal } = shape;
  if (refusal !== undefined) return new ControlError(refusal(value), place.hint, place.path);
  const said = typeof hint === 'function' ? hint(value) : hint;
  return new ControlError(cannotBe(place.name, value), said ?? wants(shape, value), place.path);
}
