import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { command } from '../../src/commands/credentials.ts';
import { ControlError, type EmulatorOptions, type GivenCredentials } from '../../src/index.ts';
import { run } from '../commands/world.ts';
import { startEmulator } from '../support/emulator.ts';
import { scratchFolder } from '../support/programs.ts';

const POLICY = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kinesisvideo:*', Resource: '*' }] };
const ROLE = 'arn:aws:iam::000000000000:role/viewer';
/** The example of everything. */
const ALL = {
  accessKeys: [
    {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'a secret',
      sessionToken: 'tok',
      expiresAt: '2030-01-01T00:00:00.000Z',
      principal: 'arn:aws:iam::000000000000:user/device-1',
      policies: [POLICY],
      boundary: POLICY,
      sessionPolicy: POLICY,
      tags: { team: 'a' },
      context: { 'credentials-iot:ThingName': 'cam-1', 'aws:TagKeys': ['a', 'b'] },
    },
  ],
  roles: [{ arn: ROLE, trusts: ['*'], policies: [POLICY], boundary: null, maxSession: '3600s' }],
  iotRoleAliases: [{ alias: 'camera', role: ROLE, things: ['*'], duration: '900s' }],
} as const satisfies GivenCredentials;
const MASKED = {
  ...ALL,
  accessKeys: [{ ...ALL.accessKeys[0], secretAccessKey: '****', sessionToken: '****' }],
};

const start = (options: EmulatorOptions = {}) =>
  startEmulator({ clock: 'frozen', startTime: '2029-01-01', ...options });

