import { adminBytes } from '../client/call.ts';
import type { Command, CommandArgs } from './command.ts';
import { CA_OPTION, clientOptions, count, explained, flag, positionals, text } from './service.ts';

interface Event {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const FILTERS = ['types', 'stream', 'channel', 'account', 'after'] as const;

function queryOf(args: CommandArgs): string {
  const said = FILTERS.map((name) => [name, text(args, name)] as const);
  const query = new URLSearchParams(
    said.filter((pair): pair is [(typeof FILTERS)[number], string] => pair[1] !== undefined),
  );
  return query.size === 0 ? '' : `?${query}`;
}

/** The events of a body of server-sent ones, as the emulator writes them. */
async function* eventsIn(body: AsyncIterable<Uint8Array>): AsyncGenerator<Event> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const parts = rest.split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const fields = new Map(
        part.split('\n').map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 2)]),
      );
      const data = fields.get('data');
      if (data !== undefined) yield { id: fields.get('id'), type: fields.get('event') ?? '', data: JSON.parse(data) };
    }
  }
}

/** What it says of its own, in a few words: `persisted number=… bytes=61034`. */
function own({ type, data }: Event): string {
  if (type === 'request')
    return [data.status ?? '-', data.operation ?? data.path, data.error ?? ''].join(' ').trimEnd();
  if (type === 'log') return `${data.level} ${data.text}`;
  const { time: _, stream: __, channel: ___, account: ____, region: _____, ...rest } = data;
  return Object.entries(rest)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function line(event: Event): string {
  const { time = '', stream, channel } = event.data;
  return `${String(time).padEnd(24)}  ${event.type.padEnd(12)}  ${String(stream ?? channel ?? '-').padEnd(16)}  ${own(event)}\n`;
}

export const command: Command = {
  name: 'events',
  usage: 'events [--types fragment,ack] [--stream NAME] [--count N] [--json]',
  summary:
    'Shows what happens, as it happens, until it is stopped: fragments, acknowledgements, requests, the clock, the log.',
  options: {
    types: {
      type: 'string',
      placeholder: 'TYPES',
      description:
        'only these: fragment, ack, request, clock, throttled, fault, key, notification, image, channel, log',
    },
    stream: { type: 'string', placeholder: 'NAME', description: 'only those about this stream' },
    channel: { type: 'string', placeholder: 'NAME', description: 'only those about this channel' },
    account: { type: 'string', placeholder: 'ID', description: 'only those of this account, 12 digits' },
    after: {
      type: 'string',
      placeholder: 'ID',
      description: 'goes on behind the event with this id, as far as it is kept',
    },
    count: { type: 'string', placeholder: 'N', description: 'ends after N of them' },
    json: { type: 'boolean', description: 'prints each as a line of JSON' },
    ...CA_OPTION,
  },
  examples: [
    ['events --types fragment,ack --stream cam', 'what becomes of the fragments of one camera'],
    ['events --types notification --count 1 --json', 'waits for a notification, and prints it'],
  ],

  async run(args, io) {
    positionals(args, []);
    let left = count(args, 'count', 1) ?? Number.POSITIVE_INFINITY;
    const json = flag(args, 'json');
    const options = await clientOptions(args, io);
    try {
      for await (const event of eventsIn(adminBytes(options, '/events', queryOf(args)))) {
        io.stdout.write(json ? `${JSON.stringify(event)}\n` : line(event));
        left -= 1;
        if (left <= 0) return 0;
      }
    } catch (error) {
      if (io.signal.aborted) return 0;
      throw explained(error, io);
    }
    if (io.signal.aborted) return 0;
    io.stderr.write('The emulator has ended.\n');
    return left === Number.POSITIVE_INFINITY ? 0 : 1;
  },
};
