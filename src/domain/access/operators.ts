import { parseDate } from '../../runtime/time.ts';
import { networkOf } from './addresses.ts';
import { arnMatcher } from './arnPattern.ts';
import { filledText, globMatcher, type Matcher, partsOf } from './template.ts';

/** A condition operator: how a value of the request is held against one of the policy. */
export interface Operator {
  /** It holds where nothing of the policy fits. */
  readonly negated: boolean;
  /** What its values are, for whoever gives another. */
  readonly wants: string;
  /** Makes a value of the policy a test; undefined if it is none of that kind. */
  readonly test: (value: string, variables: boolean) => Matcher | undefined;
}

const text = (same: (value: string) => string): Operator => ({
  negated: false,
  wants: 'a text',
  test(wanted, variables) {
    const filled = filledText(partsOf(wanted, variables));
    return (value, context) => {
      const found = filled(context);
      return found === undefined ? undefined : same(found) === same(value);
    };
  },
});

const like: Operator = {
  negated: false,
  wants: 'a text',
  test: (wanted, variables) => globMatcher(partsOf(wanted, variables)),
};

const arnLike: Operator = {
  negated: false,
  wants: 'an ARN, in which * and ? stand for other characters',
  test: (wanted, variables) => (/^(arn:|\$\{|\*)/.test(wanted) ? arnMatcher(wanted, variables) : undefined),
};

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** No number is longer. */
const LONGEST_NUMBER = 64;
const numberOf = (value: string): number | undefined =>
  value.length <= LONGEST_NUMBER && NUMBER.test(value) ? Number(value) : undefined;

const DATE = /^(\d{4})(-\d\d)?(-\d\d)?(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?$/;
/** ISO 8601, from the year alone to the millisecond, or seconds of the epoch. */
function dateOf(value: string): number | undefined {
  if (value.length > LONGEST_NUMBER) return undefined;
  if (/^\d{5,}$/.test(value)) return Number(value) * 1000;
  const [, year, month, day, time, zone = 'Z'] = DATE.exec(value) ?? [];
  if (year === undefined || (month === undefined && day !== undefined)) return undefined;
  if (time !== undefined && day === undefined) return undefined;
  return parseDate(`${year}${month ?? '-01'}${day ?? '-01'}${time === undefined ? '' : time + zone}`);
}

/** Values with an order: what is none of them fits nothing. */
const ordered =
  (wants: string, read: (value: string) => number | undefined) =>
  (holds: (value: number, wanted: number) => boolean): Operator => ({
    negated: false,
    wants,
    test(given) {
      const wanted = read(given);
      if (wanted === undefined) return undefined;
      return (value) => {
        const found = read(value);
        return found !== undefined && holds(found, wanted);
      };
    },
  });
const numeric = ordered('a number', numberOf);
const date = ordered('a date like 2030-01-01T00:00:00Z, or seconds since 1970', dateOf);

const truth: Operator = {
  negated: false,
  wants: 'true or false',
  test: (wanted) =>
    /^(true|false)$/i.test(wanted) ? (value) => value.toLowerCase() === wanted.toLowerCase() : undefined,
};

const binary: Operator = {
  negated: false,
  wants: 'base64',
  test: (wanted) =>
    /^[A-Za-z0-9+/]*={0,2}$/.test(wanted) && wanted.length % 4 === 0 ? (value) => value === wanted : undefined,
};

const address: Operator = {
  negated: false,
  wants: 'an address or a network like 203.0.113.0/24 or 2001:db8::/32',
  test: networkOf,
};

const not = (operator: Operator): Operator => ({ ...operator, negated: true });

const equals = text((value) => value);
const equalsIgnoreCase = text((value) => value.toLowerCase());
const numericEquals = numeric((value, wanted) => value === wanted);
const dateEquals = date((value, wanted) => value === wanted);

/** One for each of IAM's, but for Null, which looks at no value. */
export const operators: Readonly<Record<string, Operator>> = {
  StringEquals: equals,
  StringNotEquals: not(equals),
  StringEqualsIgnoreCase: equalsIgnoreCase,
  StringNotEqualsIgnoreCase: not(equalsIgnoreCase),
  StringLike: like,
  StringNotLike: not(like),
  NumericEquals: numericEquals,
  NumericNotEquals: not(numericEquals),
  NumericLessThan: numeric((value, wanted) => value < wanted),
  NumericLessThanEquals: numeric((value, wanted) => value <= wanted),
  NumericGreaterThan: numeric((value, wanted) => value > wanted),
  NumericGreaterThanEquals: numeric((value, wanted) => value >= wanted),
  DateEquals: dateEquals,
  DateNotEquals: not(dateEquals),
  DateLessThan: date((value, wanted) => value < wanted),
  DateLessThanEquals: date((value, wanted) => value <= wanted),
  DateGreaterThan: date((value, wanted) => value > wanted),
  DateGreaterThanEquals: date((value, wanted) => value >= wanted),
  Bool: truth,
  BinaryEquals: binary,
  IpAddress: address,
  NotIpAddress: not(address),
  ArnEquals: arnLike,
  ArnLike: arnLike,
  ArnNotEquals: not(arnLike),
  ArnNotLike: not(arnLike),
};
