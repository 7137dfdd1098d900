import { type Command, type CommandIO, UsageError } from './command.ts';
import { dataEndpoint } from './ensureStream.ts';
import { CA_OPTION, clientOptions, count, explained, flag, text } from './service.ts';
import { hlsSession, serveWatchPage } from './watchServer.ts';

const LARGEST_PORT = 65_535;

export const command: Command = {
  name: 'watch',
  usage: 'watch STREAM... [--page-port PORT] [--page-host ADDRESS] [--json]',
  summary:
    'Plays streams in a browser: serves a page of its own, live or from a while ago, and shows an address for other players.',
  options: {
    'page-port': { type: 'string', placeholder: 'PORT', description: 'where the page is (any free one)' },
    'page-host': {
      type: 'string',
      placeholder: 'ADDRESS',
      description: 'address that the page listens on (127.0.0.1)',
    },
    json: { type: 'boolean', description: 'prints the addresses of new HLS sessions, and serves no page' },
    ...CA_OPTION,
  },
  words: ['stream'],
  repeats: true,
  examples: [
    ['watch door', 'a page with a player; Ctrl-C ends it'],
    ['watch door yard --page-port 8080', 'two of them side by side'],
    ['watch door --json', 'addresses for ffplay, VLC, Safari'],
  ],

  async run(args, io) {
    const { positionals: streams } = args;
    if (streams.length === 0) throw new UsageError('STREAM is missing.');
    const port = count(args, 'page-port', 0) ?? 0;
    if (port > LARGEST_PORT) throw new UsageError(`--page-port must be a number from 0 to ${LARGEST_PORT}.`);
    const options = await clientOptions(args, io);
    try {
      if (flag(args, 'json')) {
        const sessions: Record<string, string> = {};
        for (const stream of streams) sessions[stream] = await hlsSession(options, stream, 0);
        io.stdout.write(`${JSON.stringify({ sessions }, undefined, 2)}\n`);
        return 0;
      }
      for (const stream of streams) await dataEndpoint(options, stream, 'GET_HLS_STREAMING_SESSION_URL');
      const page = await serveWatchPage(options, streams, { host: text(args, 'page-host') ?? '127.0.0.1', port });
      io.stdout.write(
        `Watch ${streams.join(', ')} at ${page.url} until Ctrl-C. For other players: kvs-emulator watch ${streams.join(' ')} --json\n`,
      );
      await stopped(io);
      page.close();
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};

const stopped = ({ signal }: CommandIO): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
