import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type AdminOptions, admin } from '../client/call.ts';
import { seedWithFiles } from '../client/seedFiles.ts';
import { type Command, CommandError, type CommandIO, UsageError } from './command.ts';
import { plural } from './format.ts';
import { readJsonFile } from './jsonFile.ts';
import { CA_OPTION, clientOptions, explained, flag, positionals, text } from './service.ts';

interface Answer {
  readonly streams: number;
  readonly channels: number;
  readonly keys: number;
  readonly faults: number;
  readonly fragments: number;
  readonly left: readonly { readonly kind: string; readonly name: string }[];
  readonly warnings: readonly { readonly path: string; readonly text: string }[];
}

/** A file, or those of a folder in the order of their names. */
async function pathsOf(path: string): Promise<string[]> {
  const isFolder = path !== '-' && (await stat(path).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  if (names.length === 0) throw new CommandError(`There is no .json file in ${path}.`);
  return names.map((name) => join(path, name));
}

function told({ streams, channels, keys, faults, fragments, left, warnings }: Answer): string[] {
  const made = [
    [streams, 'stream'],
    [channels, 'channel'],
    [keys, 'key'],
    [faults, 'fault'],
    [fragments, 'fragment'],
  ] as const;
  const counts = made.filter(([count]) => count > 0).map(([count, what]) => plural(count, what));
  return [
    `Made ${counts.length === 0 ? 'nothing new' : counts.join(', ')}.`,
    ...left.map(({ kind, name }) => `The ${kind} ${name} is there already, and left as it is.`),
    ...warnings.map(({ path, text: said }) => `${path}: ${said}`),
  ];
}

async function sow(path: string, query: string, options: AdminOptions, io: CommandIO): Promise<Answer> {
  const seed = await readJsonFile(path, io);
  let input: object;
  try {
    input = seedWithFiles(seed, path === '-' ? '.' : dirname(path));
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
  return admin<Answer>(options, 'POST', '/seed', { query, input });
}

export const command: Command = {
  name: 'seed',
  usage: 'seed FILE | FOLDER | --schema [--account ID] [--region REGION] [--json]',
  summary: 'Makes the streams, recordings, channels, keys and more that a file says.',
  options: {
    schema: { type: 'boolean', description: 'prints the JSON Schema of such files, for "$schema" and editors' },
    account: {
      type: 'string',
      placeholder: 'ID',
      description: 'whose is what stands at the top of the seed, 12 digits',
    },
    json: { type: 'boolean', description: 'prints what the emulator answers, a line for each file' },
    ...CA_OPTION,
  },
  examples: [
    ['seed seed.json', 'recordings that it names are read beside it, and sent along'],
    ['seed seeds/', 'each .json file of the folder, in the order of their names'],
    ['seed --schema > seed.schema.json', 'to be named in "$schema"'],
  ],

  async run(args, io) {
    const isSchema = flag(args, 'schema');
    const [path] = positionals(args, ['FILE'], 0);
    if (isSchema === (path !== undefined)) throw new UsageError('Say a FILE, or --schema.');
    const said = Object.entries({ account: text(args, 'account'), region: text(args, 'region') });
    const where = said.filter((pair): pair is [string, string] => pair[1] !== undefined);
    const query = where.length === 0 ? '' : `?${new URLSearchParams(where)}`;
    const options = await clientOptions(args, io);
    try {
      if (isSchema) {
        io.stdout.write(`${JSON.stringify(await admin(options, 'GET', '/seed/schema', {}), null, 2)}\n`);
        return 0;
      }
      for (const one of await pathsOf(path ?? '')) {
        const answer = await sow(one, query, options, io);
        for (const line of flag(args, 'json') ? [JSON.stringify(answer)] : told(answer)) io.stdout.write(`${line}\n`);
      }
    } catch (error) {
      throw explained(error, io);
    }
    return 0;
  },
};
