import { readFile } from 'node:fs/promises';
import { admin } from '../client/call.ts';
import type { ClientOptions } from '../client/request.ts';
import { type Command, type CommandArgs, CommandError, type CommandIO, UsageError } from './command.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

interface Fault {
  readonly id: string;
  readonly match: object;
  readonly effect: object;
  readonly fired: number;
  readonly lastFiredAt: string | null;
}
interface FaultSet {
  readonly name: string;
  readonly means: string;
  readonly faults: readonly object[];
}
/** What the emulator has answered, and how people read it. */
interface Said {
  readonly answer: unknown;
  readonly lines: readonly string[];
}

const FORMS =
  'Say one of: faults [list [ID]], add JSON, replace JSON, set NAME [MATCH], sets, remove ID, clear [--set NAME].';

/** JSON as it stands there, or as it stands in a file: `@rules.json`. */
async function json(given: string, what: string): Promise<object> {
  const file = given.startsWith('@') ? given.slice(1) : undefined;
  const source = file === undefined ? given : await readFile(file, 'utf8').catch(unreadable(file));
  try {
    return JSON.parse(source) as object;
  } catch (error) {
    const where = file === undefined ? what : `${what} in ${file}`;
    throw new UsageError(`${where} is no JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

const unreadable = (file: string) => (error: NodeJS.ErrnoException) => {
  throw new CommandError(`${file} cannot be read (${error.code}).`);
};

const line = ({ id, match, effect, fired, lastFiredAt }: Fault): string => {
  const count =
    fired === 0 ? 'never fired' : `fired ${fired} ${fired === 1 ? 'time' : 'times'}, last at ${lastFiredAt}`;
  return `${id}  ${JSON.stringify(match)} ${JSON.stringify(effect)}  ${count}`;
};

async function ask(
  options: ClientOptions,
  verb: string,
  [first, second]: readonly string[],
  set?: string,
): Promise<Said> {
  const listed = async (method: 'GET' | 'POST' | 'PUT', path: string, input?: object): Promise<Said> => {
    const answer = await admin<{ faults: Fault[] }>(options, method, path, input === undefined ? {} : { input });
    return { answer, lines: answer.faults.map(line) };
  };
  const id = encodeURIComponent(first ?? '');
  switch (verb) {
    case 'list': {
      if (first === undefined) return listed('GET', '/faults');
      const answer = await admin<Fault>(options, 'GET', `/faults/${id}`);
      return { answer, lines: [line(answer)] };
    }
    case 'add':
      return listed('POST', '/faults', await json(first ?? '', 'The rule'));
    case 'replace':
      return listed('PUT', '/faults', await json(first ?? '', 'The list of rules'));
    case 'set':
      return listed('POST', `/faults/sets/${id}`, second === undefined ? {} : await json(second, 'The match'));
    case 'sets': {
      const answer = await admin<{ sets: FaultSet[] }>(options, 'GET', '/faults/sets');
      const lines = answer.sets.flatMap(({ name, means, faults }) => [
        `${name}  ${means}`,
        ...faults.map((one) => `  ${JSON.stringify(one)}`),
      ]);
      return { answer, lines };
    }
    case 'remove': {
      const answer = await admin(options, 'DELETE', `/faults/${id}`);
      return { answer, lines: [`Took ${first} back.`] };
    }
    default: {
      const query = set === undefined ? {} : { query: `?${new URLSearchParams({ set })}` };
      const answer = await admin<{ faults: number }>(options, 'DELETE', '/faults', query);
      return { answer, lines: [`Took ${answer.faults} back.`] };
    }
  }
}

/** How many arguments each takes: least and most. */
const VERBS: Readonly<Record<string, readonly [number, number, string]>> = {
  list: [0, 1, 'ID'],
  add: [1, 1, 'JSON'],
  replace: [1, 1, 'JSON'],
  set: [1, 2, 'NAME'],
  sets: [0, 0, ''],
  remove: [1, 1, 'ID'],
  clear: [0, 0, ''],
};

function read(args: CommandArgs): [verb: string, rest: readonly string[]] {
  const [verb = 'list', ...rest] = args.positionals;
  const known = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (known === undefined) throw new UsageError(`\`faults\` does not know "${verb}". ${FORMS}`);
  const [least, most, name] = known;
  if (rest.length < least) throw new UsageError(`\`faults ${verb}\` needs ${name}.`);
  positionals({ ...args, positionals: rest }, new Array(most).fill(name), least);
  if (text(args, 'set') !== undefined && verb !== 'clear') throw new UsageError('--set belongs to `faults clear`.');
  return [verb, rest];
}

function show({ stdout, stderr }: CommandIO, { answer, lines }: Said, asJson: boolean): void {
  if (asJson) stdout.write(`${JSON.stringify(answer)}\n`);
  else if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
  else stderr.write('There are no faults.\n');
}

export const command: Command = {
  name: 'faults',
  usage: 'faults [list [ID] | add JSON | replace JSON | set NAME [MATCH] | sets | remove ID | clear [--set NAME]]',
  summary: 'Makes the service fail on purpose: rules that say which calls, and how. @FILE stands for JSON in a file.',
  options: {
    set: { type: 'string', placeholder: 'NAME', description: 'takes back only the rules of this set' },
    json: { type: 'boolean', description: 'prints what is answered as JSON' },
    ...CA_OPTION,
  },
  words: [Object.keys(VERBS)],
  examples: [
    [
      'faults add \'{"match":{"operation":"PutMedia","fragment":3},"effect":{"ack":5000}}\'',
      'breaks the third fragment',
    ],
    ['faults set outage', 'the data plane is down'],
    ['faults', 'the rules, and how often each has fired'],
    ['faults clear', 'nothing fails any more'],
  ],

  async run(args, io) {
    const [verb, rest] = read(args);
    const options = await clientOptions(args, io);
    try {
      show(io, await ask(options, verb, rest, text(args, 'set')), flag(args, 'json'));
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
