import type { Command, CommandOption, CommandWord } from './command.ts';
import { allOptions } from './commandLine.ts';

/** What could stand where the cursor is. `files`: what the shell knows of files. */
export type Candidates = readonly (readonly [word: string, what: string])[] | 'files';

export interface Knowledge {
  /** The table of commands, and what each is for; those that start nothing and read nothing are loaded as they are asked for. */
  readonly names: readonly string[];
  command(name: string): Promise<Command | undefined>;
  /** Names of the streams there are, or nothing. */
  streams(): Promise<readonly string[]>;
}

const FILES = new Set(['FILE', 'DIR', 'FOLDER']);
const first = (text: string): string => /^[^.:;]*/.exec(text)?.[0] ?? '';

/** The words behind the program's name, up to the cursor; the last one is what is being typed. */
export async function candidates(given: readonly string[], known: Knowledge): Promise<Candidates> {
  const words = joined(given);
  const typed = words.at(-1) ?? '';
  const [name = ''] = words;
  const all = words.length < 2 ? await commandNames(known) : [];
  const command = await known.command(words.length > 1 && !name.startsWith('-') ? name : 'start');
  if (words.length < 2 && !typed.startsWith('-')) return starting(all, typed);
  if (command === undefined) return [];
  const args = name.startsWith('-') ? words : words.slice(1);
  const options = allOptions(command);
  const [, open, part] = /^(--[\w-]+)=(.*)$/s.exec(typed) ?? [];
  if (open !== undefined) {
    const found = await valuesOf(optionOf(options, open), part ?? '');
    return found === 'files' ? found : found.map(([word, what]) => [`${open}=${word}`, what]);
  }
  const taken = args.length > 1 ? optionOf(options, args.at(-2) ?? '') : undefined;
  if (taken?.type === 'string') return valuesOf(taken, typed);
  if (typed.startsWith('-')) return starting(flags(options, args), typed);
  return wordAt(command, places(args, options), typed, known);
}

/** `--auth`, `=`, `sigv4`, as bash cuts it, are an option and its value. */
function joined(given: readonly string[]): readonly string[] {
  const words = given.filter((word, at) => word !== '=' || at === 0);
  return given.at(-1) === '=' ? [...words, ''] : words;
}

const starting = (all: readonly (readonly [string, string])[], typed: string) =>
  all.filter(([word]) => word.startsWith(typed));

async function commandNames(known: Knowledge): Promise<[string, string][]> {
  const found = await Promise.all(known.names.map((name) => known.command(name)));
  return found.flatMap((command) => (command === undefined ? [] : [[command.name, first(command.summary)]]));
}

function optionOf(options: Readonly<Record<string, CommandOption>>, word: string): CommandOption | undefined {
  if (/^-\w$/.test(word)) return Object.values(options).find(({ short }) => short === word[1]);
  return word.startsWith('--') && Object.hasOwn(options, word.slice(2)) ? options[word.slice(2)] : undefined;
}

function valuesOf(option: CommandOption | undefined, typed: string): Candidates {
  if (FILES.has(option?.placeholder ?? '')) return 'files';
  return starting(
    (option?.values ?? []).map((value) => [value, ''] as const),
    typed,
  );
}

const flags = (options: Readonly<Record<string, CommandOption>>, args: readonly string[]): [string, string][] =>
  Object.entries(options)
    .filter(([name, { multiple }]) => multiple || !args.slice(0, -1).includes(`--${name}`))
    .map(([name, { description }]) => [`--${name}`, first(description)]);

/** How many arguments stand before the cursor. */
const places = (args: readonly string[], options: Readonly<Record<string, CommandOption>>): number =>
  args.slice(0, -1).filter((word, at) => {
    const before = at === 0 ? undefined : optionOf(options, args[at - 1] ?? '');
    return !word.startsWith('-') && before?.type !== 'string';
  }).length;

async function wordAt(
  { words = [], repeats }: Command,
  at: number,
  typed: string,
  known: Knowledge,
): Promise<Candidates> {
  const word: CommandWord | undefined = words[repeats ? Math.min(at, words.length - 1) : at];
  if (word === 'file') return 'files';
  if (word === undefined || word === 'anything') return [];
  const values = word === 'stream' ? await known.streams() : word;
  return starting(
    values.map((value) => [value, ''] as const),
    typed,
  );
}
