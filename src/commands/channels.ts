import { type AdminOptions, admin } from '../client/call.ts';
import { type Command, type CommandArgs, type CommandIO, UsageError } from './command.ts';
import { formatTable, plural } from './format.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text, whose } from './service.ts';

interface Connection {
  readonly clientId: string | null;
  readonly since: string;
  readonly messages: number;
}
interface View {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly storage: string | null;
  readonly master: Connection | null;
  readonly viewers: readonly Connection[];
  readonly mailboxes: readonly {
    readonly recipient: string;
    readonly sender: string;
    readonly type: string;
    readonly expires: string;
    readonly payload: string | null;
  }[];
  readonly last: readonly {
    readonly time: string;
    readonly sender: string;
    readonly recipient: string;
    readonly type: string;
    readonly outcome: string;
  }[];
}

/** What is done to connections: the end of the route, and what is said of how many it was done to. */
const ACTS: Readonly<Record<string, readonly [path: string, said: (connections: string) => string]>> = {
  disconnect: ['disconnect', (connections) => `Ended ${connections}.`],
  'go-away': ['goAway', (connections) => `Told ${connections} to go; each ends in a minute of the clock.`],
  'reconnect-ice': ['reconnectIce', (connections) => `Told ${connections} to fetch new ICE servers.`],
};

const FORMS =
  'Say one of: channels, channels NAME, channels disconnect NAME, channels go-away NAME, channels reconnect-ice NAME.';

/** What the arguments mean: a verb and the channel; no verb to look at it, and no name for all. */
function formOf(args: CommandArgs): { readonly act: string | undefined; readonly name: string | undefined } {
  const [first, second] = args.positionals;
  const act = first !== undefined && Object.hasOwn(ACTS, first) ? first : undefined;
  if (act === undefined && second !== undefined) throw new UsageError(`There is no \`channels ${first}\`. ${FORMS}`);
  const [name] = act === undefined ? positionals(args, ['NAME'], 0) : positionals(args, [act, 'NAME']).slice(1);
  if (text(args, 'client') !== undefined && act === undefined)
    throw new UsageError(`--client says whose connection something is done to. ${FORMS}`);
  if (flag(args, 'payloads') && (act !== undefined || name === undefined))
    throw new UsageError('--payloads goes with `channels NAME` alone.');
  return { act, name };
}

async function all(options: AdminOptions, where: Record<string, string>): Promise<View[]> {
  const channels: View[] = [];
  let after: string | null = null;
  do {
    const query: string = `?${new URLSearchParams({ ...where, ...(after === null ? {} : { after }) })}`;
    const page = await admin<{ channels: View[]; next: string | null }>(options, 'GET', '/channels', { query });
    for (const channel of page.channels) channels.push(channel);
    after = page.next;
  } while (after !== null);
  return channels;
}

function overview(channels: readonly View[], { region }: CommandIO): string {
  if (channels.length === 0) return `No channels in ${region}. CreateSignalingChannel makes one.\n`;
  const rows = channels.map(({ name, status, master, viewers, mailboxes, last }) => [
    ...[name, status, master === null ? 'nobody' : `since ${master.since}`],
    ...[String(viewers.length), String(mailboxes.length), last.at(-1)?.type ?? '-'],
  ]);
  return formatTable([['NAME', 'STATUS', 'MASTER', 'VIEWERS', 'WAITING', 'LAST MESSAGE'], ...rows]);
}

const connected = ({ since, messages }: Connection): string =>
  `since ${since}, has sent ${plural(messages, 'message')}`;

function details({ name, arn, status, storage, master, viewers, mailboxes, last }: View): string {
  return formatTable([
    ...[
      ['name', name],
      ['arn', arn],
      ['status', status],
      ['storage', storage ?? '-'],
      ['master', master === null ? 'nobody' : connected(master)],
    ],
    ...viewers.map((viewer) => [`viewer ${viewer.clientId}`, connected(viewer)]),
    ...mailboxes.map(({ recipient, sender, type, expires, payload }) => [
      `waits for ${recipient}`,
      `${type} of ${sender}, until ${expires}${payload === null ? '' : `: ${payload}`}`,
    ]),
    ...last.map(({ time, sender, recipient, type, outcome }) => [
      time,
      `${type} of ${sender} to ${recipient}, ${outcome}`,
    ]),
  ]);
}

export const command: Command = {
  name: 'channels',
  usage: 'channels [NAME | disconnect NAME | go-away NAME | reconnect-ice NAME] [--client ID] [--json]',
  summary: 'Shows who is connected to signaling channels, what waits and what went by; ends connections.',
  options: {
    client: { type: 'string', placeholder: 'ID', description: 'of one viewer, or `master`; all if not said' },
    payloads: { type: 'boolean', description: 'of `channels NAME`: shows what is in messages that wait' },
    json: { type: 'boolean', description: 'prints JSON; of all channels as one array' },
    ...CA_OPTION,
  },
  words: [Object.keys(ACTS)],
  examples: [
    ['channels', 'all of the account and region'],
    ['channels front', 'who is there, what waits for whom, and which messages went by'],
    ['channels disconnect front --client viewer-1', 'ends the connection of a viewer'],
    ['channels go-away front', 'GO_AWAY to all, and a minute of the clock later the end'],
    ['channels reconnect-ice front --client master', 'RECONNECT_ICE_SERVER to the master'],
  ],

  async run(args, io) {
    const { act, name } = formOf(args);
    const options = await clientOptions(args, io);
    const print = (shown: unknown, forPeople: () => string): void =>
      void io.stdout.write(flag(args, 'json') ? `${JSON.stringify(shown, undefined, 2)}\n` : forPeople());
    const where = whose(io);
    try {
      if (name === undefined) {
        const channels = await all(options, where);
        // A script that counts lines counts none.
        if (channels.length === 0 && !flag(args, 'json')) io.stderr.write(overview(channels, io));
        else print(channels, () => overview(channels, io));
        return 0;
      }
      const [path, said] = (act === undefined ? undefined : ACTS[act]) ?? [];
      const route = `/channels/${encodeURIComponent(name)}`;
      if (path === undefined || said === undefined) {
        const query = `?${new URLSearchParams({ ...where, ...(flag(args, 'payloads') ? { payloads: 'true' } : {}) })}`;
        const shown = await admin<View>(options, 'GET', route, { query });
        print(shown, () => details(shown));
        return 0;
      }
      const input = { clientId: text(args, 'client') };
      const query = `?${new URLSearchParams(where)}`;
      const done = await admin<{ connections: number }>(options, 'POST', `${route}/${path}`, { input, query });
      print(done, () => `${said(plural(done.connections, 'connection'))}\n`);
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
