import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { command } from '../../src/commands/access.ts';
import { CommandError, UsageError } from '../../src/commands/command.ts';
import { run, service } from './world.ts';

const answer = {
  decision: 'explicitDeny',
  principal: 'arn:aws:iam::000000000000:user/test',
  action: 'kinesisvideo:PutMedia',
  resource: '*',
  statements: [
    { source: 'identity', policy: 0, statement: 0, sid: 'Look', effect: 'Allow', matched: false, because: 'Action' },
    {
      source: 'session',
      policy: 1,
      statement: 2,
      sid: null,
      effect: 'Deny',
      matched: true,
      because: 'all of it matches',
    },
  ],
};
const route = 'POST /_kvs/access/explain';

function file(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-access-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'policy.json');
  writeFileSync(path, content);
  return path;
}

test('asks for what the options say, and prints each statement', async () => {
  const { url, calls } = await service({ [route]: answer });
  const args = ['explain', '--access-key', 'test', '--action', 'kinesisvideo:PutMedia', '--resource', 'door'];
  const context = ['--context', 'aws:SourceIp=203.0.113.7', '--context', 'aws:username=a=b'];
  const { code, stdout } = await run(command, [...args, ...context], url, { region: 'eu-west-1' });
  expect(code).toBe(0);
  expect(calls[0]?.input).toEqual({
    accessKeyId: 'test',
    action: 'kinesisvideo:PutMedia',
    resource: 'door',
    region: 'eu-west-1',
    context: { 'aws:SourceIp': '203.0.113.7', 'aws:username': 'a=b' },
  });
  expect(stdout.toString()).toBe(
    'explicitDeny: arn:aws:iam::000000000000:user/test, kinesisvideo:PutMedia, *\n' +
      '  Allow  does not match: Action  [identity 0, statement 0 (Look)]\n' +
      '  Deny   matches: all of it matches  [session 1, statement 2]\n',
  );
});

test('asks a policy out of a file', async () => {
  const { url, calls } = await service({ [route]: answer });
  const args = ['explain', '--policy', file('{"Statement":[]}'), '--action', 'kinesisvideo:PutMedia', '--json'];
  const { stdout } = await run(command, args, url);
  expect(calls[0]?.input).toMatchObject({ policies: [{ Statement: [] }] });
  expect(JSON.parse(stdout.toString())).toEqual(answer);
});

test.each([
  [[], 'Say `access explain`'],
  [['deny'], 'Say `access explain`'],
  [['explain', '--access-key', 'test'], '--action is missing'],
  [['explain', '--action', 'a:B', '--context', 'aws:username'], '--context is KEY=VALUE, not "aws:username".'],
])('%j is used wrongly', async (args, message) => {
  const { error } = await run(command, args, 'http://127.0.0.1:1');
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toContain(message);
});

test('says what is wrong with the file of a policy', async () => {
  const ask = async (path: string) =>
    (await run(command, ['explain', '--action', 'a:B', '--policy', path], 'http://127.0.0.1:1')).error;
  expect(await ask(file('{'))).toBeInstanceOf(CommandError);
  expect(((await ask(file('{'))) as Error).message).toMatch(/is no JSON: /);
  expect(((await ask('/nowhere/policy.json')) as Error).message).toBe(
    '--policy /nowhere/policy.json cannot be read (ENOENT).',
  );
});
