import { admin } from '../client/call.ts';
import { type Command, type CommandArgs, UsageError } from './command.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

interface Key {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly state: string;
  readonly aliases: readonly string[];
  readonly fails: string | null;
  readonly versions: number;
  readonly calls: Readonly<Record<string, number>>;
}
interface KeyCall {
  readonly time: string;
  readonly operation: string;
  readonly principal: string;
  readonly outcome: string;
}

const FORMS =
  'Say one of: keys, keys create, keys get ID, keys set ID, keys enable ID, keys disable ID, keys rotate ID, keys delete ID, keys calls ID.';
/** Options that say what a key is, and the verbs that take them. */
const SETTINGS = ['state', 'alias', 'principal', 'usage', 'fails'];
const TAKES: Readonly<Record<string, readonly string[]>> = { create: ['id', 'spec', ...SETTINGS], set: SETTINGS };

const STATES = ['Enabled', 'Disabled', 'PendingDeletion', 'PendingImport', 'Unavailable'];

const all = (args: CommandArgs, name: string): readonly string[] | undefined =>
  args.values[name] as readonly string[] | undefined;

function settings(args: CommandArgs): object {
  const fails = text(args, 'fails');
  return {
    id: text(args, 'id'),
    state: text(args, 'state'),
    usage: text(args, 'usage'),
    spec: text(args, 'spec'),
    aliases: all(args, 'alias'),
    principals: all(args, 'principal'),
    fails: fails === 'none' ? null : fails,
  };
}

interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly input?: object;
}

/** What is to be asked of the emulator. */
function requestOf(args: CommandArgs): Request {
  const [verb, id] = positionals(args, ['VERB', 'ID'], 0);
  const misplaced = [...SETTINGS, 'id', 'spec'].find(
    (name) => args.values[name] !== undefined && !TAKES[verb ?? '']?.includes(name),
  );
  if (misplaced !== undefined)
    throw new UsageError(`--${misplaced} does not belong to \`keys ${verb ?? ''}\`. ${FORMS}`);
  if (verb === undefined) return { method: 'GET', path: '/keys' };
  if (verb === 'create') {
    if (id !== undefined) throw new UsageError(`\`keys create\` takes no "${id}": say --id ${id}.`);
    return { method: 'POST', path: '/keys', input: settings(args) };
  }
  const path = `/keys/${encodeURIComponent(id ?? '')}`;
  const known: Readonly<Record<string, Request>> = {
    get: { method: 'GET', path },
    set: { method: 'PATCH', path, input: settings(args) },
    enable: { method: 'PATCH', path, input: { state: 'Enabled' } },
    disable: { method: 'PATCH', path, input: { state: 'Disabled' } },
    rotate: { method: 'POST', path: `${path}/rotate` },
    delete: { method: 'DELETE', path },
    calls: { method: 'GET', path: `${path}/calls` },
  };
  const request = Object.hasOwn(known, verb) ? known[verb] : undefined;
  if (request === undefined) throw new UsageError(`There is no \`keys ${verb}\`. ${FORMS}`);
  if (id === undefined) throw new UsageError(`\`keys ${verb}\` needs a key: its id, its ARN or an alias.`);
  return request;
}

/** `door  Enabled  alias/door  1 version, 3 data keys made, 2 opened` */
function line({ id, state, aliases, fails, versions, calls }: Key): string {
  const { GenerateDataKey: made = 0, Decrypt: opened = 0 } = calls;
  const count = versions === 1 ? '1 version' : `${versions} versions`;
  const failing = fails === null ? '' : ` (fails with ${fails})`;
  return `${[id, state + failing, ...aliases].join('  ')}  ${count}, ${made} data keys made, ${opened} opened`;
}

function told(answer: unknown): string[] {
  const { keys, calls } = answer as { keys?: readonly Key[]; calls?: unknown };
  if (keys !== undefined) return keys.map(line);
  if (!Array.isArray(calls)) return [line(answer as Key)];
  return (calls as KeyCall[]).map(({ time, operation, principal, outcome }) =>
    [time, operation, principal, outcome].join('  '),
  );
}

export const command: Command = {
  name: 'keys',
  usage: 'keys [create | get ID | set ID | enable ID | disable ID | rotate ID | delete ID | calls ID] [--json]',
  summary: 'Shows, makes and changes the KMS keys that media are sealed with.',
  options: {
    id: { type: 'string', placeholder: 'ID', description: 'of a new key' },
    state: {
      type: 'string',
      placeholder: 'STATE',
      values: STATES,
      description: 'Enabled, Disabled, PendingDeletion, Unavailable, …',
    },
    alias: { type: 'string', multiple: true, placeholder: 'NAME', description: 'like alias/door; may be given again' },
    principal: {
      type: 'string',
      multiple: true,
      placeholder: 'ARN',
      description: 'who may use it: an ARN, an account, or * for all; may be given again',
    },
    usage: { type: 'string', placeholder: 'USAGE', description: 'ENCRYPT_DECRYPT, or one that has no data keys' },
    spec: { type: 'string', placeholder: 'SPEC', description: 'of a new key: SYMMETRIC_DEFAULT, or RSA_2048, …' },
    fails: { type: 'string', placeholder: 'ERROR', description: 'what each use is refused with, or none' },
    account: { type: 'string', placeholder: 'ID', description: 'whose keys, 12 digits' },
    json: { type: 'boolean', description: 'prints what the emulator answers' },
    ...CA_OPTION,
  },
  words: [['create', 'get', 'set', 'enable', 'disable', 'rotate', 'delete', 'calls']],
  examples: [
    ['keys create --id door --alias alias/door', 'a key for CreateStream’s KmsKeyId'],
    ['keys disable alias/aws/kinesisvideo', 'streams without a key of their own stop with KMS_KEY_DISABLED'],
    ['keys calls door', 'who has used it, and what came of it'],
  ],

  async run(args, io) {
    const { method, path, input } = requestOf(args);
    const account = text(args, 'account');
    // What the environment says of the region is for other commands: keys are looked for where the emulator is at home.
    const said = Object.entries({ account, region: text(args, 'region') }).filter(([, value]) => value !== undefined);
    const query = said.length === 0 ? '' : `?${new URLSearchParams(said as [string, string][])}`;
    const options = await clientOptions(args, io);
    try {
      const answer = await admin<unknown>(options, method, path, { query, ...(input === undefined ? {} : { input }) });
      const lines = flag(args, 'json') ? [JSON.stringify(answer)] : told(answer);
      for (const one of lines) io.stdout.write(`${one}\n`);
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
