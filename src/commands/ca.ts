import { type Command, CommandError, UsageError } from './command.ts';

export const command: Command = {
  name: 'ca',
  usage: 'ca [--endpoint URL]',
  summary: 'Prints the certificate to trust for https, as PEM.',
  options: {},

  async run({ positionals: [stray] }, { endpoint, stdout }) {
    if (stray !== undefined) throw new UsageError(`What is "${stray}" for? This command takes flags only.`);
    const response = await fetch(`${endpoint}/_kvs/ca.pem`).catch((error: Error) => {
      const reason = error.cause instanceof Error ? error.cause.message : error.message;
      throw new CommandError(`No emulator answers at ${endpoint}: ${reason}. Start one, or give its --endpoint.`);
    });
    if (!response.ok) throw new CommandError(`${endpoint} answered ${response.status}: is it a kvs-emulator?`);
    stdout.write(await response.text());
    return 0;
  },
};
