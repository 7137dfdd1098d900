import { describe, expect, it } from 'vitest';
import { command as clock } from '../../src/commands/clock.ts';
import type { Command } from '../../src/commands/command.ts';
import { command as get } from '../../src/commands/get.ts';
import { commandHelp, programHelp, wrap } from '../../src/commands/help.ts';
import { command as put } from '../../src/commands/put.ts';
import { startCommand } from '../../src/commands/start.ts';

const start = startCommand(() => Promise.reject(new Error('not here')));
const all: Command[] = [start, put, get, clock];
const longest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));
const words = (text: string): string => text.replace(/ \\\n/g, ' ').replace(/\s+/g, ' ').trim();

describe('help', () => {
  it.each([undefined, 0, 40, 60, 80, 200])('is no wider than a terminal of %s columns', (columns) => {
    for (const text of [programHelp(all, columns), ...all.map((command) => commandHelp(command, columns))])
      expect(longest(text)).toBeLessThanOrEqual(columns || 80);
  });

  it('says the same whatever the width', () => {
    for (const command of all) expect(words(commandHelp(command, 60))).toBe(words(commandHelp(command, 200)));
    expect(words(programHelp(all, 40))).toBe(words(programHelp(all, 300)));
  });

  it('shows a command as it is typed', () => {
    expect(commandHelp(clock, 80)).toContain('\nExamples:\n  kvs-emulator clock advance 25h\n      what is retained');
    for (const command of all) {
      expect(command.examples.length).toBeGreaterThan(0);
      for (const [line] of command.examples) expect(line.split(' ')[0]).toBe(command.name);
    }
  });

  it('breaks between words alone', () => {
    expect(wrap('a bc def  ghij', 4)).toEqual(['a bc', 'def', 'ghij']);
    expect(wrap('unbreakable a', 4)).toEqual(['unbreakable', 'a']);
  });
});
