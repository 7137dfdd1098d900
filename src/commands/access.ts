import { readFile } from 'node:fs/promises';
import { admin } from '../client/call.ts';
import { type Command, type CommandArgs, CommandError, UsageError } from './command.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

interface Explanation {
  readonly decision: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly statements: readonly {
    readonly source: string;
    readonly policy: number;
    readonly statement: number;
    readonly sid: string | null;
    readonly effect: string;
    readonly matched: boolean;
    readonly because: string;
  }[];
}

/** Options that are members of the request, by their names there. */
const MEMBERS: Readonly<Record<string, string>> = {
  'access-key': 'accessKeyId',
  principal: 'principal',
  action: 'action',
  resource: 'resource',
};

function contextOf(args: CommandArgs): Record<string, string> | undefined {
  const given = args.values.context;
  if (!Array.isArray(given)) return undefined;
  return Object.fromEntries(
    given.map((pair) => {
      const [, key, value] = /^([^=]+)=([\s\S]*)$/.exec(String(pair)) ?? [];
      if (key === undefined || value === undefined) throw new UsageError(`--context is KEY=VALUE, not "${pair}".`);
      return [key, value];
    }),
  );
}

async function policyOf(path: string): Promise<unknown> {
  const words = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`--policy ${path} cannot be read (${error.code}).`);
  });
  try {
    return JSON.parse(words);
  } catch (error) {
    throw new CommandError(`--policy ${path} is no JSON: ${(error as Error).message}.`);
  }
}

/** Several lines for people: the decision, then each statement. */
function describe({ decision, principal, action, resource, statements }: Explanation): string {
  const lines = statements.map(({ source, policy, statement, sid, effect, matched, because }) => {
    const which = `${source} ${policy}, statement ${statement}${sid === null ? '' : ` (${sid})`}`;
    return `  ${effect.padEnd(5)}  ${matched ? 'matches' : 'does not match'}: ${because}  [${which}]\n`;
  });
  return `${decision}: ${principal}, ${action}, ${resource}\n${lines.join('')}`;
}

export const command: Command = {
  name: 'access',
  usage: 'access explain (--access-key ID | --principal ARN | --policy FILE) --action ACTION [--resource NAME] [...]',
  summary: 'Says whether policies let somebody do something, and which statement decides.',
  options: {
    'access-key': { type: 'string', placeholder: 'ID', description: 'who asks, by access key' },
    principal: { type: 'string', placeholder: 'ARN', description: 'who asks, by ARN' },
    action: { type: 'string', placeholder: 'ACTION', description: 'such as kinesisvideo:PutMedia' },
    resource: { type: 'string', placeholder: 'NAME', description: 'name or ARN of a stream or channel' },
    context: {
      type: 'string',
      multiple: true,
      placeholder: 'KEY=VALUE',
      description: 'what a request would say, such as aws:SourceIp=203.0.113.7; may come again',
    },
    policy: { type: 'string', placeholder: 'FILE', description: 'asks this policy instead of those that are known' },
    json: { type: 'boolean', description: 'prints the answer as JSON' },
    ...CA_OPTION,
  },
  words: [['explain']],
  examples: [
    ['access explain --access-key test --action kinesisvideo:PutMedia --resource door', 'may `test` write to door?'],
    ['access explain --policy device.json --action kinesisvideo:GetMedia --resource door', 'what a policy says to it'],
  ],

  async run(args, io) {
    const [verb] = positionals(args, ['VERB'], 0);
    if (verb !== 'explain') throw new UsageError('Say `access explain`, with who asks and for which --action.');
    const said = Object.entries(MEMBERS).map(([option, name]) => [name, text(args, option)]);
    const file = text(args, 'policy');
    const input = {
      ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
      context: contextOf(args),
      policies: file === undefined ? undefined : [await policyOf(file)],
      region: io.region,
    };
    if (text(args, 'action') === undefined) throw new UsageError('--action is missing, such as kinesisvideo:PutMedia.');
    const options = await clientOptions(args, io);
    try {
      const answer = await admin<Explanation>(options, 'POST', '/access/explain', { input });
      io.stdout.write(flag(args, 'json') ? `${JSON.stringify(answer)}\n` : describe(answer));
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
