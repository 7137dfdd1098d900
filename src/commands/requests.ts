import { type AdminOptions, admin } from '../client/call.ts';
import { type Command, type CommandArgs, UsageError } from './command.ts';
import { formatBytes, formatSpan } from './format.ts';
import { CA_OPTION, clientOptions, count, explained, flag, positionals, text } from './service.ts';

interface Entry {
  readonly requestId: string;
  readonly time: string;
  readonly method: string;
  readonly path: string;
  readonly operation: string | null;
  readonly stream: string | null;
  readonly channel: string | null;
  readonly status: number | null;
  readonly error: string | null;
  readonly ms: number | null;
  readonly bytesIn: number | null;
  readonly bytesOut: number | null;
  readonly warnings: readonly { readonly difference: string }[];
  readonly throttled?: { readonly limit: string } | null;
  readonly faults: readonly string[];
}
interface Page {
  readonly requests: readonly Entry[];
  readonly next: string | null;
  readonly dropped: number;
}

/** Options that are filters of the route, by their names there. */
const FILTERS: Readonly<Record<string, string>> = {
  operation: 'operation',
  stream: 'stream',
  channel: 'channel',
  status: 'status',
  since: 'since',
  account: 'account',
  region: 'region',
  id: 'requestId',
};
const HOLD = '30s';

function filterOf(args: CommandArgs): Record<string, string> {
  const said = Object.entries(FILTERS).map(([option, name]) => [name, text(args, option)] as const);
  return Object.fromEntries(said.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

const ask = (options: AdminOptions, filter: Record<string, string>): Promise<Page> => {
  const query = new URLSearchParams(filter).toString();
  return admin<Page>(options, 'GET', '/requests', query === '' ? {} : { query: `?${query}` });
};

/** All there are, page by page. `more` is asked of the first page alone. */
async function* pages(
  options: AdminOptions,
  filter: Record<string, string>,
  more: Record<string, string> = {},
): AsyncGenerator<Page> {
  let page = await ask(options, { ...filter, ...more });
  yield page;
  while (page.next !== null) {
    page = await ask(options, { ...filter, after: page.next });
    yield page;
  }
}

/**
 * What is there, then each request as it is answered. What is asked for begins behind the last request before which all
 * are answered; of what follows it, those that have been told are counted, so that the emulator holds its answer until
 * there is another.
 */
async function* follow(options: AdminOptions, filter: Record<string, string>): AsyncGenerator<Entry> {
  let after: string | undefined;
  let told = new Set<string>();
  for (;;) {
    const from = after === undefined ? {} : { after };
    const still = new Set<string>();
    let settledSoFar = true;
    for await (const { requests } of pages(options, filter, { ...from, wait: HOLD, count: String(told.size + 1) })) {
      for (const entry of requests) {
        const settled = entry.status !== null || entry.ms !== null;
        if (settled && !told.has(entry.requestId)) yield entry;
        settledSoFar &&= settled;
        if (settledSoFar) after = entry.requestId;
        else if (settled) still.add(entry.requestId);
      }
    }
    told = still;
  }
}

const WIDTHS = [24, 6, 24, 16, 8, 9, 9];
const HEADINGS = ['TIME', 'STATUS', 'REQUEST', 'STREAM', 'TOOK', 'IN', 'OUT', 'SAID'];

const line = (cells: readonly string[]): string =>
  `${cells
    .map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0))
    .join('  ')
    .trimEnd()}\n`;

const orNothing = (value: number | null, format: (value: number) => string): string =>
  value === null ? '-' : format(value);

/** One request as a line; what would be different on AWS stands at its end. */
const row = (entry: Entry): string[] => [
  entry.time,
  entry.status === null ? '-' : String(entry.status),
  entry.operation ?? `${entry.method} ${entry.path}`,
  entry.stream ?? entry.channel ?? '-',
  orNothing(entry.ms, formatSpan),
  orNothing(entry.bytesIn, formatBytes),
  orNothing(entry.bytesOut, formatBytes),
  [
    entry.error,
    entry.throttled?.limit ?? null,
    ...entry.faults.map((id) => `fault:${id}`),
    ...entry.warnings.map(({ difference }) => difference),
  ]
    .filter((word) => word !== null)
    .join(' '),
];

export const command: Command = {
  name: 'requests',
  usage: 'requests [--operation NAME] [--stream NAME] [--follow] [...]',
  summary: 'Shows the last requests, how they were answered and what AWS would have done differently.',
  options: {
    operation: { type: 'string', placeholder: 'NAME', description: 'only this operation, like PutMedia' },
    stream: { type: 'string', placeholder: 'NAME', description: 'only those about this stream' },
    channel: { type: 'string', placeholder: 'NAME', description: 'only those about this channel' },
    status: { type: 'string', placeholder: 'STATUS', description: 'only those answered with it, like 404' },
    since: { type: 'string', placeholder: 'ISO', description: 'only those since then, by the emulated time' },
    account: { type: 'string', placeholder: 'ID', description: 'only those of this account, 12 digits' },
    region: { type: 'string', placeholder: 'REGION', description: 'only those of this region' },
    id: { type: 'string', placeholder: 'ID', description: 'only this one, by its request id' },
    limit: { type: 'string', placeholder: 'N', description: 'the first N' },
    follow: { type: 'boolean', description: 'goes on with each request that is answered' },
    clear: { type: 'boolean', description: 'forgets them all instead' },
    json: { type: 'boolean', description: 'prints each request as a line of JSON, acknowledgements included' },
    ...CA_OPTION,
  },
  examples: [
    ['requests --status 404', 'what was asked for and not there'],
    ['requests --operation PutMedia --stream cam --json', 'uploads with their acknowledgements'],
    ['requests --follow', 'as they come'],
    ['requests --clear', 'forgets them'],
  ],

  async run(args, io) {
    positionals(args, []);
    const filter = filterOf(args);
    const limit = count(args, 'limit', 1);
    const json = flag(args, 'json');
    if (flag(args, 'clear') && (flag(args, 'follow') || json || limit !== undefined || Object.keys(filter).length > 0))
      throw new UsageError('--clear forgets all requests and goes alone.');
    if (flag(args, 'follow') && limit !== undefined) throw new UsageError('--follow goes on: it takes no --limit.');
    const options = await clientOptions(args, io);
    let shown = 0;
    const show = (entry: Entry): void => {
      if (shown++ === 0 && !json) io.stdout.write(line(HEADINGS));
      io.stdout.write(json ? `${JSON.stringify(entry)}\n` : line(row(entry)));
    };
    try {
      if (flag(args, 'clear')) {
        await admin(options, 'DELETE', '/requests');
        io.stdout.write('Forgot the requests so far.\n');
        return 0;
      }
      if (flag(args, 'follow')) for await (const entry of follow(options, filter)) show(entry);
      let dropped = 0;
      let left = limit ?? Number.POSITIVE_INFINITY;
      for await (const page of pages(options, filter)) {
        page.requests.slice(0, left).forEach(show);
        dropped = page.dropped;
        left -= page.requests.length;
        if (left <= 0) break;
      }
      // For people only: a program reads the requests.
      if (shown === 0 && !json) io.stderr.write('There are no such requests.\n');
      if (dropped > 0) io.stderr.write(`${dropped} older requests have been forgotten.\n`);
    } catch (error) {
      if (io.signal.aborted) return 0;
      throw explained(error, io);
    }
    return 0;
  },
};
