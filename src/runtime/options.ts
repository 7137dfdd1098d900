import { totalmem } from 'node:os';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from './log.ts';
import { type NameList, parseBaseUrl, parseNames, parseOrigins } from './names.ts';
import { nearest } from './nearest.ts';
import { type Network, parseNetworks } from './networks.ts';
import { type Instant, parseDuration, parseInstant, toIso } from './time.ts';

export const WHEN_FULL = ['refuse', 'drop-oldest'] as const;
export type WhenFull = (typeof WHEN_FULL)[number];

/** Everything that can be configured, as the emulator uses it. */
export interface Options {
  readonly port: number;
  readonly host: string;
  /** Scheme, host and port by which clients reach the emulator, without a trailing slash. */
  readonly publicUrl: string | undefined;
  /** Proxies besides those on this machine whose word on the client's address is taken. */
  readonly trustedProxies: readonly Network[];
  /** Host names to answer to besides the emulator's own. */
  readonly allowedHosts: NameList;
  /** Origins whose pages may call, besides those of this machine. */
  readonly allowedOrigins: readonly string[];
  readonly region: string;
  readonly account: string;
  /** Refuse what would fail on AWS instead of warning about it. */
  readonly strict: boolean;
  /** How long streams and channels stay in each state that passes, in ms. */
  readonly creatingDelay: number;
  readonly updatingDelay: number;
  readonly deletingDelay: number;
  /** Per account and region. */
  readonly streamLimit: number;
  readonly channelLimit: number;
  readonly clock: 'running' | 'frozen';
  /** Milliseconds since the epoch. */
  readonly startTime: number | undefined;
  /** Bytes held for clients: media above all. */
  readonly maxMemory: number;
  /** What becomes of new media when there is no room: refused, or the oldest there are make some. */
  readonly whenFull: WhenFull;
  readonly randomSeed: number | undefined;
  /** Paths of PEM files. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  /** Host names to have certificates for though the CA's constraints leave them out. */
  readonly tlsNames: NameList;
  readonly readyFile: string | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** One option: its flag, its variable, what it means, and how its text is read. */
export interface OptionSpec<Name extends keyof Options = keyof Options> {
  readonly name: Name;
  readonly flag: string;
  readonly variable: string;
  /** What stands for the value in help; empty for a switch. */
  readonly placeholder: string;
  readonly description: string;
  /** The default as people read it. */
  readonly defaultText: string;
  readonly fallback: () => Options[Name];
  /** Undefined when the text makes no sense; `wants` then says what would. */
  readonly parse: (text: string) => Options[Name] | undefined;
  readonly wants: string;
}

/** A value that makes no sense. The message names the option, the value, and what would do. */
export class OptionError extends Error {}

const GIBIBYTE = 1024 ** 3;
const SIZE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: GIBIBYTE,
  t: 1024 * GIBIBYTE,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: GIBIBYTE,
  tib: 1024 * GIBIBYTE,
};

/** Bytes of `512m`, `2GiB`, `1.5 GB`, `1000000`; undefined if it is no size. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(SIZE_UNITS, unit?.toLowerCase() ?? '?') ? SIZE_UNITS[unit?.toLowerCase() ?? ''] : 0;
  const bytes = Math.floor(Number(amount) * (factor ?? 0));
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Half of what this machine or its container has, and 2 GiB at most. */
function defaultMemory(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.min(2 * GIBIBYTE, Math.floor(memory / 2));
}

const integer = (text: string, highest: number): number | undefined => {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value <= highest ? value : undefined;
};

const among = <T extends string>(values: readonly T[], text: string): T | undefined =>
  values.find((value) => value === text);

type Table = { readonly [Name in keyof Options]: OptionSpec<Name> };
type Entry<Name extends keyof Options> = Omit<OptionSpec<Name>, 'name' | 'flag' | 'variable' | 'fallback'> & {
  readonly fallback: Options[Name] | (() => Options[Name]);
};

function table(entries: { readonly [Name in keyof Options]: Entry<Name> }): Table {
  const specs = Object.entries(entries).map(([name, entry]) => {
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const { fallback } = entry;
    const variable = `KVS_${flag.toUpperCase().replaceAll('-', '_')}`;
    return [
      name,
      { ...entry, name, flag, variable, fallback: typeof fallback === 'function' ? fallback : () => fallback },
    ];
  });
  return Object.fromEntries(specs) as Table;
}

