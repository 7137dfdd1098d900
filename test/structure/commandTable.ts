// Every command of the command line, as main.ts has them, by name.
import type { Command } from '../../src/commands/command.ts';
import { completionCommand } from '../../src/commands/completion.ts';
import { demoCommand } from '../../src/commands/demo.ts';
import { startCommand } from '../../src/commands/start.ts';
import { read } from './sources.ts';

/** Those that main.ts hands something. What `start` would start is not here. */
const MADE: Readonly<Record<string, () => Command>> = {
  start: () => startCommand(() => Promise.reject(new Error('not here'))),
  demo: () => demoCommand(() => Promise.reject(new Error('not here'))),
  completion: () => completionCommand({}),
};

export async function commands(): Promise<Map<string, Command>> {
  const names = [...read('src/main.ts').matchAll(/import\('\.\/commands\/(\w+)\.ts'\)/g)].map(([, name = '']) => name);
  const found = new Map<string, Command>();
  for (const name of names) {
    const made = MADE[name]?.();
    const { command = made } = (await import(`../../src/commands/${name}.ts`)) as { command?: Command };
    if (command === undefined)
      throw new Error(`src/commands/${name}.ts exports no command, and MADE does not know it.`);
    found.set(command.name, command);
  }
  return found;
}
