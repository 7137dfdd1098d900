import { call } from '../client/call.ts';
import { wallTimeout } from '../runtime/wall.ts';
import { type Command, type CommandArgs, type CommandIO, UsageError } from './command.ts';
import { makeIO, readArgs } from './commandLine.ts';
import { completionScripts } from './completionScripts.ts';
import { candidates } from './completionWords.ts';
import { clientOptions } from './service.ts';

type Commands = Readonly<Record<string, () => Promise<{ command: Command }>>>;

/** Who waits for a word at a prompt does not wait for an emulator that is slow. Milliseconds. */
const PATIENCE = 400;
const SHELLS = Object.keys(completionScripts);

/** `completion`, for all commands that there are. */
export const completionCommand = (commands: Commands): Command => ({
  name: 'completion',
  usage: `completion ${SHELLS.join('|')}`,
  summary: 'Prints the script by which a shell completes commands, options, their values and the names of streams.',
  standalone: true,
  options: {},
  words: [SHELLS],
  noJson: 'what it prints is a script for a shell',
  examples: [
    ['completion bash >> ~/.bashrc', 'for bash; in this session alone: eval "$(kvs-emulator completion bash)"'],
    ['completion zsh > ~/.zfunc/_kvs-emulator', 'for zsh, where ~/.zfunc is one of the folders of $fpath'],
    ['completion fish > ~/.config/fish/completions/kvs-emulator.fish', 'for fish'],
  ],

  async run({ positionals: [shell = '', ...words] }, io) {
    if (shell === 'words') {
      io.stdout.write(await answer(words, commands, io));
      return 0;
    }
    const script = Object.hasOwn(completionScripts, shell) ? completionScripts[shell] : undefined;
    if (script === undefined) throw new UsageError(`There is completion for ${SHELLS.join(', ')}, not for "${shell}".`);
    const [stray] = words;
    if (stray !== undefined) throw new UsageError(`There is one argument too many: "${stray}".`);
    io.stdout.write(script);
    return 0;
  },
});

/** What the scripts ask for. */
async function answer(words: readonly string[], commands: Commands, io: CommandIO): Promise<string> {
  const load = async (name: string): Promise<Command | undefined> =>
    Object.hasOwn(commands, name) ? (await commands[name]?.())?.command : undefined;
  const found = await candidates(words, {
    names: Object.keys(commands),
    command: load,
    streams: async () => streamNames(await load(words[0] ?? ''), words.slice(1, -1), io),
  });
  if (found === 'files') return ':files\n';
  return found.map(([word, what]) => `${word}\t${what}\n`).join('');
}

/** Of the emulator that the line is about. */
async function streamNames(command: Command | undefined, args: readonly string[], io: CommandIO): Promise<string[]> {
  if (command === undefined) return [];
  const controller = new AbortController();
  const calm = wallTimeout(() => controller.abort(), PATIENCE);
  try {
    const read: CommandArgs = readArgs(command, args);
    const options = await clientOptions(read, makeIO(io, read));
    const { StreamInfoList: list } = await call<{ StreamInfoList: { StreamName: string }[] }>(
      { ...options, signal: controller.signal },
      '/listStreams',
    );
    return list.map(({ StreamName }) => StreamName);
  } catch {
    // Nobody is there, or the line is not one yet: then there are no names to be had.
    return [];
  } finally {
    calm();
  }
}