export const optionTable: Table = table({
  port: {
    placeholder: 'PORT',
    description: 'port for everything, HTTP and HTTPS alike; 0 takes any free one',
    defaultText: '4580',
    fallback: 4580,
    parse: (text) => integer(text, 65_535),
    wants: 'a number from 0 to 65535',
  },
  host: {
    placeholder: 'ADDRESS',
    description: 'address to listen on; 0.0.0.0 for all',
    defaultText: '127.0.0.1 (0.0.0.0 in the image)',
    fallback: '127.0.0.1',
    parse: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
    wants: 'an address or host name, without scheme and port',
  },
  publicUrl: {
    placeholder: 'URL',
    description: 'address by which clients reach the emulator, for the endpoints it hands out',
    defaultText: 'scheme and host of each request',
    fallback: undefined,
    parse: parseBaseUrl,
    wants: 'an http or https address without a query, like https://kvs.example.test:4580',
  },
  trustedProxies: {
    placeholder: 'ADDRESSES',
    description: 'proxies whose X-Forwarded-… and Forwarded headers are believed: 10.0.0.0/8,2001:db8::7',
    defaultText: 'those on this machine',
    fallback: [],
    parse: parseNetworks,
    wants: 'addresses or networks like 10.0.0.0/8 and 2001:db8::7, with commas between them',
  },
  allowedHosts: {
    placeholder: 'NAMES',
    description: 'more host names to answer to, by commas: .example.test is a domain with its sub-domains, * all names',
    defaultText: 'names of this machine, addresses, private names, KVS’s own',
    fallback: [],
    parse: parseNames,
    wants: 'host names without port, like kvs.example.test or .example.test, separated by commas, or *',
  },
  allowedOrigins: {
    placeholder: 'ORIGINS',
    description: 'more origins whose pages may call, by commas; null is a page from a file, * all pages',
    defaultText: 'pages of this machine',
    fallback: [],
    parse: parseOrigins,
    wants: 'origins like https://app.example.test, separated by commas, or null, or *',
  },
  region: {
    placeholder: 'REGION',
    description: 'region of requests that are not signed for one',
    defaultText: 'us-east-1',
    fallback: 'us-east-1',
    parse: (text) => (/^[a-z0-9-]{1,64}$/.test(text) ? text : undefined),
    wants: 'a region like us-east-1',
  },
  account: {
    placeholder: 'ID',
    description: 'account of requests whose access key is not 12 digits',
    defaultText: '000000000000',
    fallback: '000000000000',
    parse: (text) => (/^\d{12}$/.test(text) ? text : undefined),
    wants: '12 digits',
  },
  strict: {
    placeholder: '',
    description: 'refuse what works here and would fail on AWS, instead of warning about it',
    defaultText: 'off',
    fallback: false,
    parse: (text) => ({ true: true, 1: true, false: false, 0: false })[text],
    wants: 'true or false',
  },
  creatingDelay: {
    placeholder: 'DURATION',
    description: 'how long a stream or channel stays CREATING on the emulator’s clock: 500ms, 5s, PT1M',
    defaultText: '0: not at all',
    fallback: 0,
    parse: parseDuration,
    wants: 'a duration like 500ms, 5s or PT1M',
  },
  updatingDelay: {
    placeholder: 'DURATION',
    description: 'how long a stream or channel stays UPDATING on the emulator’s clock: 500ms, 5s, PT1M',
    defaultText: '0: not at all',
    fallback: 0,
    parse: parseDuration,
    wants: 'a duration like 500ms, 5s or PT1M',
  },
  deletingDelay: {
    placeholder: 'DURATION',
    description: 'how long a stream or channel stays DELETING on the emulator’s clock: 500ms, 5s, PT1M',
    defaultText: '0: not at all',
    fallback: 0,
    parse: parseDuration,
    wants: 'a duration like 500ms, 5s or PT1M',
  },
  streamLimit: {
    placeholder: 'N',
    description: 'most streams an account may have in a region',
    defaultText: 'no limit (AWS: 10,000)',
    fallback: Number.POSITIVE_INFINITY,
    parse: (text) => integer(text, 1e9),
    wants: 'a number',
  },
  channelLimit: {
    placeholder: 'N',
    description: 'most signaling channels an account may have in a region',
    defaultText: 'no limit (AWS: 10,000)',
    fallback: Number.POSITIVE_INFINITY,
    parse: (text) => integer(text, 1e9),
    wants: 'a number',
  },
  clock: {
    placeholder: 'MODE',
    description: 'running or frozen: whether emulated time passes by itself',
    defaultText: 'running',
    fallback: 'running',
    parse: (text) => among(['running', 'frozen'], text),
    wants: 'running or frozen',
  },
  startTime: {
    placeholder: 'ISO',
    description: 'emulated time to start at',
    defaultText: 'the machine’s time',
    fallback: undefined,
    parse: parseInstant,
    wants: 'an ISO 8601 date from 1970 to 9999, like 2030-01-01T00:00:00Z',
  },
  maxMemory: {
    placeholder: 'SIZE',
    description: 'most bytes to keep for clients, media above all: 512m, 4GiB',
    defaultText: '2GiB, or half of the memory if that is less',
    fallback: defaultMemory,
    parse: parseSize,
    wants: 'a size like 512m, 2GiB or 1500000000',
  },
  whenFull: {
    placeholder: 'WHAT',
    description: 'what becomes of new media then: refuse (ERROR 5001), or drop-oldest of any stream to make room',
    defaultText: 'refuse',
    fallback: 'refuse',
    parse: (text) => among(WHEN_FULL, text),
    wants: 'refuse or drop-oldest',
  },
  randomSeed: {
    placeholder: 'N',
    description: 'makes every id the same from run to run',
    defaultText: 'none: ids differ',
    fallback: undefined,
    parse: (text) => integer(text, 2 ** 32 - 1),
    wants: 'a number from 0 to 4294967295',
  },
  tlsCert: {
    placeholder: 'FILE',
    description: 'certificate chain for https, PEM',
    defaultText: 'made by a CA of its own, see `kvs-emulator ca`',
    fallback: undefined,
    parse: (text) => text,
    wants: 'a file',
  },
  tlsKey: {
    placeholder: 'FILE',
    description: 'private key of --tls-cert, PEM',
    defaultText: 'as above',
    fallback: undefined,
    parse: (text) => text,
    wants: 'a file',
  },
  tlsNames: {
    placeholder: 'NAMES',
    description: 'more host names to have certificates for, like --allowed-hosts; a CA without constraints signs them',
    defaultText: 'none: the CA’s constraints cover private names and KVS’s own',
    fallback: [],
    parse: parseNames,
    wants: 'host names like kvs.example.test or .example.test, separated by commas, or *',
  },
  readyFile: {
    placeholder: 'FILE',
    description: 'written when it listens, removed when it stops: JSON with url, port and pid',
    defaultText: 'none (/dev/shm/kvs-emulator.json in the image)',
    fallback: undefined,
    parse: (text) => text,
    wants: 'a file',
  },
  logLevel: {
    placeholder: 'LEVEL',
    description: `${LOG_LEVELS.join(', ')}`,
    defaultText: 'info',
    fallback: 'info',
    parse: (text) => among(LOG_LEVELS, text),
    wants: `one of ${LOG_LEVELS.join(', ')}`,
  },
  logFormat: {
    placeholder: 'FORMAT',
    description: 'pretty for people, json for programs',
    defaultText: 'pretty',
    fallback: 'pretty',
    parse: (text) => among(LOG_FORMATS, text),
    wants: 'pretty or json',
  },
});

