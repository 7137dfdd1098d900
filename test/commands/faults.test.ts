import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CommandError, UsageError } from '../../src/commands/command.ts';
import { command } from '../../src/commands/faults.ts';
import { startEmulator } from '../support/emulator.ts';
import { run } from './world.ts';

const RULE = '{"id":"third","match":{"operation":"PutMedia","fragment":3},"effect":{"ack":5000}}';

describe('faults', () => {
  it('adds, lists, replaces and takes back rules', async () => {
    const { url, faults } = await startEmulator();
    const say = async (...args: string[]): Promise<string> => (await run(command, args, url)).stdout.toString();
    const line = 'third  {"operation":"PutMedia","fragment":3} {"ack":5000}  never fired\n';
    expect(await say('add', RULE)).toBe(line);
    expect(await say()).toBe(line);
    expect(await say('list', 'third')).toBe(line);
    expect(JSON.parse(await say('--json'))).toEqual({ faults: faults.list() });
    expect(await say('set', 'outage', '{"stream":"door*"}')).toContain('outage-1  {"operation":');
    expect(faults.list({ set: 'outage' })[0]?.match.stream).toBe('door*');
    expect(await say('clear', '--set', 'outage')).toBe('Took 2 back.\n');
    expect(await say('remove', 'third')).toBe('Took third back.\n');
    expect((await run(command, [], url)).stderr).toContain('There are no faults.');
    expect(await say('sets')).toContain('hot-shard  ');
    const folder = mkdtempSync(join(tmpdir(), 'faults-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'rules.json'), `[${RULE}]`);
    expect(await say('replace', `@${join(folder, 'rules.json')}`)).toBe(line);
    await fetch(`${url}/listStreams`, { method: 'POST', body: '{}' });
    await say('replace', '[{"id":"all","effect":{"status":503}}]');
    await fetch(`${url}/listStreams`, { method: 'POST', body: '{}' });
    expect(await say('list')).toMatch(/^all {2}\{\} \{"status":503\} {2}fired 1 time, last at 20/);
  });

  it('says what was wrong with a line, or with a rule', async () => {
    const { url } = await startEmulator();
    const error = async (...args: string[]): Promise<unknown> => (await run(command, args, url)).error;
    expect(await error('break')).toBeInstanceOf(UsageError);
    expect(await error('add')).toMatchObject({ message: '`faults add` needs JSON.' });
    expect(await error('add', '{')).toMatchObject({ message: expect.stringContaining('The rule is no JSON') });
    expect(await error('add', '@nowhere.json')).toBeInstanceOf(CommandError);
    expect(await error('list', '--set', 'outage')).toMatchObject({
      message: expect.stringContaining('--set belongs to'),
    });
    expect(await error('add', '{"effect":{"ack":1}}')).toMatchObject({
      message: expect.stringContaining('cannot be "ack"'),
    });
  });
});
