import type { Context } from './context.ts';
import { type Operator, operators } from './operators.ts';
import { PolicyError, shown, under } from './policyError.ts';
import { type Matcher, VariableError } from './template.ts';

/** One key of one operator. */
export interface Condition {
  /** As a decision names it: `StringEquals aws:ResourceTag/team`. */
  readonly name: string;
  readonly holds: (context: Context) => boolean;
}

const NAME = /^(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?$/;
const HINT =
  'Operators are StringEquals, StringLike, NumericLessThan, DateGreaterThan, Bool, IpAddress, ArnLike, Null and their ' +
  'like, with IfExists behind or ForAnyValue: or ForAllValues: in front if wanted.';

interface Manner {
  /** Whether all values of the request must fit, or any; of one value it comes to the same. */
  readonly of: 'all' | 'any' | undefined;
  readonly ifExists: boolean;
}

/** Reads the element Condition: for each operator its keys, for each key its values. */
export function readConditions(element: unknown, path: string, variables: boolean): Condition[] {
  const conditions: Condition[] = [];
  for (const [name, keys] of entries(element, path, 'Give operators, each with keys and their values.')) {
    const at = under(path, name);
    const [, set, bare = '', ifExists] = NAME.exec(name) ?? [];
    const manner: Manner = {
      of: set === undefined ? undefined : set === 'ForAllValues:' ? 'all' : 'any',
      ifExists: ifExists !== undefined,
    };
    const isNull = bare === 'Null' && manner.of === undefined && !manner.ifExists;
    const operator = Object.hasOwn(operators, bare) ? operators[bare] : undefined;
    if (operator === undefined && !isNull) throw new PolicyError(`There is no operator ${shown(name)}.`, HINT, at);
    for (const [key, value] of entries(keys, at, 'Give keys like aws:ResourceTag/team, and their values.')) {
      const where = under(at, key);
      if (!/^[A-Za-z0-9_-]+:./.test(key)) {
        throw new PolicyError(
          `${shown(key)} is no condition key.`,
          'Give a key with its prefix, like aws:username.',
          where,
        );
      }
      const values = readValues(value, where);
      const lower = key.toLowerCase();
      const holds =
        operator === undefined
          ? absence(lower, values, where)
          : presence(lower, operator, readTests(operator, values, variables), manner);
      conditions.push({ name: `${name} ${key}`, holds });
    }
  }
  return conditions;
}

function entries(value: unknown, path: string, hint: string): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw new PolicyError(`${shown(value)} is no object.`, hint, path);
}

type Placed = readonly [value: string, path: string];

function readValues(given: unknown, path: string): Placed[] {
  const list = Array.isArray(given)
    ? given.map((one: unknown, i) => [one, under(path, i)] as const)
    : [[given, path] as const];
  return list.map(([one, where]) => {
    if (typeof one === 'string' || typeof one === 'boolean' || typeof one === 'number') return [String(one), where];
    throw new PolicyError(`${shown(one)} is no value of a condition.`, 'Give a text, a number, true or false.', where);
  });
}

function readTests(operator: Operator, values: readonly Placed[], variables: boolean): Matcher[] {
  return values.map(([value, path]) => {
    const test = placed(() => operator.test(value, variables), path);
    if (test !== undefined) return test;
    throw new PolicyError(`${shown(value)} is not ${operator.wants}.`, `Give ${operator.wants}.`, path);
  });
}

const VARIABLE_HINT =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: variables of policies look like this
  "Write ${aws:username}, ${aws:PrincipalTag/team, 'none'}, or ${*}, ${?}, ${$} for the sign itself.";

/** The operator Null: `true` asks for keys that are not there. */
function absence(key: string, values: readonly Placed[], path: string): Condition['holds'] {
  const wanted = values.map(([value, where]) => {
    if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
    throw new PolicyError(`${shown(value)} is neither true nor false.`, 'Null asks whether a key is missing.', where);
  });
  if (wanted.length === 0) throw new PolicyError('Null has no value.', 'Give "true" or "false".', path);
  return (context) => wanted.includes(!context.has(key));
}

/** Whether a value fits; undefined if it depends on a variable that stands for nothing. */
function fits(tests: readonly Matcher[], value: string, context: Context): boolean | undefined {
  let found: boolean | undefined = false;
  for (const test of tests) {
    const fit = test(value, context);
    if (fit === true) return true;
    if (fit === undefined) found = undefined;
  }
  return found;
}

function presence(key: string, { negated }: Operator, tests: readonly Matcher[], manner: Manner): Condition['holds'] {
  const { of, ifExists } = manner;
  const without = ifExists || of === 'all' || (negated && of === undefined);
  // Of several values none may fit what is forbidden, and one is enough that fits what is asked.
  const all = of === 'all' || (of === undefined && negated);
  return (context) => {
    const values = context.get(key);
    if (values === undefined) return without;
    // IAM takes empty texts for no values here.
    if (of !== undefined && values.every((value) => value === '')) return without;
    const holds = (value: string): boolean => {
      const fit = fits(tests, value, context);
      return negated ? fit === false : fit === true;
    };
    return all ? values.every(holds) : values.some(holds);
  };
}

/** What is wrong with a variable is told with where it stands. */
export function placed<T>(read: () => T, path: string): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof VariableError)) throw error;
    throw new PolicyError(error.message, VARIABLE_HINT, path);
  }
}
