import type { LimitRow } from '../domain/limits/limitRow.ts';
import type { Numbers } from '../domain/limits/limits.ts';
import { type LimitName, limitTable } from '../domain/limits/limitTable.ts';
import { rateTable } from '../domain/limits/rateTable.ts';
import { duration, fraction, nullable, size } from '../protocol/ownShapes.ts';
import { boolean, type FractionShape, integer, object, type Shape } from '../protocol/shapes.ts';
import { ControlError } from './controlError.ts';
import { retention } from './retentionShape.ts';

// How the numbers of limits are written: sizes, durations, numbers per second; null for none.

/** Null is no limit. Durations are seconds, those of retention a text like `24h`. */
export type LimitValue = number | string | boolean | null;
export type LimitValues = Readonly<Record<string, LimitValue>>;

const HOUR = 3_600_000;
const MS: Readonly<Partial<Record<LimitRow['unit'], number>>> = { ms: 1, s: 1000, hours: HOUR };
const NONE = Number.POSITIVE_INFINITY;
/** More than anybody sends in a second. */
const MOST = 2 ** 50;
const NAMES = Object.keys(limitTable) as LimitName[];

function shapeOf(name: LimitName, { unit, always, what: means }: LimitRow): Shape {
  const least = always ? 1 : 0;
  switch (unit) {
    case 'count':
      return integer({ min: least, means });
    case 'rate':
      return fraction({ min: 0, max: MOST, means: `${means}, in a second` });
    case 'bytesPerSecond':
      return size({ min: 1, max: MOST, means: `${means}, bytes in a second` });
    case 'bytes':
      return size({ min: 1, means });
    case 'switch':
      return { ...boolean(), means };
    case 'hours':
      return retention(name === 'retention.default' ? 0 : HOUR, means);
    default:
      return duration({ min: MS[unit] ?? 1, means });
  }
}

const shapes = NAMES.map((name): [string, Shape] => {
  const row = limitTable[name];
  const shape = shapeOf(name, row);
  return [
    name,
    row.always ? shape : { ...nullable(shape), ...(shape.means === undefined ? {} : { means: shape.means }) },
  ];
});
const byName = Object.fromEntries(shapes);
/** An operation's bare name is its rate. */
const bare = Object.fromEntries(
  Object.keys(rateTable).map((name): [string, Shape] => [name, byName[`${name}.rate`] as Shape]),
);

/** What may stand under `overrides`. Its values are of several kinds, which types need not tell apart. */
export const overridesShape = object({ ...byName, ...bare } as Record<string, FractionShape<false>>);

/** @throws ControlError for a name that no limit has: all of them would be too many to say */
export function checkNames(overrides: unknown, path: string): void {
  if (typeof overrides !== 'object' || overrides === null) return;
  for (const name of Object.keys(overrides)) {
    const at = `${path}/${name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!Object.hasOwn(limitTable, name) && !Object.hasOwn(bare, name)) {
      const hint = 'The names are those under "effective" in GET /_kvs/limits.';
      throw new ControlError(`There is no limit "${name.slice(0, 64)}".`, hint, at);
    }
  }
}

/** As they were read, in the units of the table. */
export function numbersOf(read: Readonly<Record<string, unknown>>, path: string): Numbers {
  return Object.fromEntries(
    Object.entries(read).map(([given, value]) => {
      const name = (Object.hasOwn(bare, given) ? `${given}.rate` : given) as LimitName;
      const number = numberOf(value, limitTable[name]);
      if (Number.isInteger(number) || limitTable[name].unit === 'rate' || number === NONE) return [name, number];
      throw new ControlError(
        `"${given}" is counted in whole ${limitTable[name].unit}.`,
        'Round it.',
        `${path}/${given}`,
      );
    }),
  );
}

function numberOf(value: unknown, { unit }: LimitRow): number {
  if (value === null) return NONE;
  return typeof value === 'boolean' ? Number(value) : Number(value) / (MS[unit] ?? 1);
}

/** As they are told. */
export const told = (numbers: Numbers): LimitValues =>
  Object.fromEntries(
    Object.entries(numbers).map(([name, number]) => [name, written(number, limitTable[name as LimitName])]),
  );

function written(number: number, { unit }: LimitRow): LimitValue {
  if (number === NONE) return null;
  if (unit === 'switch') return number === 1;
  if (unit === 'hours') return `${number}h`;
  return unit === 'ms' ? number / 1000 : number;
}
