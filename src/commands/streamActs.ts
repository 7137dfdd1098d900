import { admin, adminBytes } from '../client/call.ts';
import type { ClientOptions } from '../client/request.ts';
import { type CommandArgs, type CommandIO, type ExitCode, UsageError } from './command.ts';
import { formatBytes, formatTable, plural } from './format.ts';
import { flag, text, whose } from './service.ts';
import { openSink } from './sink.ts';

// What `kvs-emulator streams` shows of streams from within, and does to one.

interface View {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly fragments: number;
  readonly bytesHeld: number;
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly producers: number;
  readonly readers: number;
  readonly lastAck: { readonly EventType: string; readonly ErrorCode?: string } | null;
}
interface Details extends View {
  readonly connections: readonly { readonly operation: string; readonly principal: string; readonly since: string }[];
  readonly sessions: readonly { readonly protocol: string; readonly mode: string; readonly expires: string }[];
}
interface FragmentShown {
  readonly number: string;
  readonly serverTime: string;
  readonly producerTime: string;
  readonly lengthMs: number;
  readonly bytes: number;
  readonly frames: number;
  readonly state: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface StreamAct {
  /** What has to stand behind it. */
  readonly takes?: string;
  run(args: CommandArgs, io: CommandIO, options: ClientOptions): Promise<ExitCode>;
}

const query = (io: CommandIO, more: Readonly<Record<string, string | undefined>> = {}): string => {
  const said = Object.entries(more).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `?${new URLSearchParams([...Object.entries(whose(io)), ...said])}`;
};

const pathOf = ({ positionals: [name = ''] }: CommandArgs): string => `/streams/${encodeURIComponent(name)}`;

function print(args: CommandArgs, io: CommandIO, shown: unknown, forPeople: () => string): ExitCode {
  io.stdout.write(flag(args, 'json') ? `${JSON.stringify(shown, undefined, 2)}\n` : forPeople());
  return 0;
}

const orNothing = (value: string | null): string => value ?? '-';

/** All streams from within. */
export async function listInside(args: CommandArgs, io: CommandIO, options: ClientOptions): Promise<ExitCode> {
  const streams: View[] = [];
  let after: string | undefined;
  do {
    const page = await admin<{ streams: View[]; next: string | null }>(options, 'GET', '/streams', {
      query: query(io, { after }),
    });
    for (const stream of page.streams) streams.push(stream);
    after = page.next ?? undefined;
  } while (after !== undefined);
  const rows = streams.map(({ name, fragments, bytesHeld, oldest, newest, producers, readers }) => [
    ...[name, String(fragments), formatBytes(bytesHeld), orNothing(oldest), orNothing(newest)],
    ...[String(producers), String(readers)],
  ]);
  const headings = ['NAME', 'FRAGMENTS', 'HOLDS', 'OLDEST', 'NEWEST', 'PRODUCERS', 'READERS'];
  return print(args, io, streams, () => formatTable([headings, ...rows]));
}

const details = ({ connections, sessions, ...view }: Details): string => {
  const { lastAck } = view;
  const lines: [string, string][] = [
    ['name', view.name],
    ['arn', view.arn],
    ['status', view.status],
    ['fragments', `${view.fragments}, ${formatBytes(view.bytesHeld)}`],
    ['server times', `${orNothing(view.oldest)} to ${orNothing(view.newest)}`],
    ['last ack', lastAck === null ? '-' : [lastAck.EventType, lastAck.ErrorCode ?? ''].join(' ').trimEnd()],
    ...connections.map((one): [string, string] => [one.operation, `since ${one.since} by ${one.principal}`]),
    ...sessions.map((one): [string, string] => [`${one.protocol} session`, `${one.mode}, until ${one.expires}`]),
  ];
  return formatTable(lines);
};

const FRAGMENTS = ['NUMBER', 'SERVER TIME', 'PRODUCER TIME', 'LENGTH', 'SIZE', 'FRAMES', 'STATE', 'TAGS'];
const fragmentRow = (one: FragmentShown): string[] => [
  ...[one.number, one.serverTime, one.producerTime, `${one.lengthMs} ms`, formatBytes(one.bytes), String(one.frames)],
  one.state,
  Object.entries(one.tags)
    .map(([name, value]) => `${name}=${value}`)
    .join(' '),
];

const listFragments = (
  io: CommandIO,
  args: CommandArgs,
  options: ClientOptions,
  more: Record<string, string | undefined>,
) =>
  admin<{ fragments: FragmentShown[]; next: string | null }>(options, 'GET', `${pathOf(args)}/fragments`, {
    query: query(io, { after: text(args, 'after'), ...more }),
  });

export const streamActs: Readonly<Record<string, StreamAct>> = {
  show: {
    async run(args, io, options) {
      const shown = await admin<Details>(options, 'GET', pathOf(args), { query: query(io) });
      return print(args, io, shown, () => details(shown));
    },
  },
  fragments: {
    async run(args, io, options) {
      const [from, to, axis, limit] = ['from', 'to', 'axis', 'limit'].map((name) => text(args, name));
      const page = await listFragments(io, args, options, { from, to, axis, limit });
      return print(args, io, page, () => {
        const more = page.next === null ? '' : `More follow: --after ${page.next}\n`;
        return formatTable([FRAGMENTS, ...page.fragments.map(fragmentRow)]) + more;
      });
    },
  },
  fragment: {
    takes: 'NUMBER',
    async run(args, io, options) {
      const { positionals } = args;
      const sink = await openSink(text(args, 'out'), io);
      const path = `${pathOf(args)}/fragments/${encodeURIComponent(positionals[2] ?? '')}`;
      try {
        for await (const bytes of adminBytes(options, path, query(io))) await sink.write(bytes);
      } finally {
        await sink.close();
      }
      return 0;
    },
  },
  wait: {
    takes: 'N',
    async run(args, io, options) {
      const wanted = Number(args.positionals[2]);
      if (!Number.isSafeInteger(wanted) || wanted < 1 || wanted > 1000)
        throw new UsageError(`\`streams NAME wait\` needs a number from 1 to 1000, not "${args.positionals[2]}".`);
      const wait = text(args, 'timeout') ?? '10s';
      const page = await listFragments(io, args, options, { wait, count: String(wanted), limit: '1000' });
      const there = page.fragments.filter(({ state }) => state !== 'open').length;
      print(args, io, page, () => `${plural(there, 'fragment')}\n`);
      return there >= wanted ? 0 : 1;
    },
  },
  disconnect: {
    async run(args, io, options) {
      const input = { which: text(args, 'which') ?? 'both' };
      const done = await admin<{ connections: number }>(options, 'POST', `${pathOf(args)}/disconnect`, {
        input,
        query: query(io),
      });
      return print(args, io, done, () => `Ended ${plural(done.connections, 'connection')}.\n`);
    },
  },
};
