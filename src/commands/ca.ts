import { adminText } from '../client/call.ts';
import { type Command, UsageError } from './command.ts';
import { CA_OPTION, clientOptions, explained, flag } from './service.ts';

export const command: Command = {
  name: 'ca',
  usage: 'ca [--endpoint URL]',
  summary: 'Prints the certificate to trust for https, as PEM.',
  options: { json: { type: 'boolean', description: 'prints it as the one member of a JSON document' }, ...CA_OPTION },
  examples: [['ca > ca.pem', 'for AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS, curl --cacert']],

  async run(args, io) {
    const [stray] = args.positionals;
    if (stray !== undefined) throw new UsageError(`What is "${stray}" for? This command takes flags only.`);
    try {
      const pem = await adminText(await clientOptions(args, io), '/ca.pem');
      io.stdout.write(flag(args, 'json') ? `${JSON.stringify({ pem })}\n` : pem);
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
