import { describe, expect, it } from 'vitest';
import { command as camera } from '../../src/commands/camera.ts';
import { command as clock } from '../../src/commands/clock.ts';
import type { Command } from '../../src/commands/command.ts';
import { type Candidates, candidates } from '../../src/commands/completionWords.ts';
import { command as put } from '../../src/commands/put.ts';
import { startCommand } from '../../src/commands/start.ts';
import { command as streams } from '../../src/commands/streams.ts';

const start = startCommand(() => Promise.reject(new Error('not here')));
const table: Readonly<Record<string, Command>> = { start, put, camera, streams, clock };
const known = {
  names: Object.keys(table),
  command: async (name: string) => table[name],
  streams: async () => ['door', 'yard'],
};
const complete = async (...words: string[]): Promise<string[] | 'files'> => {
  const found: Candidates = await candidates(words, known);
  return found === 'files' ? found : found.map(([word]) => word);
};

describe('completion', () => {
  it('knows the commands, and what each is for', async () => {
    expect(await complete('')).toEqual(['start', 'put', 'camera', 'streams', 'clock']);
    expect(await complete('c')).toEqual(['camera', 'clock']);
    expect(await candidates(['sta'], known)).toEqual([['start', 'Runs the emulator until it is told to stop']]);
  });

  it('knows the options of a command, but for those that are there', async () => {
    expect(await complete('put', '--re')).toEqual(['--realtime', '--recut', '--retention', '--region']);
    expect(await complete('put', '--realtime', '--re')).toEqual(['--recut', '--retention', '--region']);
    expect(await complete('clock', '--h')).toEqual(['--help']);
  });

  it('knows the options of `start` where no command is said', async () => {
    expect(await complete('--log')).toEqual(['--log-level', '--log-format']);
    expect(await complete('--port', '0', '--au')).toEqual(['--auth']);
  });

  it('knows the values of options, in each form', async () => {
    expect(await complete('start', '--auth', '')).toEqual(['none', 'sigv4', 'iam']);
    expect(await complete('start', '--auth', 's')).toEqual(['sigv4']);
    expect(await complete('start', '--auth=s')).toEqual(['--auth=sigv4']);
    // As bash cuts it.
    expect(await complete('start', '--auth', '=')).toEqual(['none', 'sigv4', 'iam']);
    expect(await complete('start', '--auth', '=', 'i')).toEqual(['iam']);
    expect(await complete('streams', 'door', 'disconnect', '--which', 'p')).toEqual(['producers']);
    expect(await complete('start', '--port', '')).toEqual([]);
  });

  it('leaves files to the shell', async () => {
    expect(await complete('put', 'door', '')).toBe('files');
    expect(await complete('put', '--ca', '')).toBe('files');
    expect(await complete('start', '--tls-cert', '/e')).toBe('files');
  });

  it('knows what stands where: verbs, and streams that there are', async () => {
    expect(await complete('clock', '')).toEqual(['advance', 'set', 'freeze', 'run']);
    expect(await complete('clock', 'advance', '')).toEqual([]);
    expect(await complete('put', '--realtime', '--loop', '3', 'd')).toEqual(['door']);
    expect(await complete('camera', 'door', 'y')).toEqual(['yard']);
    expect(await complete('streams', 'door', 'f')).toEqual(['fragments', 'fragment']);
  });

  it('knows nothing of what is no command', async () => {
    expect(await complete('nothing', '')).toEqual([]);
    expect(await complete('nothing', '--')).toEqual([]);
    expect(await complete('constructor', '')).toEqual([]);
  });
});
