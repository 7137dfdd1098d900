import { admin } from '../client/call.ts';
import { type Command, UsageError } from './command.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals } from './service.ts';

/** What `NAME=VALUE` says; without a value it is taken back. */
function changeOf(said: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(
    said.map((one) => {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(one) ?? [];
      if (name === undefined || value === undefined) throw new UsageError(`--set takes NAME=VALUE, not "${one}".`);
      return [name, value === '' ? null : value];
    }),
  );
}

export const command: Command = {
  name: 'config',
  usage: 'config [--set NAME=VALUE]...',
  summary: 'Shows the options that may be others while the emulator runs, or changes some.',
  options: {
    set: {
      type: 'string',
      multiple: true,
      placeholder: 'NAME=VALUE',
      description: 'publicUrl, logLevel, eventsWebhook, sns, s3 or imagesDir; NAME= takes it back to its default',
    },
    json: { type: 'boolean', description: 'prints them as JSON' },
    ...CA_OPTION,
  },
  examples: [
    ['config', 'as they are'],
    ['config --set logLevel=debug', 'shows more in its log'],
    ['config --set sns=http://127.0.0.1:5000 --set publicUrl=', 'publishes notifications there'],
  ],

  async run(args, io) {
    positionals(args, []);
    const said = (args.values.set ?? []) as readonly string[];
    const [method, request] =
      said.length === 0 ? (['GET', {}] as const) : (['PATCH', { input: changeOf(said) }] as const);
    try {
      const config = await admin<Record<string, string | null>>(
        await clientOptions(args, io),
        method,
        '/config',
        request,
      );
      if (flag(args, 'json')) io.stdout.write(`${JSON.stringify(config)}\n`);
      else for (const [name, value] of Object.entries(config)) io.stdout.write(`${name.padEnd(15)}${value ?? '-'}\n`);
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
