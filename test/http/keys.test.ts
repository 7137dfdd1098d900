// Keys over HTTP and on the command line: one face, three ways to it.
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/commands/command.ts';
import { command as keys } from '../../src/commands/keys.ts';
import { run } from '../commands/world.ts';
import { startEmulator } from '../support/emulator.ts';

const ARN = 'arn:aws:kms:us-east-1:000000000000:key/door';

async function start() {
  const emulator = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
  return {
    emulator,
    // biome-ignore lint/suspicious/noExplicitAny: each test knows the answer it asks for
    async ask(method: string, path: string, body?: unknown): Promise<{ status: number; said: any }> {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const answer = await fetch(`${emulator.url}/_kvs/keys${path}`, init);
      return { status: answer.status, said: await answer.json() };
    },
  };
}

describe('/_kvs/keys', () => {
  it('makes, shows, changes, rotates and deletes a key, by its id, its ARN or an alias', async () => {
    const { ask } = await start();
    const made = await ask('POST', '', { id: 'door', aliases: ['alias/door'] });
    const whole = {
      ...{ id: 'door', arn: ARN, account: '000000000000', region: 'us-east-1', manager: 'CUSTOMER', state: 'Enabled' },
      ...{ usage: 'ENCRYPT_DECRYPT', spec: 'SYMMETRIC_DEFAULT', aliases: ['alias/door'], principals: ['*'] },
      ...{ fails: null, versions: 1, calls: { GenerateDataKey: 0, Decrypt: 0 } },
    };
    expect(made).toEqual({ status: 200, said: whole });
    for (const name of ['door', ARN, 'alias/door', 'arn:aws:kms:us-east-1:000000000000:alias/door']) {
      expect((await ask('GET', `/${encodeURIComponent(name)}`)).said).toEqual(whole);
    }
    expect((await ask('PATCH', '/door', { state: 'Disabled', fails: 'KeyUnavailableException' })).said).toEqual({
      ...{ ...whole, state: 'Disabled', fails: 'KeyUnavailableException' },
    });
    expect((await ask('POST', '/door/rotate')).said).toMatchObject({ versions: 2, state: 'Disabled' });
    expect((await ask('GET', '/door/calls')).said).toEqual({ calls: [], next: null });
    expect((await ask('DELETE', '/alias%2Fdoor')).said).toMatchObject({ id: 'door' });
    expect((await ask('GET', '/door')).status).toBe(404);
    // Made again it is the same key; what was told can be given back.
    expect((await ask('POST', '', whole)).said).toEqual({ ...whole, versions: 2 });
  });

  it('lists the service’s own key of the emulator’s account, and those of others only when they are needed', async () => {
    const { ask } = await start();
    const { keys: listed, next } = (await ask('GET', '')).said;
    expect([listed.length, listed[0].manager, listed[0].aliases, next]).toEqual([
      1,
      'AWS',
      ['alias/aws/kinesisvideo'],
      null,
    ]);
    expect((await ask('GET', '?account=111111111111')).said).toEqual({ keys: [], next: null });
    await ask('POST', '?account=111111111111', [{}, { region: 'eu-west-1' }]);
    const pages: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const { said } = await ask('GET', `?limit=1&after=${after}`);
      pages.push(...said.keys.map((key: { account: string; region: string }) => `${key.account} ${key.region}`));
      after = said.next;
    }
    expect(pages).toEqual(['111111111111 eu-west-1', '000000000000 us-east-1', '111111111111 us-east-1']);
  });

  it.each<[string, string, unknown, number, string | undefined]>([
    ['PATCH', '/door', { state: 'disabled' }, 400, '/state'],
    ['PATCH', '/door', { fails: 'NoSuchException' }, 400, '/fails'],
    ['PATCH', '/door', { principals: ['alice'] }, 400, '/principals/0'],
    ['PATCH', '/door', { usage: 'ENCRYPT' }, 400, '/usage'],
    ['PATCH', '/door', { aliases: ['alias/new', 'door'] }, 400, '/aliases/1'],
    ['PATCH', '/door', { aliases: ['alias/window'] }, 409, '/aliases/0'],
    ['PATCH', '/door', { aliases: ['alias/a', 'alias/a'] }, 400, '/aliases/1'],
    ['PATCH', '/door', { spec: 'RSA_2048' }, 400, '/spec'],
    ['PATCH', '/door', {}, 400, undefined],
    ['PATCH', '/nothing', { state: 'Disabled' }, 404, undefined],
    ['POST', '', { id: 'a b' }, 400, '/id'],
    ['POST', '', { id: 'door' }, 409, '/id'],
    ['POST', '', [{ id: 'x' }, { id: 'y', state: 'On' }], 400, '/1/state'],
    ['POST', '', [{ id: 'x' }, { id: 'x' }], 409, '/1'],
    ['POST', '', [{ id: 'x' }, { aliases: ['alias/door'] }], 409, '/1/aliases/0'],
    ['POST', '', { key: 1 }, 400, '/key'],
    ['POST', '', 7, 400, undefined],
    ['DELETE', '/nothing', undefined, 404, undefined],
  ])('refuses %s %s %j, and changes nothing', async (method, path, body, status, where) => {
    const { ask, emulator } = await start();
    emulator.keys.create([{ id: 'door', aliases: ['alias/door'] }, { aliases: ['alias/window'] }]);
    const before = emulator.keys.list();
    const answer = await ask(method, path, body);
    expect([answer.status, answer.said.path]).toEqual([status, where]);
    expect(answer.said).toMatchObject({ error: expect.stringMatching(/./), hint: expect.stringMatching(/./) });
    expect(emulator.keys.list()).toEqual(before);
  });

  it('is as it was started after a reset, of all or of an account', async () => {
    const { emulator } = await start();
    const before = emulator.keys.list();
    emulator.keys.create({ id: 'door' });
    emulator.keys.create({ id: 'theirs', account: '111111111111' });
    emulator.keys.change('alias/aws/kinesisvideo', { state: 'Disabled' });
    await emulator.reset({ account: '111111111111' });
    expect(emulator.keys.list().keys.map(({ id }) => id)).toContain('door');
    expect(emulator.keys.list({ account: '111111111111' }).keys).toEqual([]);
    await emulator.reset();
    expect(emulator.keys.list()).toEqual(before);
  });
});

