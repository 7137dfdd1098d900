import { nearest } from '../runtime/nearest.ts';
import { type Instant, parseInstant, toIso } from '../runtime/time.ts';
import { LIKE_AWS } from './likeAws.ts';
import { type Option, OptionError, type OptionRow } from './option.ts';
import { optionTable } from './optionTable.ts';

type Table = typeof optionTable;

/** Everything that can be configured, as the emulator uses it: durations in ms, sizes in bytes, times since the epoch. */
export type Options = {
  readonly [Name in keyof Table]: Table[Name] extends Option<infer Value, unknown> ? Value : never;
};

/** What `kvs-emulator start` takes as flags, as a caller of the library gives it. Everything has a default. */
export type GivenOptions = {
  [Name in keyof Table]?: Exclude<Table[Name]['given'], undefined>;
};

/** A row with its names. */
export interface OptionSpec extends OptionRow<unknown> {
  readonly name: keyof Options;
  readonly flag: string;
  readonly variable: string;
}

/** All options in the order of help and documentation. */
export const optionList: readonly OptionSpec[] = Object.entries(optionTable).map(([name, row]) => {
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const variable = `KVS_${flag.toUpperCase().replaceAll('-', '_')}`;
  return { ...(row as OptionRow<unknown>), name: name as keyof Options, flag, variable };
});

/** A value as flags, variables and callers of the library give it. */
export type OptionValue = Instant | boolean | readonly string[] | object | undefined;

/**
 * Reads options by name. What is undefined or empty has its default. Throws an OptionError for an unknown name or a
 * value that makes no sense; `label` says how the caller spells the option.
 */
export function readOptions(
  given: Readonly<Record<string, OptionValue>>,
  label: (spec: OptionSpec) => string = (spec) => spec.name,
): Options {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(optionTable, name)) continue;
    const similar = nearest(name, Object.keys(optionTable));
    throw new OptionError(`There is no option ${name}.${similar === undefined ? '' : ` Did you mean ${similar}?`}`);
  }
  const likeAws = optionTable.likeAws.parse(String(given.likeAws ?? false)) === true;
  const options = Object.fromEntries(
    optionList.map((spec) => [spec.name, read(likeAws ? asOnAws(spec) : spec, given[spec.name], label)]),
  ) as unknown as Options;
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    const [has, lacks] = options.tlsCert === undefined ? ['tlsKey', 'tlsCert'] : ['tlsCert', 'tlsKey'];
    const said = (name: string | undefined): string =>
      optionList
        .filter((spec) => spec.name === name)
        .map(label)
        .join();
    throw new OptionError(`${said(has)} needs ${said(lacks)} as well.`);
  }
  return options;
}

const asOnAws = (spec: OptionSpec): OptionSpec =>
  Object.hasOwn(LIKE_AWS, spec.name) ? { ...spec, fallback: LIKE_AWS[spec.name] } : spec;

function read(spec: OptionSpec, value: OptionValue, label: (spec: OptionSpec) => string): unknown {
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
    return typeof spec.fallback === 'function' ? spec.fallback() : spec.fallback;
  }
  const text = asText(spec, value);
  const parsed = spec.parse(text);
  if (parsed === undefined) throw new OptionError(`${label(spec)} must be ${spec.wants}, not "${text}".`);
  return parsed;
}

/** Where the library takes a date or a number of milliseconds, the command line takes ISO 8601. */
function asText(spec: OptionSpec, value: Exclude<OptionValue, undefined>): string {
  if (typeof value === 'object' && !('getTime' in value) && !Array.isArray(value)) return JSON.stringify(value);
  const isDate = typeof value === 'object' && 'getTime' in value;
  const ms = isDate || (spec.name === 'startTime' && typeof value === 'number') ? parseInstant(value) : undefined;
  return ms === undefined ? String(value).trim() : toIso(ms);
}
