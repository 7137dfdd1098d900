import { readFile } from 'node:fs/promises';
import type { AdminOptions } from '../client/call.ts';
import { ConnectionError, KinesisVideoError } from '../client/errors.ts';
import { type CommandArgs, CommandError, type CommandIO, type CommandOptions, UsageError } from './command.ts';

// How commands reach the emulator, and what they say when they cannot.

export const CA_OPTION: CommandOptions = {
  ca: { type: 'string', placeholder: 'FILE', description: 'PEM of the authority to trust for https (kvs-emulator ca)' },
};

export function text(args: CommandArgs, name: string): string | undefined {
  const value = args.values[name];
  return typeof value === 'string' ? value : undefined;
}

export const flag = (args: CommandArgs, name: string): boolean => args.values[name] === true;

/** An option that is a whole number. */
export function count(args: CommandArgs, name: string, least: number): number | undefined {
  const given = text(args, name);
  if (given === undefined) return undefined;
  const value = Number(given);
  if (!/^\d+$/.test(given) || !Number.isSafeInteger(value) || value < least)
    throw new UsageError(`--${name} must be a whole number from ${least}, not "${given}".`);
  return value;
}

/** Exactly the arguments that `names` says, of which the last may be left out if there are only `least`. */
export function positionals(args: CommandArgs, names: readonly string[], least = names.length): readonly string[] {
  const { positionals: given } = args;
  if (given.length < least) throw new UsageError(`${names[given.length]} is missing.`);
  const [extra] = given.slice(names.length);
  if (extra !== undefined) throw new UsageError(`There is one argument too many: "${extra}".`);
  return given;
}

export async function clientOptions(args: CommandArgs, io: CommandIO): Promise<AdminOptions> {
  const file = text(args, 'ca');
  const { endpoint, region, credentials, signal, adminToken } = io;
  const options = { endpoint, region, credentials, signal, adminToken };
  if (file === undefined) return options;
  const ca = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`--ca ${file} cannot be read (${error.code}). \`kvs-emulator ca > ${file}\` makes it.`);
  });
  return { ...options, ca };
}

/** The account and region that the other commands work in. */
export function whose({ region, credentials }: CommandIO): Record<string, string> {
  const { accessKeyId } = credentials;
  return { region, ...(/^\d{12}$/.test(accessKeyId) ? { account: accessKeyId } : {}) };
}

const UNTRUSTED: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
]);
const CREDENTIALS: ReadonlySet<string> = new Set([
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'IncompleteSignatureException',
  'ExpiredTokenException',
]);

/** The error as a CommandError that says what to do, if it is one of those that can happen to anybody. */
export function explained(error: unknown, { endpoint, region }: Pick<CommandIO, 'endpoint' | 'region'>): unknown {
  if (error instanceof ConnectionError) return new CommandError(connectionAdvice(error, endpoint), { cause: error });
  if (!(error instanceof KinesisVideoError)) return error;
  const stray = strayAdvice(error, endpoint);
  if (stray !== undefined) return new CommandError(stray, { cause: error });
  // The emulator's own API has no names for what is wrong: its sentences say that.
  const said = /^Http\d+$/.test(error.name) ? error.message : `${error.name}: ${error.message}`;
  const hint =
    error.name === 'ResourceNotFoundException'
      ? ` \`kvs-emulator streams\` lists what there is in ${region}.`
      : CREDENTIALS.has(error.name)
        ? ' Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.'
        : '';
  return new CommandError(said + hint, { cause: error });
}

/** What is asked is not the emulator, or not at the place where it is. */
function strayAdvice({ name, message, status }: KinesisVideoError, endpoint: string): string | undefined {
  if (/^\s*<(!doctype|html)\b/i.test(message))
    return `What answers at ${endpoint} is no emulator but another server (status ${status}). Say where the emulator is with --endpoint.`;
  const { origin, pathname } = new URL(endpoint);
  const isUnknown = name === 'UnknownOperationException' || status === 404;
  if (pathname === '/' || name === 'ResourceNotFoundException' || !isUnknown) return undefined;
  return `There is no emulator at ${endpoint}. Leave its path out: --endpoint ${origin}`;
}

function connectionAdvice({ code = '', message }: ConnectionError, endpoint: string): string {
  if (code === 'ECONNREFUSED')
    return `No emulator at ${endpoint}. Start one with \`kvs-emulator start\` (\`npm start\` in a clone), or say where it is with --endpoint.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `${message}. Is the host name in --endpoint (KVS_ENDPOINT) right?`;
  if (UNTRUSTED.has(code))
    return (
      `The certificate of ${endpoint} is not trusted (${code}). Save the emulator's authority with ` +
      '`kvs-emulator ca > ca.pem` from its http address, and give --ca ca.pem or set NODE_EXTRA_CA_CERTS=ca.pem.'
    );
  if (code === 'EPROTO' || code.startsWith('ERR_SSL'))
    return `What listens at ${endpoint} speaks no https. Give its http address, or that of the emulator, with --endpoint.`;
  if (code.startsWith('HPE_'))
    return `What listens at ${endpoint} speaks no http. Give its https address, or that of the emulator, with --endpoint.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `${message}. Use a name that the certificate covers, such as localhost.`;
  return `${message}.`;
}
