import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ackAdvice } from '../../src/commands/ackAdvice.ts';
import { command as ca } from '../../src/commands/ca.ts';
import { command as clock } from '../../src/commands/clock.ts';
import { type Command, CommandError, UsageError } from '../../src/commands/command.ts';
import { command as get } from '../../src/commands/get.ts';
import { command as health } from '../../src/commands/health.ts';
import { command as put } from '../../src/commands/put.ts';
import { command as reset } from '../../src/commands/reset.ts';
import { command as streams } from '../../src/commands/streams.ts';
import { certificate } from '../client/certificate.ts';
import { Refusal, run, service } from './world.ts';

const stream = (name: string, hours: number) => ({
  StreamName: name,
  StreamARN: `arn:aws:kinesisvideo:us-east-1:000000000000:stream/${name}/1700000000123`,
  Status: 'ACTIVE',
  DataRetentionInHours: hours,
  CreationTime: 1700000000.123,
});

describe('streams', () => {
  test('lists all pages as a table', async () => {
    const pages = [
      { StreamInfoList: [stream('front-door', 48), stream('b', 0)], NextToken: 'next' },
      { StreamInfoList: [stream('c', 2)], NextToken: null },
    ];
    const { url, calls } = await service({ 'POST /listStreams': pages });
    const { code, stdout } = await run(streams, [], url);
    expect(code).toBe(0);
    const arn = 'arn:aws:kinesisvideo:us-east-1:000000000000:stream';
    expect(stdout.toString()).toBe(
      `NAME        STATUS  RETAINS  CREATED                   ARN\n` +
        `front-door  ACTIVE  2 days   2023-11-14T22:13:20.123Z  ${arn}/front-door/1700000000123\n` +
        `b           ACTIVE  nothing  2023-11-14T22:13:20.123Z  ${arn}/b/1700000000123\n` +
        `c           ACTIVE  2 hours  2023-11-14T22:13:20.123Z  ${arn}/c/1700000000123\n`,
    );
    expect(calls.map(({ input }) => input)).toEqual([{}, { NextToken: 'next' }]);
  });

  test('prints JSON when asked for it', async () => {
    const { url } = await service({ 'POST /listStreams': { StreamInfoList: [stream('a', 1)] } });
    const { stdout } = await run(streams, ['--json'], url);
    expect(JSON.parse(stdout.toString())).toEqual([stream('a', 1)]);
  });

  test('says that there are none to people, not to scripts', async () => {
    const { url } = await service({ 'POST /listStreams': { StreamInfoList: [] } });
    const { code, stdout, stderr } = await run(streams, [], url, { region: 'eu-west-1' });
    expect(code).toBe(0);
    expect(stdout.toString()).toBe('');
    expect(stderr).toContain('No streams in eu-west-1.');
  });
});

describe('clock', () => {
  const state = (more: object = {}) => ({
    now: '2030-01-01T00:00:00.000Z',
    mode: 'running',
    rate: 1,
    offsetMs: 5,
    ...more,
  });

  test.each<[string[], unknown]>([
    [['advance', '25h'], { advance: '25h' }],
    [['advance', 'PT90M'], { advance: 'PT90M' }],
    [['set', '2030-01-01T00:00:00Z'], { set: '2030-01-01T00:00:00Z' }],
    [['freeze'], { mode: 'frozen' }],
    [['run'], { mode: 'running' }],
    [['run', '--rate', '60'], { rate: 60 }],
    [['run', '--rate', '0.5'], { rate: 0.5 }],
  ])('%j asks for %j', async (args, input) => {
    const { url, calls } = await service({ 'POST /_kvs/clock': state() });
    expect((await run(clock, args, url)).code).toBe(0);
    expect(calls[0]?.input).toEqual(input);
  });

  test.each<[object, string]>([
    [{}, '2030-01-01T00:00:00.000Z  running\n'],
    [
      { rate: 60, offsetMs: -7_200_000 },
      '2030-01-01T00:00:00.000Z  running 60 times as fast, 2 h behind this machine\n',
    ],
    [{ mode: 'frozen', offsetMs: 90_000_000 }, '2030-01-01T00:00:00.000Z  frozen, 25 h ahead of this machine\n'],
  ])('shows %j', async (more, text) => {
    const { url, calls } = await service({ 'GET /_kvs/clock': state(more) });
    expect((await run(clock, [], url)).stdout.toString()).toBe(text);
    expect(calls[0]?.what).toBe('GET /_kvs/clock');
    expect(JSON.parse((await run(clock, ['--json'], url)).stdout.toString())).toEqual(state(more));
  });

  test.each([
    [['forward'], 'The clock does not know "forward". Say one of:'],
    [['advance'], '`clock advance` needs a duration'],
    [['advance', 'soon'], 'not "soon"'],
    [['advance', '--', '-5'], 'The clock advances forward only, not by -5. `clock set ISO` takes it back.'],
    [['set', 'noon'], '`clock set` needs a date'],
    [['freeze', 'now'], '`clock freeze` takes no "now"'],
    [['run', '--rate', '0'], '--rate must be a number above 0, not "0".'],
    [['freeze', '--rate', '2'], '--rate belongs to `clock run`.'],
    [['set', '2030-01-01', 'x'], 'one argument too many: "x"'],
  ])('refuses %j', async (args, message) => {
    const { error } = await run(clock, args, 'http://127.0.0.1:1');
    expect(error).toBeInstanceOf(UsageError);
    expect(String(error)).toContain(message);
  });
});

