// What goes wrong in the first minute: each is answered by one line that says what to do.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { startEmulator } from '../support/emulator.ts';
import { fixturePath } from '../support/fixtures.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const MAIN = path('dist/main.js');

async function run(args: readonly string[], env: Record<string, string> = {}) {
  // No PATH: there is no ffmpeg, whatever the machine has.
  const child = spawn(process.execPath, args, { env: { PATH: '/nowhere', ...env } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (piece) => {
    stderr += piece;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

function scratch(name: string, content: string | Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-first-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** The port that a server of somebody else has. */
async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** One line, with these words in it. */
const line = (...words: string[]) =>
  expect.stringMatching(
    new RegExp(`^kvs-emulator: ${words.map((word) => `[^\\n]*${escaped(word)}`).join('')}[^\\n]*\\n$`),
  );
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

it('a port that is in use', async () => {
  const { port } = await startEmulator();
  const { code, stderr } = await run([MAIN, 'start', '--port', String(port)]);
  expect([code, stderr]).toEqual([1, line(`${port} is in use`, 'choose another port with --port')]);
});

it.each(['localhost:4580', 'ws://localhost:4580', 'tcp://localhost:4580', 'localhost'])(
  'an endpoint like %s',
  async (given) => {
    const { code, stderr } = await run([MAIN, 'streams'], { AWS_ENDPOINT_URL: given });
    expect(code).toBe(2);
    // The second one is how the command is used.
    expect(stderr.split('\n').slice(0, -1)).toHaveLength(2);
    expect(stderr).toContain(
      `AWS_ENDPOINT_URL: "${given}" is no endpoint. Give an address like http://127.0.0.1:4580.\n`,
    );
  },
);

it('https where nobody trusts the certificate', async () => {
  const { httpsUrl } = await startEmulator();
  const { code, stderr } = await run([MAIN, 'streams', '--endpoint', httpsUrl]);
  expect([code, stderr]).toEqual([1, line('is not trusted', '`kvs-emulator ca > ca.pem`', '--ca ca.pem')]);
});

it('no emulator', async () => {
  const { code, stderr } = await run([MAIN, 'streams', '--endpoint', 'http://127.0.0.1:1']);
  expect([code, stderr]).toEqual([1, line('No emulator at http://127.0.0.1:1', '`npm start`', '--endpoint')]);
});

it.each(['streams', 'health', 'clock'])('another server where the emulator should be: %s', async (command) => {
  const server = createServer((_, response) => response.writeHead(404).end('<!DOCTYPE html>\n<h1>Nothing</h1>'));
  const port = await listening(server);
  const { code, stderr } = await run([MAIN, command, '--endpoint', `http://127.0.0.1:${port}`]);
  expect([code, stderr]).toEqual([1, line('is no emulator but another server (status 404)', '--endpoint')]);
});

it('https where only http is spoken, and http where something else is', async () => {
  const plain = await listening(createServer());
  const https = await run([MAIN, 'streams', '--endpoint', `https://127.0.0.1:${plain}`]);
  expect([https.code, https.stderr]).toEqual([1, line('speaks no https', 'http address', '--endpoint')]);
  const other = await listening(createTcpServer((socket) => socket.end('220 mail.example ESMTP\r\n')));
  const http = await run([MAIN, 'streams', '--endpoint', `http://127.0.0.1:${other}`]);
  expect([http.code, http.stderr]).toEqual([1, line('speaks no http', '--endpoint')]);
});

it.each(['/kvs', '/_kvs', '/_kvs/health'])('an endpoint with the path %s', async (wrong) => {
  const { url } = await startEmulator();
  for (const command of [['streams'], ['clock'], ['get', 'door'], ['put', 'door', fixturePath('h264-gop2s.mkv')]]) {
    const { code, stderr } = await run([MAIN, ...command], { AWS_ENDPOINT_URL: url + wrong });
    expect([code, stderr]).toEqual([1, line(`no emulator at ${url}${wrong}`, `--endpoint ${url}`)]);
  }
});

it('a region in capital letters', async () => {
  const { code, stderr } = await run([MAIN, 'streams', '--region', 'EU-WEST-1']);
  expect(code).toBe(2);
  expect(stderr).toContain('"EU-WEST-1" is no region (--region, AWS_REGION). Give one like eu-west-1.\n');
});

it('a file that is empty, a folder, a picture, and a seed that is no JSON', async () => {
  const { url } = await startEmulator();
  const put = async (file: string) => (await run([MAIN, 'put', 'door', file, '--endpoint', url])).stderr;
  expect(await put(scratch('a.mkv', ''))).toEqual(line('is empty'));
  expect(await put(tmpdir())).toEqual(line('is not a file'));
  expect(await put(scratch('a.mkv', Buffer.from('89504e470d0a1a0a0000', 'hex')))).toEqual(line('neither Matroska nor'));
  const { stderr } = await run([MAIN, 'seed', scratch('seed.json', 'streams:\n- door\n'), '--endpoint', url]);
  expect(stderr).toEqual(line('seed.json is not JSON'));
});

it('a type of events that there is not', async () => {
  const { url } = await startEmulator();
  const { stderr } = await run([MAIN, 'events', '--types', 'fragmnt', '--endpoint', url]);
  expect(stderr).toEqual(line('"fragmnt" cannot be "types"', '"fragment"'));
});

it.each([
  ['get', 'door'],
  ['watch', 'door'],
])('a stream that is not there: %s %s', async (...args) => {
  const { url } = await startEmulator();
  const { code, stderr } = await run([MAIN, ...args, '--endpoint', url]);
  expect([code, stderr]).toEqual([1, line('`kvs-emulator streams` lists what there is in us-east-1')]);
});

it('a stream that is not there, to be looked into', async () => {
  const { url } = await startEmulator();
  const { code, stderr } = await run([MAIN, 'streams', 'door', '--endpoint', url]);
  expect([code, stderr]).toEqual([1, line('There is no stream "door" of the account 000000000000 in us-east-1')]);
});

it.each(['get', 'watch'])('the wrong region: %s', async (command) => {
  const { url } = await startEmulator();
  await run([MAIN, 'put', 'door', fixturePath('h264-gop2s.mkv'), '--endpoint', url, '--region', 'eu-west-1']);
  const { code, stderr } = await run([MAIN, command, 'door', '--endpoint', url]);
  const words = ['There is no stream door in us-east-1, but one in eu-west-1', '--region eu-west-1', 'AWS_REGION'];
  expect([code, stderr]).toEqual([1, line(...words)]);
});

it('MP4 in the place of Matroska', async () => {
  const { url } = await startEmulator();
  const file = scratch('a.mp4', Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1'));
  const { code, stderr } = await run([MAIN, 'put', 'door', file, '--endpoint', url]);
  expect([code, stderr]).toEqual([1, line('is MP4', 'Install ffmpeg')]);
});

it('a file that is not there, or that is no recording', async () => {
  const { url } = await startEmulator();
  expect((await run([MAIN, 'put', 'door', '/nowhere/a.mkv', '--endpoint', url])).stderr).toEqual(
    line('There is no file'),
  );
  const { stderr } = await run([MAIN, 'put', 'door', scratch('a.mkv', 'text'), '--endpoint', url]);
  expect(stderr).toEqual(line('neither Matroska nor', 'ffmpeg -i INPUT -c copy OUTPUT.mkv'));
});

it.each([
  ['the program', MAIN, []],
  ['npm start', path('scripts/ensure.mjs'), ['build']],
] as const)('a Node that is too old: %s', async (_what, script, args) => {
  const old = scratch(
    'old.mjs',
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.18.3' } });",
  );
  const { code, stderr } = await run(['--import', old, script, ...args]);
  expect([code, stderr]).toEqual([1, line('this is Node 20.18.3', '20.19 or a later one', 'https://nodejs.org')]);
});
