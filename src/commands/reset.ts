import { admin } from '../client/call.ts';
import { type Command, UsageError } from './command.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

export const command: Command = {
  name: 'reset',
  usage: 'reset [--account ID] [--region REGION] [--keep-clock]',
  summary: 'Takes the emulator back to how it started, clock and ids included, or forgets one account or region.',
  options: {
    account: { type: 'string', placeholder: 'ID', description: 'only this account, 12 digits' },
    region: { type: 'string', placeholder: 'REGION', description: 'only this region' },
    'keep-clock': { type: 'boolean', description: 'lets the emulated time go on as it is' },
    ...CA_OPTION,
  },
  examples: [
    ['reset', 'as it was started'],
    ['reset --account 123456789012', 'the streams of one account'],
  ],

  async run(args, io) {
    positionals(args, []);
    const account = text(args, 'account');
    if (account !== undefined && !/^\d{12}$/.test(account))
      throw new UsageError(`--account must be 12 digits, not "${account}".`);
    // What the environment says of the region is for other commands: it must not narrow this one by surprise.
    const which = Object.entries({ account, region: text(args, 'region') }).filter(([, value]) => value !== undefined);
    const clock = flag(args, 'keep-clock') ? [['clock', 'keep']] : [];
    const said = [...which, ...clock] as [string, string][];
    const query = said.length === 0 ? '' : `?${new URLSearchParams(said)}`;
    const options = await clientOptions(args, io);
    try {
      await admin(options, 'POST', '/reset', { query });
    } catch (error) {
      throw explained(error, io);
    }
    const everything = clock.length === 0 ? 'everything' : 'everything but the clock';
    io.stdout.write(`Reset ${which.length === 0 ? everything : which.map((pair) => pair.join(' ')).join(', ')}.\n`);
    return 0;
  },
};