describe('reset', () => {
  test.each<[string[], string, string]>([
    [[], 'POST /_kvs/reset', 'Reset everything.\n'],
    [['--keep-clock'], 'POST /_kvs/reset?clock=keep', 'Reset everything but the clock.\n'],
    [['--region', 'eu-west-1'], 'POST /_kvs/reset?region=eu-west-1', 'Reset region eu-west-1.\n'],
    [
      ['--account', '123456789012', '--region', 'eu-west-1'],
      'POST /_kvs/reset?account=123456789012&region=eu-west-1',
      'Reset account 123456789012, region eu-west-1.\n',
    ],
  ])('%j asks for what it says', async (args, what, text) => {
    const { url, calls } = await service({ 'POST /_kvs/reset': {} });
    const { code, stdout } = await run(reset, args, url);
    expect(code).toBe(0);
    expect(stdout.toString()).toBe(text);
    expect(calls[0]?.what).toBe(what);
  });

  test('says that data may go if it is told so, and prints what is answered for a script', async () => {
    const { url, calls } = await service({ 'POST /_kvs/reset': { streams: 2 } });
    const { stdout } = await run(reset, ['--yes', '--json'], url);
    expect(calls.map(({ what }) => what)).toEqual(['POST /_kvs/reset?data=delete']);
    expect(stdout.toString()).toBe('{"streams":2}\n');
  });

  test('without a terminal says what to do about data that would go', async () => {
    const refusal = new Refusal(409, 'Conflict', 'A reset would delete what is in the data folder.');
    const { url, calls } = await service({ 'POST /_kvs/reset': refusal });
    const { error } = await run(reset, [], url);
    expect(String(error)).toContain('would delete what is in the data folder');
    expect(calls).toHaveLength(1);
  });

  test('refuses an account that is none', async () => {
    const { error } = await run(reset, ['--account', '12'], 'http://127.0.0.1:1');
    expect(error).toEqual(new UsageError('--account must be 12 digits, not "12".'));
  });
});

describe('health', () => {
  const answer = { 'GET /_kvs/health': { status: 'ok', version: '1.2.3', uptimeMs: 5 } };
  const ready = (content: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-ready-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'ready.json'), content);
    return join(folder, 'ready.json');
  };

  test('says that the emulator answers', async () => {
    const { url } = await service(answer);
    const { code, stdout } = await run(health, [], url);
    expect({ code, stdout: stdout.toString() }).toEqual({ code: 0, stdout: `${url} ok, version 1.2.3\n` });
  });

  test('asks the emulator that wrote a ready file, as an option or a variable names it', async () => {
    const { url } = await service(answer);
    const file = ready(JSON.stringify({ url, port: 1, pid: 1 }));
    expect((await run(health, ['--ready-file', file], 'http://127.0.0.1:1')).code).toBe(0);
    expect((await run(health, [], 'http://127.0.0.1:1', { env: { KVS_READY_FILE: file } })).code).toBe(0);
  });

  test.each([
    ['{}', 'is no ready file of an emulator.'],
    ['', 'is no ready file of an emulator.'],
  ])('fails for a ready file of %j', async (content, message) => {
    const { error } = await run(health, ['--ready-file', ready(content)], 'http://127.0.0.1:1');
    expect(String(error)).toContain(message);
  });

  test('fails while there is no ready file', async () => {
    const { error } = await run(health, ['--ready-file', '/nowhere/ready.json'], 'http://127.0.0.1:1');
    expect(error).toEqual(new CommandError('/nowhere/ready.json is not there: the emulator is not ready.'));
  });
});

describe('every command', () => {
  const all: [Command, string[]][] = [
    [streams, []],
    [clock, []],
    [reset, []],
    [get, ['cam']],
    [ca, []],
    [health, []],
    [put, ['cam', '-']],
  ];

  test.each(all)('$name says how to start an emulator where there is none', async (command, args) => {
    const { error } = await run(command, args, 'http://127.0.0.1:1');
    expect(error).toEqual(
      new CommandError(
        'No emulator at http://127.0.0.1:1. Start one with `kvs-emulator start` (`npm start` in a clone), or say where it is with --endpoint.',
      ),
    );
  });

  test.each(all)('$name says how to trust the certificate, and --ca does', async (command, args) => {
    const { url } = await service({ 'POST /getDataEndpoint': new Refusal(404, 'X', 'x') }, certificate);
    const { error } = await run(command, args, url);
    expect(error).toBeInstanceOf(CommandError);
    expect(String(error)).toMatch(/is not trusted \(\w+\)\. Save .*--ca ca\.pem or set NODE_EXTRA_CA_CERTS=ca\.pem\.$/);
    const folder = mkdtempSync(join(tmpdir(), 'kvs-ca-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'ca.pem'), certificate.cert);
    const trusting = await run(command, [...args, '--ca', join(folder, 'ca.pem')], url);
    expect(String(trusting.error)).not.toContain('not trusted');
    const missing = await run(command, [...args, '--ca', join(folder, 'none.pem')], url);
    expect(String(missing.error)).toMatch(/none\.pem cannot be read \(ENOENT\)\. `kvs-emulator ca >/);
  });

  test('says where to look when the credentials are refused', async () => {
    const { url } = await service({ 'POST /listStreams': new Refusal(403, 'InvalidSignatureException', 'no match.') });
    expect((await run(streams, [], url)).error).toEqual(
      new CommandError(
        'InvalidSignatureException: no match. Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.',
      ),
    );
  });
});

test('every ERROR has an advice of its own, whatever it is called', () => {
  const advice = (ErrorCode: string): string => ackAdvice({ EventType: 'ERROR', ErrorCode });
  expect(advice('KMS_KEY_DISABLED')).toContain('KMS key');
  expect(advice('MAX_FRAGMENT_SIZE_REACHED')).toContain('50 MB');
  expect(advice('SOMETHING_NEW')).toBe('The service ended the session.');
  expect(ackAdvice({ EventType: 'ERROR' })).toBe('The service ended the session.');
});