describe('kvs-emulator keys', () => {
  it('does the same', async () => {
    const { emulator } = await start();
    const said = async (...args: string[]): Promise<string> =>
      (await run(keys, args, emulator.url)).stdout.toString().trimEnd();
    expect(await said('create', '--id', 'door', '--alias', 'alias/door', '--principal', '000000000000')).toBe(
      'door  Enabled  alias/door  1 version, 0 data keys made, 0 opened',
    );
    expect(await said('disable', 'alias/door')).toContain('Disabled');
    expect(await said('set', 'door', '--fails', 'KeyUnavailableException')).toContain(
      '(fails with KeyUnavailableException)',
    );
    expect(await said('set', 'door', '--fails', 'none', '--state', 'PendingDeletion')).toMatch(
      /^door {2}PendingDeletion {2}/,
    );
    expect(await said('enable', 'door')).toContain('Enabled');
    expect(await said('rotate', 'door')).toContain('2 versions');
    expect(JSON.parse(await said('get', 'door', '--json'))).toEqual(emulator.keys.get('door'));
    expect((await said()).split('\n')).toHaveLength(2);
    expect(JSON.parse(await said('--json'))).toEqual(emulator.keys.list());
    expect(await said('calls', 'door')).toBe('');
    expect(await said('delete', 'door')).toContain('door');
    expect(emulator.keys.list().keys).toHaveLength(1);
  });

  it.each([
    [['lock', 'door'], 'There is no `keys lock`'],
    [['disable'], 'needs a key'],
    [['rotate', 'door', '--state', 'Enabled'], '--state does not belong'],
    [['create', 'door'], 'say --id door'],
    [['get', 'door', 'window'], 'one argument too many'],
  ])('says what is wrong with %j', async (args, text) => {
    const { error } = await run(keys, args, 'http://127.0.0.1:1');
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(text);
  });
});
