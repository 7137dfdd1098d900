import { type ChildProcess, spawn } from 'node:child_process';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startEmulator } from '../support/emulator.ts';
import { fixture, fixturePath } from '../support/fixtures.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('Run `npm run build` first, or the tests by `npm test`.');
});

interface Run {
  readonly child: ChildProcess;
  readonly out: { stdout: Buffer; stderr: string };
  readonly exit: Promise<number | null>;
}

/** The built program, as a user runs it. */
function start(args: readonly string[], endpoint: string): Run {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH, KVS_ENDPOINT: endpoint } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const out = { stdout: Buffer.alloc(0), stderr: '' };
  child.stdout.on('data', (piece) => {
    out.stdout = Buffer.concat([out.stdout, piece]);
  });
  child.stderr.on('data', (piece) => {
    out.stderr += piece;
  });
  return { child, out, exit: new Promise((resolve) => child.once('close', resolve)) };
}

async function run(
  args: readonly string[],
  endpoint: string,
): Promise<{ code: number | null; stdout: Buffer; stderr: string }> {
  const { exit, out } = start(args, endpoint);
  return { code: await exit, ...out };
}

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kvs-program-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('the built program', () => {
  test('waits for a stream that is not ready yet', async () => {
    const { url } = await startEmulator({ creatingDelay: '300ms' });
    const put = await run(['put', 'cam', fixturePath('h264-aac-gop1s.mkv')], url);
    expect(put).toMatchObject({ code: 0, stderr: 'Created cam, which retains 24 h.\n' });
  });

  test('puts a file, lists the stream, gets it back, moves the clock and resets', async () => {
    const { url } = await startEmulator();
    const put = await run(['put', 'cam', fixturePath('h264-aac-gop1s.mkv')], url);
    expect(put).toMatchObject({ code: 0, stderr: 'Created cam, which retains 24 h.\n' });
    const numbers = [...put.stdout.toString().matchAll(/^persisted (\d{47}) timecode \d+$/gm)].map(
      ([, number]) => number,
    );
    expect(numbers).toHaveLength(4);

    expect((await run(['streams'], url)).stdout.toString()).toMatch(/^NAME {2}STATUS .*\ncam {3}ACTIVE {2}1 day .*\n$/);

    const file = join(scratch(), 'out.mkv');
    const get = await run(['get', 'cam', '--out', file, '--max-fragments', '4'], url);
    expect(get.code).toBe(0);
    expect([...get.stderr.matchAll(/^fragment (\d{47}): /gm)].map(([, number]) => number)).toEqual(numbers);
    // The Clusters are the source's, byte for byte.
    const source = Buffer.from(fixture('h264-aac-gop1s.mkv'));
    const clusters = (bytes: Buffer): number => bytes.toString('latin1').split('\x1f\x43\xb6\x75').length - 1;
    const first = source.indexOf(Buffer.from('1f43b675', 'hex'));
    expect(clusters(readFileSync(file))).toBe(4);
    expect(readFileSync(file).includes(source.subarray(first, first + 4000))).toBe(true);

    expect((await run(['clock', 'advance', '25h'], url)).stdout.toString()).toMatch(
      / {2}running, 25 h ahead of this machine\n$/,
    );
    expect((await run(['reset'], url)).stdout.toString()).toBe('Reset everything.\n');
    expect(await run(['streams', '--json'], url)).toMatchObject({ code: 0, stdout: Buffer.from('[]\n') });
  });

  test('works over https with the authority that `ca` prints', async () => {
    const emulator = await startEmulator();
    const file = join(scratch(), 'ca.pem');
    writeFileSync(file, (await run(['ca'], emulator.url)).stdout);
    const refused = await run(['streams'], emulator.httpsUrl);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('is not trusted');
    const { code } = await run(['put', 'cam', fixturePath('h264-gop2s.mkv'), '--ca', file], emulator.httpsUrl);
    expect(code).toBe(0);
  });

  test('takes media from a pipe', async () => {
    const { url } = await startEmulator();
    const put = start(['put', 'cam', '-'], url);
    createReadStream(fixturePath('ffmpeg-pipe.mkv')).pipe(put.child.stdin as NodeJS.WritableStream);
    expect(await put.exit).toBe(0);
    expect(put.out.stdout.toString()).toContain('4 fragments persisted');
  });

  test('ends well when the reader of its own has seen enough', async () => {
    const { url } = await startEmulator();
    // More than the pipe between the two takes.
    await run(['put', 'cam', fixturePath('h264-aac-gop1s.mkv'), '--loop', '20'], url);
    const get = start(['get', 'cam'], url);
    get.child.stdout?.once('data', () => get.child.stdout?.destroy());
    expect(await get.exit).toBe(0);
  });

  test('ends a live get with 0 on SIGINT', async () => {
    const { url } = await startEmulator();
    await run(['put', 'cam', fixturePath('h264-gop2s.mkv')], url);
    const get = start(['get', 'cam'], url);
    await vi.waitFor(() => expect(get.out.stderr).toMatch(/(fragment .*\n){2}/), { timeout: 10_000 });
    get.child.kill('SIGINT');
    expect(await get.exit).toBe(0);
    expect(get.out.stderr).toMatch(/Got 2 fragments, .*; stopped\.\n$/);
  });

  test('explains an ERROR, and fails', async () => {
    const { url } = await startEmulator();
    const file = join(scratch(), 'broken.mkv');
    writeFileSync(file, Buffer.concat([fixture('h264-gop2s.mkv'), Buffer.alloc(1000)]));
    const { code, stderr } = await run(['put', 'cam', file], url);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /kvs-emulator: INVALID_MKV_DATA \(4006\).*\. This is not the Matroska the service takes\. Remux it: ffmpeg/,
    );
  });

  test('exits with 2 and the usage when it is used wrongly, with 1 and an advice when nobody is there', async () => {
    const wrong = await run(['put', 'cam'], 'http://127.0.0.1:1');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^kvs-emulator: FILE is missing\.\nUsage: kvs-emulator put STREAM FILE\|-/);
    const alone = await run(['streams'], 'http://127.0.0.1:1');
    expect(alone.code).toBe(1);
    expect(alone.stderr).toBe(
      'kvs-emulator: No emulator at http://127.0.0.1:1. Start one with `kvs-emulator start` (`npm start` in a clone), or say where it is with --endpoint.\n',
    );
  });
});
