import { parseArgs } from 'node:util';
import { nearest } from '../runtime/nearest.ts';
import type { Command, CommandArgs, CommandIO, CommandOptions } from './command.ts';
import { UsageError } from './command.ts';

const HELP: CommandOptions = {
  help: { type: 'boolean', short: 'h', description: 'prints this' },
};
const TALKING: CommandOptions = {
  endpoint: {
    type: 'string',
    placeholder: 'URL',
    description: 'where the emulator is (KVS_ENDPOINT, AWS_ENDPOINT_URL; http://127.0.0.1:4580)',
  },
  region: { type: 'string', placeholder: 'REGION', description: 'region to work in (AWS_REGION; us-east-1)' },
  'admin-token': { type: 'string', placeholder: 'TOKEN', description: 'if the emulator asks for it (KVS_ADMIN_TOKEN)' },
};

/** Options of a command and those that all commands of its kind have. A command may describe one of those anew. */
export const allOptions = (command: Command): CommandOptions => ({
  ...command.options,
  ...(command.standalone ? {} : { ...TALKING, ...command.options }),
  ...HELP,
});

/** `-5`, `-1h`, `-PT5M`: no option of ours, but a value that makes no sense, which the command can say better. */
const NEGATIVE = /^-(\.?\d|P[T\d])/;
const MASK = '\0';
const unmasked = <T>(value: T): T | string => (typeof value === 'string' && value[0] === MASK ? value.slice(1) : value);

/** Reads a command's arguments. Throws a UsageError that names what was not understood and what was likely meant. */
export function readArgs(command: Command, args: readonly string[]): CommandArgs {
  const options = allOptions(command);
  const { values, positionals, tokens } = parseArgs({
    args: args.map((arg) => (NEGATIVE.test(arg) ? MASK + arg : arg)),
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
  return {
    values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, unmasked(value)])),
    positionals: positionals.map(unmasked),
  };
}

type World = Pick<CommandIO, 'stdout' | 'stderr' | 'stdin' | 'env' | 'signal' | 'program'>;

/** What a command may see: the endpoint, region and credentials come from flags, then from variables. */
export function makeIO(world: World, { values }: CommandArgs): CommandIO {
  const { stdout, stderr, env, program, signal } = world;
  const flag = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const variable = (name: string): string | undefined => env[name] || undefined;
  const [endpoint, source] = endpointOf(flag('endpoint'), variable);
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    throw new UsageError(`${source}: "${endpoint}" is no endpoint. Give an address like http://127.0.0.1:4580.`);
  }
  const region =
    flag('region') ?? variable('AWS_REGION') ?? variable('AWS_DEFAULT_REGION') ?? variable('KVS_REGION') ?? 'us-east-1';
  // The emulator would take what is asked for one of the region that it has for those who name none.
  if (!/^[a-z0-9-]{1,64}$/.test(region))
    throw new UsageError(`"${region}" is no region (--region, AWS_REGION). Give one like eu-west-1.`);
  const sessionToken = variable('AWS_SESSION_TOKEN');
  return {
    ...{ stdout, stderr, env, signal, ...(program !== undefined && { program }) },
    // Node opens it when somebody looks at it, which takes a while: not before a command does.
    get stdin() {
      return world.stdin;
    },
    endpoint: endpoint.replace(/(?<!\/)\/+$/, ''),
    region,
    adminToken: flag('admin-token') ?? variable('KVS_ADMIN_TOKEN'),
    credentials: {
      accessKeyId: variable('AWS_ACCESS_KEY_ID') ?? variable('KVS_ACCOUNT') ?? '000000000000',
      secretAccessKey: variable('AWS_SECRET_ACCESS_KEY') ?? 'test',
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  };
}

/** The endpoint and who named it. AWS's own variables count as for its SDKs: the service's before the one for all. */
function endpointOf(given: string | undefined, variable: (name: string) => string | undefined): [string, string] {
  if (given !== undefined) return [given, '--endpoint'];
  const ignored = variable('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.toLowerCase() === 'true';
  const aws = ignored ? [] : ['AWS_ENDPOINT_URL_KINESIS_VIDEO', 'AWS_ENDPOINT_URL'];
  for (const name of ['KVS_ENDPOINT', ...aws]) {
    const value = variable(name);
    if (value !== undefined) return [value, name];
  }
  const port = variable('KVS_PORT');
  return [`http://127.0.0.1:${port !== undefined && /^\d+$/.test(port) ? port : 4580}`, 'KVS_PORT'];
}
