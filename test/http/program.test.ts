import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { ownAuthority } from '../../src/http/certificates/authority.ts';
import { startEmulator } from '../support/emulator.ts';
import { postJson, rawSocket } from '../support/rawSocket.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The built program, as a user runs it. */
function run(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH, ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const out = { stdout: '', stderr: '' };
  const waiting = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (piece: string) => {
      out[name] += piece;
      for (const look of waiting) look();
    });
  }
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    out,
    exit,
    stop: (signal: NodeJS.Signals) => child.kill(signal),
    /** The address in the ready line. */
    ready: () =>
      new Promise<string>((resolve, reject) => {
        const look = (): void => {
          const found = /ready(?: on |.*"url":")(http:[^\s"]+)/.exec(out.stdout)?.[1];
          if (found !== undefined) resolve(found);
        };
        waiting.add(look);
        look();
        void exit.then(() => reject(new Error(`It ended: ${out.stderr}`)));
      }),
  };
}

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('Run `npm run build` first, or the tests by `npm test`.');
});

describe('kvs-emulator start', () => {
  it('says on stdout where it is, and nothing else', async () => {
    const program = run(['start', '--port', '0']);
    const url = await program.ready();
    expect(program.out.stdout).toMatch(
      /^kvs-emulator \d+\.\d+\.\d+\S* ready on http:\/\/127\.0\.0\.1:\d+ \(and https:\/\/127\.0\.0\.1:\d+\)\n$/,
    );
    expect(((await (await fetch(`${url}/_kvs/health`)).json()) as { status: string }).status).toBe('ok');
    expect(program.out.stderr).toBe('');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends with 0 on %s, though clients are connected', async (signal) => {
    const program = run(['--port', '0']);
    const url = await program.ready();
    const port = Number(new URL(url).port);
    const [idle, silent, uploading] = [await rawSocket(port), await rawSocket(port), await rawSocket(port)];
    idle.send(postJson('/createStream', '{"StreamName":"cam"}'));
    await idle.until(/\}$/);
    uploading.send(
      'POST /putMedia HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nx-amzn-stream-name: cam\r\n' +
        'x-amzn-fragment-timecode-type: RELATIVE\r\nx-amzn-producer-start-timestamp: 1\r\n\r\n',
    );
    await uploading.until(/200 OK.*\r\n\r\n/s);
    program.stop(signal);
    expect(await program.exit).toBe(0);
    await Promise.all([idle.ended, silent.ended, uploading.ended]);
    expect(uploading.received()).toMatch(/\r\n0\r\n\r\n$/);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('has logged every request when %s has ended it', async (signal) => {
    const program = run(['--port', '0', '--log-format', 'json']);
    const url = await program.ready();
    for (let i = 0; i < 50; i++) {
      await fetch(`${url}/describeStream`, { method: 'POST', body: JSON.stringify({ StreamName: `cam-${i}` }) });
    }
    program.stop(signal);
    expect(await program.exit).toBe(0);
    const lines = program.out.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const asked = lines.filter(({ message }) => message === 'DescribeStream').map(({ stream }) => stream);
    expect(asked).toEqual(Array.from({ length: 50 }, (_, i) => `cam-${i}`));
  });

  it('writes a ready file while it listens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-ready-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'ready.json');
    const program = run(['--port', '0', '--ready-file', file]);
    const url = await program.ready();
    const content = JSON.parse(readFileSync(file, 'utf8'));
    expect(content).toEqual({ url, port: Number(new URL(url).port), pid: expect.any(Number) });
    expect(await run(['health'], { KVS_READY_FILE: file }).exit).toBe(0);
    program.stop('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    expect(await run(['health'], { KVS_READY_FILE: file }).exit).toBe(1);
  });

  it('does not start if its ready file cannot be written', async () => {
    const program = run(['--port', '0', '--ready-file', '/nowhere/ready.json']);
    expect(await program.exit).toBe(2);
    expect(program.out.stderr).toContain('kvs-emulator: The ready file cannot be written: ENOENT');
  });

  it('says that it is ready in JSON, if that is how it is to log', async () => {
    const program = run(['--port', '0', '--log-format', 'json']);
    const url = await program.ready();
    const ready = { message: 'ready', level: 'info', url, port: Number(new URL(url).port), pid: expect.any(Number) };
    expect(JSON.parse(program.out.stdout)).toMatchObject(ready);
  });

  it('reads variables, and flags before them', async () => {
    const program = run(['--region', 'eu-west-1', '--start-time', '2030-01-01T00:00:00Z', '--clock=frozen'], {
      KVS_PORT: '0',
      KVS_REGION: 'ap-south-1',
      KVS_ACCOUNT: '111122223333',
      KVS_HOST: '',
    });
    const url = await program.ready();
    const answer = await fetch(`${url}/createStream`, { method: 'POST', body: '{"StreamName":"cam"}' });
    expect(await answer.json()).toEqual({
      StreamARN: 'arn:aws:kinesisvideo:eu-west-1:111122223333:stream/cam/1893456000000',
    });
  });

  it.each([
    ['--port', {}],
    ['npm start -- --port', { npm_lifecycle_event: 'start' }],
  ])('says what to do when the port is in use: %s', async (option, env) => {
    const { port } = await startEmulator();
    const program = run(['--port', String(port)], env);
    expect(await program.exit).toBe(1);
    expect(program.out).toEqual({
      stdout: '',
      stderr: `kvs-emulator: 127.0.0.1:${port} is in use. Stop what listens there, or choose another port with ${option} (0 takes any free one).\n`,
    });
  });

  it.each([
    [['--prot', '1'], {}, 'There is no option --prot. Did you mean --port?'],
    [['--port'], {}, '--port needs a value.'],
    [['--port', 'x'], {}, '--port must be a number from 0 to 65535, not "x".'],
    [[], { KVS_LOG_LEVEL: 'loud' }, 'KVS_LOG_LEVEL must be one of debug, info, warn, error, silent, not "loud".'],
    [['--tls-cert', 'x.pem'], {}, '--tls-cert needs --tls-key as well.'],
    [
      ['start', '5000'],
      { npm_lifecycle_event: 'start', npm_config_port: 'true' },
      'npm has taken --port for itself. Write: npm start -- --port 5000',
    ],
    [['strat'], {}, 'There is no command strat. Did you mean start?'],
    [['start', 'now'], {}, 'What is "now" for? This command takes flags only.'],
  ])('used wrongly, as %j %j, ends with 2 and says why', async (args, env, message) => {
    const program = run(args, env as Record<string, string>);
    expect(await program.exit).toBe(2);
    expect(program.out.stdout).toBe('');
    expect(program.out.stderr).toContain(`kvs-emulator: ${message}\n`);
  });

  it('is not led astray by what Kubernetes sets for a service of its name', async () => {
    const program = run(['--port', '0'], { KVS_PORT: 'tcp://10.0.0.1:4580', KVS_SERVICE_HOST: '10.0.0.1' });
    await program.ready();
    expect(program.out.stderr).toBe('');
  });

  it('warns of a variable that is nearly one of its own', async () => {
    const program = run(['--port', '0'], { KVS_REGOIN: 'eu-west-1' });
    await program.ready();
    expect(program.out.stderr).toBe('kvs-emulator: KVS_REGOIN is not read. Did you mean KVS_REGION?\n');
  });

  it('serves the certificate it is given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kvs-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const own = ownAuthority({ names: ['given.test'] });
    const { cert, key } = await own.leafFor(undefined);
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key);
    const given = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')];
    const url = new URL(await run(['--port', '0', ...given]).ready());
    const ca = await own.trusted();
    const status = await new Promise((resolve, reject) => {
      const { port } = url;
      const options = { host: '127.0.0.1', port, path: '/_kvs/health', ca, servername: 'given.test', agent: false };
      request(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});

describe('the other commands', () => {
  it('ca prints the certificate to trust', async () => {
    const emulator = await startEmulator();
    const program = run(['ca', '--endpoint', `${emulator.url}/`]);
    expect(await program.exit).toBe(0);
    expect(program.out).toEqual({ stdout: await emulator.ca(), stderr: '' });
  });

  it.each([
    (url: string) => ({ KVS_ENDPOINT: url, AWS_ENDPOINT_URL_KINESIS_VIDEO: 'http://127.0.0.1:1' }),
    (url: string) => ({ AWS_ENDPOINT_URL_KINESIS_VIDEO: url, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
    (url: string) => ({ AWS_ENDPOINT_URL: url }),
    (url: string) => ({ KVS_PORT: new URL(url).port }),
    (url: string) => ({
      KVS_PORT: new URL(url).port,
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true',
    }),
  ])('find the emulator by a variable, the most particular one first: %#', async (variables) => {
    const emulator = await startEmulator();
    const program = run(['ca'], variables(emulator.url));
    expect(await program.exit).toBe(0);
    expect(program.out.stdout).toBe(await emulator.ca());
  });

  it('name the variable whose address is none', async () => {
    const program = run(['ca'], { AWS_ENDPOINT_URL: 'localhost:4580' });
    expect(await program.exit).toBe(2);
    expect(program.out.stderr).toContain('kvs-emulator: AWS_ENDPOINT_URL: "localhost:4580" is no endpoint.');
  });

  it('take a value that begins with a minus for a value', async () => {
    const program = run(['clock', 'advance', '-5']);
    expect(await program.exit).toBe(2);
    expect(program.out.stderr).toContain('kvs-emulator: The clock advances forward only, not by -5.');
  });

  it('say so when there is no emulator', async () => {
    const emulator = await startEmulator();
    await emulator.stop();
    const program = run(['ca', '--endpoint', emulator.url]);
    expect(await program.exit).toBe(1);
    expect(program.out.stderr).toMatch(
      /^kvs-emulator: No emulator at .*Start one with .*or say where it is with --endpoint\.\n$/,
    );
  });

  it('are listed by --help', async () => {
    const program = run(['--help']);
    expect(await program.exit).toBe(0);
    expect(program.out.stdout).toMatch(/^Usage: kvs-emulator/);
    expect(program.out.stdout).toMatch(/\n {2}start .*\n {2}ca /s);
  });

  it('have help of their own', async () => {
    const program = run(['start', '--help']);
    expect(await program.exit).toBe(0);
    expect(program.out.stdout).toMatch(/--max-memory SIZE .*\n.*KVS_MAX_MEMORY/);
  });

  it('tell the version', async () => {
    const program = run(['--version']);
    expect(await program.exit).toBe(0);
    expect(program.out.stdout).toMatch(/^\d+\.\d+\.\d+/);
  });
});