/** All options in the order of help and README. */
export const optionList: readonly OptionSpec[] = Object.values(optionTable) as unknown as OptionSpec[];

/** A value as flags, variables and callers of the library give it. */
export type OptionValue = Instant | boolean | readonly string[] | undefined;

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
  const options: Record<string, unknown> = {};
  for (const spec of optionList) {
    const value = given[spec.name];
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
      options[spec.name] = spec.fallback();
      continue;
    }
    const text = asText(spec, value);
    const parsed = spec.parse(text);
    if (parsed === undefined) throw new OptionError(`${label(spec)} must be ${spec.wants}, not "${text}".`);
    options[spec.name] = parsed;
  }
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    const { tlsCert, tlsKey } = optionTable;
    const [has, lacks] = options.tlsCert === undefined ? [tlsKey, tlsCert] : [tlsCert, tlsKey];
    throw new OptionError(`${label(has as OptionSpec)} needs ${label(lacks as OptionSpec)} as well.`);
  }
  return options as unknown as Options;
}

/** Where the library takes a date or a number of milliseconds, the command line takes ISO 8601. */
function asText(spec: OptionSpec, value: Exclude<OptionValue, undefined>): string {
  const isTime = value instanceof Date || (spec.name === 'startTime' && typeof value === 'number');
  const ms = isTime ? parseInstant(value) : undefined;
  return ms === undefined ? String(value).trim() : toIso(ms);
}
