import { readFile } from 'node:fs/promises';
import { admin } from '../client/call.ts';
import { type Command, CommandError, type CommandIO } from './command.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

/** Where the emulator of a ready file is. */
async function announced(file: string): Promise<string> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      error.code === 'ENOENT'
        ? `${file} is not there: the emulator is not ready.`
        : `${file} cannot be read (${error.code}).`,
    );
  });
  try {
    const { url } = JSON.parse(content) as { url?: unknown };
    if (typeof url === 'string') return url;
  } catch {}
  throw new CommandError(`${file} is no ready file of an emulator.`);
}

export const command: Command = {
  name: 'health',
  usage: 'health [--ready-file FILE]',
  summary: 'Says whether the emulator answers: exit code 0 if it does, 1 if not. For the health checks of containers.',
  options: {
    'ready-file': {
      type: 'string',
      placeholder: 'FILE',
      description: 'asks the emulator that wrote FILE (KVS_READY_FILE), wherever it listens',
    },
    json: { type: 'boolean', description: 'prints what it answers, and where it is' },
    ...CA_OPTION,
  },
  examples: [
    ['health', 'the emulator of --endpoint, or at its own port'],
    ['health --json', 'its version, and for how long it has been running'],
  ],

  async run(args, io) {
    positionals(args, []);
    const file = text(args, 'ready-file') ?? (args.values.endpoint === undefined ? io.env.KVS_READY_FILE : undefined);
    const where: CommandIO = file ? { ...io, endpoint: await announced(file) } : io;
    try {
      const answer = await admin<{ status: string; version: string }>(
        await clientOptions(args, where),
        'GET',
        '/health',
      );
      const { status, version } = answer;
      const { endpoint } = where;
      const said = flag(args, 'json')
        ? JSON.stringify({ endpoint, ...answer })
        : `${endpoint} ${status}, version ${version}`;
      io.stdout.write(`${said}\n`);
    } catch (error) {
      throw explained(error, where);
    }
    return 0;
  },
};
