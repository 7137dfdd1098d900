import { admin } from '../client/call.ts';
import { type Command, type CommandArgs, UsageError } from './command.ts';
import { formatTable } from './format.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

interface Gauge {
  readonly name: string;
  readonly stream: string | null;
  readonly channel: string | null;
  readonly shard: number | null;
  readonly operation: string | null;
  readonly account: string;
  readonly region: string;
  readonly limit: number;
  readonly level: number;
  readonly admitted: number;
  readonly refused: number;
  readonly passesAt: string | null;
}
interface State {
  /** Of all. */
  readonly profile?: string;
  /** Of a stream. */
  readonly shards?: number;
  readonly mode: string;
  readonly overrides: Readonly<Record<string, unknown>>;
  readonly gauges: readonly Gauge[];
}

interface Request {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'DELETE';
  /** The stream it is about. */
  readonly stream?: string | undefined;
  readonly input?: object;
}

const FORMS =
  'Say one of: limits, limits profile off|aws|shards, limits override NAME=VALUE..., limits shards STREAM N, limits forget STREAM.';

/** `GetMedia.rate=1`, `fragment.bytes=1m`, `PutMedia.connections=null` */
function overridesOf(pairs: readonly string[]): object {
  if (pairs.length === 0) throw new UsageError('`limits override` needs NAME=VALUE, like GetMedia.rate=1.');
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new UsageError(`"${pair}" is not of the form NAME=VALUE, like GetMedia.rate=1.`);
      const value = pair.slice(at + 1);
      const isJson = /^(-?\d+(\.\d+)?|null|true|false)$/.test(value);
      return [pair.slice(0, at), isJson ? JSON.parse(value) : value];
    }),
  );
}

/** What is to be asked of the emulator. */
function requestOf(args: CommandArgs): Request {
  const [verb, ...rest] = args.positionals;
  const stream = text(args, 'stream');
  const mode = text(args, 'mode');
  const said = mode === undefined ? {} : { mode };
  switch (verb) {
    case undefined:
      return mode === undefined ? { method: 'GET', stream } : { method: 'PATCH', stream, input: said };
    case 'profile': {
      const [, profile] = positionals(args, ['profile', 'PROFILE']);
      if (stream !== undefined) throw new UsageError('A profile holds for all streams: leave out --stream.');
      return { method: 'PUT', input: { profile, ...said } };
    }
    case 'override':
      return { method: 'PATCH', stream, input: { overrides: overridesOf(rest), ...said } };
    case 'shards': {
      const [, name = '', given = ''] = positionals(args, ['shards', 'STREAM', 'N']);
      if (!/^[1-9]\d*$/.test(given)) throw new UsageError(`A stream has 1 shard or more, not "${given}".`);
      return { method: 'PATCH', stream: name, input: { shards: Number(given), ...said } };
    }
    case 'forget': {
      const [, name = ''] = positionals(args, ['forget', 'STREAM']);
      return { method: 'DELETE', stream: name };
    }
    default:
      throw new UsageError(`Limits do not know "${verb}". ${FORMS}`);
  }
}

const HEADINGS = ['LIMIT', 'OF', 'LEFT', 'IN ALL', 'PASSED', 'REFUSED', 'PASSES AT'];

const row = (gauge: Gauge): string[] => [
  gauge.operation === null ? gauge.name : `${gauge.name} (${gauge.operation})`,
  `${gauge.stream ?? gauge.channel ?? `${gauge.account} in ${gauge.region}`}${gauge.shard === null ? '' : `, shard ${gauge.shard}`}`,
  String(gauge.level),
  String(gauge.limit),
  String(gauge.admitted),
  String(gauge.refused),
  gauge.passesAt ?? '',
];

function describe({ profile, shards, mode, overrides, gauges }: State): string {
  const head = profile === undefined ? `${shards} shard${shards === 1 ? '' : 's'}` : `profile ${profile}`;
  const own = Object.entries(overrides).map(([name, value]) => `  ${name}=${value}\n`);
  const table = gauges.length === 0 ? '' : formatTable([HEADINGS, ...gauges.map(row)]);
  return `${head}, mode ${mode}\n${own.join('')}${table}`;
}

export const command: Command = {
  name: 'limits',
  usage: 'limits [profile NAME | override NAME=VALUE... | shards STREAM N | forget STREAM] [--stream NAME] [...]',
  summary: 'Shows what is left of each limit, or says how much is let through.',
  options: {
    stream: { type: 'string', placeholder: 'NAME', description: 'of this stream alone, there or not' },
    account: { type: 'string', placeholder: 'ID', description: 'of this account, 12 digits' },
    mode: {
      type: 'string',
      placeholder: 'MODE',
      values: ['pace', 'reject'],
      description: 'pace or reject: a producer that sends too much',
    },
    json: { type: 'boolean', description: 'prints all of it as JSON' },
    ...CA_OPTION,
  },
  words: [['profile', 'override', 'shards', 'forget']],
  examples: [
    ['limits profile aws', 'as AWS publishes them'],
    ['limits override GetMedia.rate=1 --stream door', 'one number of one stream'],
    ['limits profile shards --mode reject', 'ERROR 5000 for who sends too much'],
    ['limits shards door 4', 'splits a stream'],
    ['limits profile off', 'no rates, connections, bandwidth and points'],
  ],

  async run(args, io) {
    const { method, stream, input } = requestOf(args);
    const where = { account: text(args, 'account'), region: text(args, 'region') };
    const said = Object.entries(where).filter((pair): pair is [string, string] => pair[1] !== undefined);
    const query = said.length === 0 ? {} : { query: `?${new URLSearchParams(said)}` };
    const options = await clientOptions(args, io);
    try {
      const path = `/limits${stream === undefined ? '' : `/${encodeURIComponent(stream)}`}`;
      const state = await admin<State>(options, method, path, input === undefined ? query : { input, ...query });
      io.stdout.write(flag(args, 'json') ? `${JSON.stringify(state, undefined, 2)}\n` : describe(state));
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
