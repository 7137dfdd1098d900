// Clients that sign, take on roles and renew their tokens, under --auth sigv4.
import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { EmulatorOptions } from '../../src/index.ts';
import { startEmulator } from '../support/emulator.ts';
import { describeWith, output, run, scratchFolder } from '../support/programs.ts';

const ROLE = 'arn:aws:iam::000000000000:role/viewer';
const KEY = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'a secret/with+signs',
  principal: 'arn:aws:iam::000000000000:user/device-1',
};

/** An emulator with a key and a role, and profiles for both. */
async function start(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ auth: 'sigv4', ...options });
  emulator.credentials.set({
    accessKeys: [KEY],
    roles: [{ arn: ROLE, trusts: [KEY.principal, 'issuer.example.test'] }],
  });
  const folder = scratchFolder();
  writeFileSync(
    `${folder}/config`,
    [
      '[profile device]',
      `aws_access_key_id = ${KEY.accessKeyId}`,
      `aws_secret_access_key = ${KEY.secretAccessKey}`,
      '[profile viewer]',
      `role_arn = ${ROLE}`,
      'source_profile = device',
      'role_session_name = one',
      // Shorter than what botocore takes for nearly over: it asks for another before each call.
      'duration_seconds = 900',
      '[profile web]',
      `role_arn = ${ROLE}`,
      `web_identity_token_file = ${folder}/token`,
      'role_session_name = pod',
      '',
    ].join('\n'),
  );
  const claims = { iss: 'https://issuer.example.test', sub: 'pod:camera', exp: 4_000_000_000 };
  const jwt = ['{}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.');
  writeFileSync(`${folder}/token`, jwt);
  return { emulator, env: { AWS_CONFIG_FILE: `${folder}/config`, AWS_ENDPOINT_URL: emulator.url } };
}

const SCRIPT = `
import boto3, json, sys
from botocore.exceptions import ClientError
session = boto3.Session(profile_name=sys.argv[1])
print(json.dumps(session.client("sts").get_caller_identity()["Arn"]))
kvs = session.client("kinesisvideo")
for attempt in range(int(sys.argv[2])):
    try:
        print(json.dumps([s["StreamName"] for s in kvs.list_streams()["StreamInfoList"]]))
    except ClientError as error:
        print(json.dumps(error.response["Error"]))
`;

describeWith(['boto3'], 'boto3 under --auth sigv4', () => {
  const ask = async (env: Record<string, string>, profile: string, times = 1) =>
    (await output('python3', ['-c', SCRIPT, profile, String(times)], { env }))
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('is known by its key, and takes on a role by itself', async () => {
    const { env } = await start();
    expect(await ask(env, 'device')).toEqual([KEY.principal, []]);
    expect(await ask(env, 'web')).toEqual(['arn:aws:sts::000000000000:assumed-role/viewer/pod', []]);
  });

  it('renews its token when that is nearly over', async () => {
    const { emulator, env } = await start();
    const session = 'arn:aws:sts::000000000000:assumed-role/viewer/one';
    expect(await ask(env, 'viewer', 3)).toEqual([session, [], [], []]);
    expect(emulator.requests.list({ operation: 'AssumeRole' }).length).toBeGreaterThan(2);
    const principals = emulator.requests.list({ operation: 'ListStreams' }).map(({ principal }) => principal);
    expect(principals).toEqual([session, session, session]);
  });

  it('is told what is wrong', async () => {
    const { emulator, env } = await start();
    emulator.credentials.change({ accessKeys: [{ accessKeyId: KEY.accessKeyId, secretAccessKey: 'another' }] });
    const { stderr } = await run('python3', ['-c', SCRIPT, 'device', '1'], { env });
    expect(stderr).toContain('An error occurred (SignatureDoesNotMatch) when calling the GetCallerIdentity operation');
  });
});

describeWith(['aws'], 'the AWS CLI under --auth sigv4', () => {
  it('takes on a role, and is told what is wrong', async () => {
    const { env } = await start();
    const aws = (...args: string[]) => run('aws', ['--output', 'json', ...args], { env });
    const assumed = await aws(
      ...['--profile', 'device', 'sts', 'assume-role', '--role-arn', ROLE, '--role-session-name', 'one'],
      ...['--tags', 'Key=team,Value=a', '--duration-seconds', '900'],
    );
    expect(assumed.stderr).toBe('');
    expect(JSON.parse(assumed.stdout.toString())).toMatchObject({
      Credentials: { AccessKeyId: expect.stringMatching(/^ASIA/), Expiration: expect.stringMatching(/^\d{4}-/) },
      AssumedRoleUser: { Arn: 'arn:aws:sts::000000000000:assumed-role/viewer/one' },
    });
    const listed = await aws('--profile', 'viewer', 'kinesisvideo', 'list-streams');
    expect(JSON.parse(listed.stdout.toString())).toEqual({ StreamInfoList: [] });
    const unknown = await aws('kinesisvideo', 'list-streams');
    expect(unknown.stderr).toContain(
      'An error occurred (UnrecognizedClientException) when calling the ListStreams operation: The security token included in the request is invalid.',
    );
  });
});
