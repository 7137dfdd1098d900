import { call } from '../client/call.ts';
import type { ClientOptions } from '../client/request.ts';
import { toIso } from '../runtime/time.ts';
import { type Command, type CommandArgs, type CommandIO, type ExitCode, UsageError } from './command.ts';
import type { StreamInfo } from './ensureStream.ts';
import { formatTable, plural } from './format.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';
import { listInside, type StreamAct, streamActs } from './streamActs.ts';

interface Page {
  readonly StreamInfoList: readonly StreamInfo[];
  readonly NextToken?: string | null;
}

const FORMS =
  'Say one of: streams, streams --inside, streams NAME, streams NAME fragments, streams NAME fragment NUMBER, ' +
  'streams NAME wait N, streams NAME disconnect.';

/** Which options go with which form; `streams` alone and `streams NAME` take none but --json. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  fragments: ['from', 'to', 'axis', 'limit', 'after'],
  fragment: ['out'],
  wait: ['timeout', 'after'],
  disconnect: ['which'],
};
const OF_FORMS = [...new Set(Object.values(OPTIONS).flat())];

/** What is to be done to one stream; undefined: all are listed. */
function actOf(args: CommandArgs): StreamAct | undefined {
  const [name, verb = 'show', value, ...others] = args.positionals;
  const stray = OF_FORMS.find((option) => text(args, option) !== undefined && !OPTIONS[verb]?.includes(option));
  if (stray !== undefined) throw new UsageError(`--${stray} does not belong here. ${FORMS}`);
  if (name === undefined) return undefined;
  if (flag(args, 'inside')) throw new UsageError('--inside lists all streams and goes without a name.');
  const act = Object.hasOwn(streamActs, verb) ? streamActs[verb] : undefined;
  if (act === undefined) throw new UsageError(`A stream does not know "${verb}". ${FORMS}`);
  const [extra] = act.takes === undefined ? [value, ...others] : others;
  if (extra !== undefined) throw new UsageError(`There is one argument too many: "${extra}".`);
  if (act.takes !== undefined && value === undefined) throw new UsageError(`${act.takes} is missing. ${FORMS}`);
  return act;
}

export const command: Command = {
  name: 'streams',
  usage: 'streams [NAME [fragments | fragment NUMBER | wait N | disconnect]] [--inside] [--json] [...]',
  summary:
    'Lists the streams of the account and region; or shows one from within, its fragments, and ends its connections.',
  options: {
    inside: { type: 'boolean', description: 'shows what all hold, and how many are connected' },
    from: { type: 'string', placeholder: 'ISO', description: 'of `fragments`: with that time or a later one' },
    to: { type: 'string', placeholder: 'ISO', description: 'of `fragments`: with that time or an earlier one' },
    axis: {
      type: 'string',
      placeholder: 'AXIS',
      values: ['server', 'producer'],
      description: 'of `fragments`: server or producer time (server)',
    },
    limit: { type: 'string', placeholder: 'N', description: 'of `fragments`: the first N (100)' },
    after: { type: 'string', placeholder: 'NUMBER', description: 'of `fragments` and `wait`: those behind this one' },
    out: { type: 'string', short: 'o', placeholder: 'FILE', description: 'of `fragment`: writes to FILE' },
    timeout: { type: 'string', placeholder: 'DURATION', description: 'of `wait`: how long at most (10s)' },
    which: {
      type: 'string',
      placeholder: 'WHICH',
      values: ['producers', 'readers', 'both'],
      description: 'of `disconnect`: producers, readers or both (both)',
    },
    json: { type: 'boolean', description: 'prints JSON; of the list what ListStreams answers, as one array' },
    ...CA_OPTION,
  },
  words: ['stream', ['fragments', 'fragment', 'wait', 'disconnect']],
  examples: [
    ['streams --region eu-west-1', 'of another region'],
    ['streams --json', 'for a program'],
    ['streams cam', 'what it holds, and who is connected'],
    ['streams cam wait 3 --timeout 30s', 'comes back when three fragments are there for good; exit code 1 if not'],
    ['streams cam fragment NUMBER --out one.mkv', 'one fragment as a file'],
    ['streams cam disconnect --which producers', 'ends who sends to it'],
  ],

  async run(args, io) {
    const act = actOf(args);
    const options = await clientOptions(args, io);
    try {
      if (act !== undefined) return await act.run(args, io, options);
      if (flag(args, 'inside')) return await listInside(args, io, options);
      positionals(args, []);
      return await list(args, io, options);
    } catch (error) {
      throw explained(error, io);
    }
  },
};

async function list(args: CommandArgs, io: CommandIO, options: ClientOptions): Promise<ExitCode> {
  const streams: StreamInfo[] = [];
  let token: string | null | undefined;
  do {
    const page: Page = await call<Page>(options, '/listStreams', token ? { NextToken: token } : {});
    for (const stream of page.StreamInfoList) streams.push(stream);
    token = page.NextToken;
  } while (token);
  if (flag(args, 'json')) io.stdout.write(`${JSON.stringify(streams, undefined, 2)}\n`);
  else if (streams.length > 0) io.stdout.write(formatTable([HEADINGS, ...streams.map(row)]));
  // For people only: a script that counts lines counts none.
  else io.stderr.write(`No streams in ${io.region}. \`kvs-emulator put NAME FILE.mkv\` makes one.\n`);
  return 0;
}

const HEADINGS = ['NAME', 'STATUS', 'RETAINS', 'CREATED', 'ARN'];

const row = ({ StreamName, Status, DataRetentionInHours: hours, CreationTime, StreamARN }: StreamInfo): string[] => [
  StreamName,
  Status,
  hours === 0 ? 'nothing' : hours % 24 === 0 ? plural(hours / 24, 'day') : plural(hours, 'hour'),
  toIso(Math.round(CreationTime * 1000)),
  StreamARN,
];
