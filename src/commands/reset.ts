import { createInterface } from 'node:readline/promises';
import { type AdminOptions, admin } from '../client/call.ts';
import { KinesisVideoError } from '../client/errors.ts';
import { type Command, type CommandIO, UsageError } from './command.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

export const command: Command = {
  name: 'reset',
  usage: 'reset [--account ID] [--region REGION] [--keep-clock] [--yes] [--json]',
  summary: 'Takes the emulator back to how it started, clock and ids included, or forgets one account or region.',
  options: {
    account: { type: 'string', placeholder: 'ID', description: 'only this account, 12 digits' },
    region: { type: 'string', placeholder: 'REGION', description: 'only this region' },
    'keep-clock': { type: 'boolean', description: 'lets the emulated time go on as it is' },
    yes: { type: 'boolean', short: 'y', description: 'deletes what is in the data folder too, without asking' },
    json: { type: 'boolean', description: 'prints what the emulator answers' },
    ...CA_OPTION,
  },
  examples: [
    ['reset', 'as it was started'],
    ['reset --account 123456789012', 'the streams of one account'],
    ['reset --yes', 'one with a data folder, from a script'],
  ],

  async run(args, io) {
    positionals(args, []);
    const account = text(args, 'account');
    if (account !== undefined && !/^\d{12}$/.test(account))
      throw new UsageError(`--account must be 12 digits, not "${account}".`);
    // What the environment says of the region is for other commands: it must not narrow this one by surprise.
    const which = Object.entries({ account, region: text(args, 'region') }).filter(([, value]) => value !== undefined);
    const clock = flag(args, 'keep-clock') ? [['clock', 'keep']] : [];
    const said = [...which, ...clock, ...(flag(args, 'yes') ? [DELETE] : [])] as Said;
    const options = await clientOptions(args, io);
    try {
      const answer = await reset(options, said, io);
      if (flag(args, 'json')) {
        io.stdout.write(`${JSON.stringify(answer)}\n`);
        return 0;
      }
    } catch (error) {
      throw explained(error, io);
    }
    const everything = clock.length === 0 ? 'everything' : 'everything but the clock';
    io.stdout.write(`Reset ${which.length === 0 ? everything : which.map((pair) => pair.join(' ')).join(', ')}.\n`);
    return 0;
  },
};

type Said = [string, string][];
const DELETE = ['data', 'delete'];
const REFUSED = 409;

/** One that has a data folder wants to be told that it is meant: whoever sits at a terminal is asked. */
async function reset(options: AdminOptions, said: Said, io: CommandIO): Promise<object> {
  const post = (all: Said) =>
    admin<object>(options, 'POST', '/reset', { query: all.length === 0 ? '' : `?${new URLSearchParams(all)}` });
  try {
    return await post(said);
  } catch (error) {
    const asks = error instanceof KinesisVideoError && error.status === REFUSED;
    if (!asks || !(await agreed(io))) throw error;
    return post([...said, DELETE] as Said);
  }
}

async function agreed({ stdin, stderr, signal }: CommandIO): Promise<boolean> {
  if ((stdin as { readonly isTTY?: boolean }).isTTY !== true) return false;
  const asking = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test(
      await asking.question('This deletes what is in the data folder. Go on? [y/N] ', { signal }),
    );
  } finally {
    asking.close();
  }
}
