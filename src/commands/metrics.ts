import { adminText } from '../client/call.ts';
import type { Command } from './command.ts';
import { CA_OPTION, clientOptions, explained, positionals } from './service.ts';

export const command: Command = {
  name: 'metrics',
  usage: 'metrics',
  summary: "Prints what has been counted: CloudWatch's metrics by stream, in Prometheus' text form.",
  options: { ...CA_OPTION },
  noJson: "Prometheus' text is what programs read",
  examples: [['metrics | grep incoming_bytes', 'how much each stream has been sent']],

  async run(args, io) {
    positionals(args, []);
    const options = await clientOptions(args, io);
    try {
      io.stdout.write(await adminText(options, '/metrics'));
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
