import { admin } from '../client/call.ts';
import { type Command, UsageError } from './command.ts';
import { readJsonFile } from './jsonFile.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals } from './service.ts';

interface Credentials {
  readonly accessKeys: readonly { readonly accessKeyId: string; principal: string; expiresAt: string | null }[];
  readonly roles: readonly { readonly arn: string; readonly maxSession: string }[];
  readonly iotRoleAliases: readonly { readonly alias: string; readonly role: string }[];
}

const METHODS = { set: 'PUT', change: 'PATCH' } as const;

/** A line for each. */
function describe({ accessKeys, roles, iotRoleAliases }: Credentials): string {
  const lines = [
    ...accessKeys.map(({ accessKeyId, principal, expiresAt }) => {
      const until = expiresAt === null ? '' : `, until ${expiresAt}`;
      return `access key  ${accessKeyId}  ${principal}${until}`;
    }),
    ...roles.map(({ arn, maxSession }) => `role        ${arn}, for ${maxSession} at most`),
    ...iotRoleAliases.map(({ alias, role }) => `role alias  ${alias}  ${role}`),
  ];
  if (accessKeys.length === 0) lines.unshift('access keys  test and any 12 digits, with the secret test');
  return lines.join('\n');
}

export const command: Command = {
  name: 'credentials',
  usage: 'credentials [set FILE.json | change FILE.json]',
  summary: 'Shows or sets who may sign requests: access keys, roles, and role aliases for devices.',
  options: { json: { type: 'boolean', description: 'prints them as JSON, secrets masked' }, ...CA_OPTION },
  words: [Object.keys(METHODS), 'file'],
  examples: [
    ['credentials', 'who is known'],
    ['credentials set credentials.json', 'these and no others; - is standard input'],
    ['credentials change more.json', 'these as well, or other facts of those that are known'],
  ],

  async run(args, io) {
    const [verb, path] = positionals(args, ['VERB', 'FILE'], 0);
    const isVerb = verb === undefined || verb === 'set' || verb === 'change';
    if (!isVerb) throw new UsageError(`Credentials do not know "${verb}". Say one of: set, change.`);
    if (verb !== undefined && path === undefined) throw new UsageError(`\`credentials ${verb}\` needs a file.`);
    const input = path === undefined ? undefined : await readJsonFile(path, io);
    const options = await clientOptions(args, io);
    try {
      const method = verb === undefined ? 'GET' : METHODS[verb];
      const known = await admin<Credentials>(options, method, '/credentials', input === undefined ? {} : { input });
      io.stdout.write(`${flag(args, 'json') ? JSON.stringify(known) : describe(known)}\n`);
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
