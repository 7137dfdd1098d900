import { admin } from '../client/call.ts';
import { type Command, UsageError } from './command.ts';
import { CA_OPTION, clientOptions, explained, positionals, text } from './service.ts';

export const command: Command = {
  name: 'reset',
  usage: 'reset [--account ID] [--region REGION]',
  summary: 'Takes the emulator back to how it started: all streams are gone, or those of one account or region.',
  options: {
    account: { type: 'string', placeholder: 'ID', description: 'only this account, 12 digits' },
    region: { type: 'string', placeholder: 'REGION', description: 'only this region' },
    ...CA_OPTION,
  },

  async run(args, io) {
    positionals(args, []);
    const account = text(args, 'account');
    if (account !== undefined && !/^\d{12}$/.test(account))
      throw new UsageError(`--account must be 12 digits, not "${account}".`);
    // What the environment says of the region is for other commands: it must not narrow this one by surprise.
    const which = Object.entries({ account, region: text(args, 'region') }).filter(([, value]) => value !== undefined);
    const query = which.length === 0 ? '' : `?${new URLSearchParams(which as [string, string][])}`;
    const options = await clientOptions(args, io);
    try {
      await admin(options, 'POST', '/reset', { query });
    } catch (error) {
      throw explained(error, io);
    }
    io.stdout.write(`Reset ${which.length === 0 ? 'everything' : which.map((pair) => pair.join(' ')).join(', ')}.\n`);
    return 0;
  },
};
