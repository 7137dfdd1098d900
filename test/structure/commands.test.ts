// What each command owes to those who type it and to scripts.
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Command, CommandError, type CommandIO, UsageError } from '../../src/commands/command.ts';
import { allOptions, makeIO, readArgs } from '../../src/commands/commandLine.ts';
import { commandHelp } from '../../src/commands/help.ts';
import { commands } from './commandTable.ts';

const all = await commands();
const NOBODY = 'http://127.0.0.1:1';

/** A line as a shell reads it, up to where its output goes. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
  const end = words.findIndex((word) => /^(>>?|\|)$/.test(word));
  return end < 0 ? words : words.slice(0, end);
}

function world(): Omit<CommandIO, 'endpoint' | 'region' | 'credentials'> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  for (const stream of [stdout, stderr]) stream.resume();
  return {
    stdout,
    stderr,
    stdin: Readable.from([]),
    env: { KVS_ENDPOINT: NOBODY },
    signal: new AbortController().signal,
  };
}

/** What comes of a command where nobody answers. */
async function tried(command: Command, args: string[]): Promise<unknown> {
  try {
    const read = readArgs(command, args);
    return await command.run(read, makeIO(world(), read));
  } catch (error) {
    return error;
  }
}

describe.each([...all.values()].map((command) => [command.name, command] as const))(
  'kvs-emulator %s',
  (name, command) => {
    it('shows examples in its help, each with what it is for', () => {
      expect(command.examples.length).toBeGreaterThan(0);
      for (const [line, what] of command.examples) {
        expect(wordsOf(line)[0]).toBe(name);
        expect(what.length).toBeGreaterThan(5);
        expect(commandHelp(command, 400)).toContain(`kvs-emulator ${line}`);
      }
    });

    it.each(command.examples.map(([line]) => [line]))('understands its example: %s', async (line) => {
      const outcome = await tried(command, wordsOf(line).slice(1));
      // Nobody is there, or the file is not: that is no wrong use.
      expect(outcome).not.toBeInstanceOf(UsageError);
      if (outcome !== 0) expect(outcome).toBeInstanceOf(CommandError);
    });

    it('has --json for scripts, or says why not', () => {
      if ('json' in allOptions(command)) expect(command.noJson).toBeUndefined();
      else expect(command.noJson?.length).toBeGreaterThan(10);
    });

    it('refuses options that it does not know, and arguments that are too many', async () => {
      expect(await tried(command, ['--nothing'])).toEqual(new UsageError('There is no option --nothing.'));
      if (command.repeats !== true) expect(await tried(command, ['a', 'b', 'c', 'd', 'e'])).toBeInstanceOf(UsageError);
    });

    it('describes every option, and says what stands for its value', () => {
      for (const [option, { type, placeholder, description }] of Object.entries(allOptions(command))) {
        expect(description.length, option).toBeGreaterThan(5);
        expect(placeholder === undefined, option).toBe(type === 'boolean');
      }
    });
  },
);
