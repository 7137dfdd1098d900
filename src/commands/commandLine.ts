import { parseArgs } from 'node:util';
import { nearest } from '../runtime/nearest.ts';
import type { Command, CommandArgs, CommandIO, CommandOption, CommandOptions } from './command.ts';
import { UsageError } from './command.ts';

const HELP: CommandOptions = {
  help: { type: 'boolean', short: 'h', description: 'prints this' },
};
const TALKING: CommandOptions = {
  endpoint: {
    type: 'string',
    placeholder: 'URL',
    description: 'where the emulator is (KVS_ENDPOINT; http://127.0.0.1:4580)',
  },
  region: { type: 'string', placeholder: 'REGION', description: 'region to work in (AWS_REGION; us-east-1)' },
};

/** Options of a command and those that all commands of its kind have. A command may describe one of those anew. */
export const allOptions = (command: Command): CommandOptions => ({
  ...command.options,
  ...(command.standalone ? {} : { ...TALKING, ...command.options }),
  ...HELP,
});

/** Reads a command's arguments. Throws a UsageError that names what was not understood and what was likely meant. */
export function readArgs(command: Command, args: readonly string[]): CommandArgs {
  const options = allOptions(command);
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      const similar = nearest(token.name, Object.keys(options));
      throw new UsageError(`There is no option ${token.rawName}.${similar ? ` Did you mean --${similar}?` : ''}`);
    }
    if (option.type === 'string' && token.value === undefined) throw new UsageError(`${token.rawName} needs a value.`);
    if (option.type === 'boolean' && token.value !== undefined)
      throw new UsageError(`${token.rawName} takes no value.`);
  }
  return { values, positionals };
}

type World = Pick<CommandIO, 'stdout' | 'stderr' | 'stdin' | 'env' | 'signal'>;

/** What a command may see: the endpoint, region and credentials come from flags, then from variables. */
export function makeIO({ env, ...world }: World, { values }: CommandArgs): CommandIO {
  const flag = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const variable = (name: string): string | undefined => env[name] || undefined;
  const endpoint =
    flag('endpoint') ??
    variable('KVS_ENDPOINT') ??
    variable('AWS_ENDPOINT_URL_KINESIS_VIDEO') ??
    `http://127.0.0.1:${/^\d+$/.test(env.KVS_PORT ?? '') ? env.KVS_PORT : 4580}`;
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UsageError(`"${endpoint}" is no endpoint. Give an address like http://127.0.0.1:4580.`);
  }
  const sessionToken = variable('AWS_SESSION_TOKEN');
  return {
    ...world,
    env,
    endpoint: endpoint.replace(/\/+$/, ''),
    region:
      flag('region') ??
      variable('AWS_REGION') ??
      variable('AWS_DEFAULT_REGION') ??
      variable('KVS_REGION') ??
      'us-east-1',
    credentials: {
      accessKeyId: variable('AWS_ACCESS_KEY_ID') ?? variable('KVS_ACCOUNT') ?? '000000000000',
      secretAccessKey: variable('AWS_SECRET_ACCESS_KEY') ?? 'secret',
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  };
}

/** Two columns: what to write and what it does. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('');
}

export function commandHelp(command: Command): string {
  const rows = Object.entries(allOptions(command)).map(
    ([name, option]) => [spell(name, option), option.description] as const,
  );
  return `Usage: kvs-emulator ${command.usage}\n\n${command.summary}\n\nOptions:\n${columns(rows)}`;
}

const spell = (name: string, { short, placeholder }: CommandOption): string =>
  `${short === undefined ? '' : `-${short}, `}--${name}${placeholder === undefined ? '' : ` ${placeholder}`}`;