/** What a refusal says, and where. */
function refusalOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ControlError) return `${error.path}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('credentials', () => {
  it('are told as they were given, but for the secrets, and taken so again', async () => {
    const { credentials } = await start();
    expect(credentials.get()).toEqual({ accessKeys: [], roles: [], iotRoleAliases: [] });
    expect(credentials.set(ALL)).toEqual(MASKED);
    expect(credentials.set(credentials.get() as GivenCredentials)).toEqual(MASKED);
  });

  it('stay what they are, whatever becomes of what was given or told', async () => {
    const { credentials } = await start();
    const given = structuredClone(ALL) as unknown as { accessKeys: [{ policies: object[] }] };
    credentials.set(given as unknown as GivenCredentials);
    Object.assign(given.accessKeys[0].policies[0] as object, { Statement: [] });
    Object.assign(credentials.get().accessKeys[0]?.policies[0] as object, { Statement: [] });
    expect(credentials.get()).toEqual(MASKED);
  });

  it('have what goes without saying', async () => {
    const { credentials } = await start();
    const given = {
      accessKeys: [
        { accessKeyId: 'AKID', secretAccessKey: 'x' },
        { accessKeyId: '123456789012', secretAccessKey: 'x' },
      ],
      roles: [{ arn: ROLE }],
      iotRoleAliases: [{ alias: 'camera', role: ROLE }],
    };
    const { accessKeys, roles, iotRoleAliases } = credentials.set(given);
    expect(accessKeys.map(({ principal }) => principal)).toEqual([
      'arn:aws:iam::000000000000:user/AKID',
      'arn:aws:iam::123456789012:user/123456789012',
    ]);
    expect(accessKeys[0]).toMatchObject({ sessionToken: null, expiresAt: null, policies: [], tags: {}, context: {} });
    expect(roles).toEqual([{ arn: ROLE, trusts: ['*'], policies: [], boundary: null, maxSession: '3600s' }]);
    expect(iotRoleAliases).toEqual([{ alias: 'camera', role: ROLE, things: ['*'], duration: '3600s' }]);
  });

  it('are changed entry by entry: what is not said stays', async () => {
    const { credentials } = await start();
    credentials.set(ALL);
    const changed = credentials.change({
      accessKeys: [
        { accessKeyId: 'AKIDEXAMPLE', expiresAt: null, sessionToken: null, boundary: null },
        { accessKeyId: 'NEW', secretAccessKey: 'x' },
      ],
      roles: [{ arn: ROLE, maxSession: '2h' }],
    });
    const [old] = MASKED.accessKeys;
    expect(changed.accessKeys).toEqual([
      { ...old, expiresAt: null, sessionToken: null, boundary: null },
      expect.objectContaining({ accessKeyId: 'NEW' }),
    ]);
    expect(changed.roles).toEqual([{ ...ALL.roles[0], maxSession: '7200s' }]);
    expect(changed.iotRoleAliases).toEqual(ALL.iotRoleAliases);
    expect(credentials.set({}).accessKeys).toEqual([]);
  });

  const key = { accessKeyId: 'AKID', secretAccessKey: 'x' };
  it.each([
    [{ keys: [] }, '/keys: The credentials knows no "keys".'],
    [{ accessKeys: {} }, '/accessKeys: An object cannot be "accessKeys".'],
    [{ accessKeys: [{ secretAccessKey: 'x' }] }, '/accessKeys/0/accessKeyId: "accessKeyId" is missing.'],
    [{ accessKeys: [{ accessKeyId: 'AKID' }] }, '/accessKeys/0/secretAccessKey: "secretAccessKey" is missing.'],
    [
      { accessKeys: [{ ...key, secretAccessKey: '****' }] },
      '/accessKeys/0/secretAccessKey: There is no old one that the mask could stand for.',
    ],
    [{ accessKeys: [key, key] }, '/accessKeys/1/accessKeyId: There are two of "AKID".'],
    [{ accessKeys: [{ ...key, accessKeyId: 'a/b' }] }, '/accessKeys/0/accessKeyId: "a/b" cannot be "accessKeyId".'],
    [{ accessKeys: [{ ...key, expiresAt: 5 }] }, '/accessKeys/0/expiresAt: 5 cannot be "expiresAt".'],
    [{ accessKeys: [{ ...key, principal: 'me' }] }, '/accessKeys/0/principal: "me" cannot be "principal".'],
    [{ accessKeys: [{ ...key, policies: ['x'] }] }, '/accessKeys/0/policies/0: "x" is no object.'],
    [{ accessKeys: [{ ...key, tags: { a: 1 } }] }, '/accessKeys/0/tags/a: 1 cannot be "a".'],
    [{ accessKeys: [{ ...key, secret: 'x' }] }, '/accessKeys/0/secret: "accessKeys" knows no "secret".'],
    [{ roles: [{ arn: 'viewer' }] }, '/roles/0/arn: "viewer" cannot be "arn".'],
    [{ roles: [{ arn: ROLE, maxSession: '0s' }] }, '/roles/0/maxSession: "0s" cannot be "maxSession".'],
    [{ roles: [{ arn: ROLE }, { arn: ROLE }] }, `/roles/1/arn: There are two of "${ROLE}".`],
    [{ iotRoleAliases: [{ alias: 'a' }] }, '/iotRoleAliases/0/role: "role" is missing.'],
    [
      { roles: [{ arn: ROLE }], iotRoleAliases: [{ alias: 'a', role: 'x' }] },
      '/iotRoleAliases/0/role: There is no role "x".',
    ],
  ])('that make no sense are refused, and nothing changes: %j', async (given, told) => {
    const { credentials } = await start();
    credentials.set(ALL);
    expect(refusalOf(() => credentials.set(given as GivenCredentials))).toBe(told);
    expect(credentials.get()).toEqual(MASKED);
  });

  it('of a file are there from the start, and again after a reset', async () => {
    const file = `${scratchFolder()}/credentials.json`;
    writeFileSync(file, JSON.stringify(ALL));
    const emulator = await start({ credentials: file });
    expect(emulator.credentials.get()).toEqual(MASKED);
    emulator.credentials.set({ accessKeys: [{ ...key, principal: 'arn:aws:iam::111111111111:user/other' }] });
    await emulator.reset({ region: 'us-east-1' });
    expect(emulator.credentials.get().accessKeys.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKID']);
    await emulator.reset({ account: '000000000000' });
    const ids = emulator.credentials.get().accessKeys.map(({ accessKeyId }) => accessKeyId);
    expect(ids).toEqual(['AKID', 'AKIDEXAMPLE']);
    await emulator.reset();
    expect(emulator.credentials.get()).toEqual(MASKED);
  });

  it('of a file that makes no sense are refused at the start, with the place', async () => {
    const file = `${scratchFolder()}/credentials.json`;
    writeFileSync(file, '{"roles": [{"arn": "viewer"}]}');
    const hint = 'Give an ARN like "arn:aws:iam::000000000000:role/viewer".';
    await expect(start({ credentials: file })).rejects.toThrow(
      `${file} at /roles/0/arn: "viewer" cannot be "arn". ${hint}`,
    );
    writeFileSync(file, '{');
    await expect(start({ credentials: file })).rejects.toThrow(`${file} is not JSON: `);
    await expect(start({ credentials: `${file}x` })).rejects.toThrow(`${file}x cannot be read (ENOENT).`);
  });

  it('are told and taken by the route as well', async () => {
    const emulator = await start();
    const ask = async (method: string, body?: object) => {
      const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      const response = await fetch(`${emulator.url}/_kvs/credentials`, init);
      return [response.status, await response.json()];
    };
    expect(await ask('PUT', ALL)).toEqual([200, MASKED]);
    expect(await ask('GET')).toEqual([200, MASKED]);
    expect(await ask('PATCH', { accessKeys: [{ accessKeyId: 'A' }] })).toEqual([
      400,
      {
        error: '"secretAccessKey" is missing.',
        hint: 'Give any of the lists accessKeys, roles and iotRoleAliases.',
        path: '/accessKeys/0/secretAccessKey',
      },
    ]);
  });
});

describe('the command credentials', () => {
  it('shows and sets them, with the admin token', async () => {
    const emulator = await start({ adminToken: 'a-token' });
    const told = async (...args: string[]) =>
      String((await run(command, args, emulator.url, { adminToken: 'a-token' })).stdout);
    expect(await told()).toBe('access keys  test and any 12 digits, with the secret test\n');
    const file = `${scratchFolder()}/credentials.json`;
    writeFileSync(file, JSON.stringify(ALL));
    expect(await told('set', file)).toBe(
      'access key  AKIDEXAMPLE  arn:aws:iam::000000000000:user/device-1, until 2030-01-01T00:00:00.000Z\n' +
        `role        ${ROLE}, for 3600s at most\nrole alias  camera  ${ROLE}\n`,
    );
    writeFileSync(file, '{"accessKeys":[{"accessKeyId":"NEW","secretAccessKey":"x"}]}');
    expect(JSON.parse(await told('change', file, '--json')).accessKeys).toHaveLength(2);
    const { error } = await run(command, [], emulator.url);
    expect((error as Error).message).toContain('This emulator asks for its admin token.');
  });

  it.each([
    [['put', 'x'], 'Credentials do not know "put". Say one of: set, change.'],
    [['set'], '`credentials set` needs a file.'],
    [['set', 'no-such-file.json'], 'no-such-file.json cannot be read (ENOENT).'],
  ])('says what is wrong with %j', async (args, told) => {
    const { error } = await run(command, args, 'http://127.0.0.1:1');
    expect((error as Error).message).toBe(told);
  });
});
