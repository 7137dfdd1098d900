// The built program when nobody reads what it writes.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { rawSocket } from '../support/rawSocket.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('Run `npm run build` first, or the tests by `npm test`.');
});

async function start(stdio: StdioOptions, command = [process.execPath, MAIN, '--port', '0']) {
  const [program = '', ...args] = command;
  const child: ChildProcess = spawn(program, args, { env: { PATH: process.env.PATH }, stdio });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const found = /ready on (http:\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    void exit.then((code) => reject(new Error(`It ended with ${code}.`)));
  });
  const port = Number(new URL(url).port);
  return {
    child,
    exit,
    output: () => output,
    /** Makes it log a line of 8 kB for each of so many requests, and waits until all are answered. */
    async talk(lines: number, name: string) {
      const client = await rawSocket(port);
      const asked = Array.from(
        { length: lines },
        (_, i) => `GET /${name}${i}${'x'.repeat(8000)} HTTP/1.1\r\nHost: h\r\n`,
      );
      client.send(`${asked.join('\r\n')}Connection: close\r\n\r\n`);
      await client.ended;
      expect(client.received().match(/HTTP\/1\.1 404/g)).toHaveLength(lines);
    },
    healthy: async () => (await fetch(`${url}/_kvs/health`)).status,
    stop() {
      child.kill('SIGTERM');
      return exit;
    },
  };
}

describe('kvs-emulator start goes on serving, and ends when it is told to,', () => {
  it('when both its pipes are closed', async () => {
    const program = await start(['ignore', 'pipe', 'pipe']);
    program.child.stdout?.destroy();
    program.child.stderr?.destroy();
    await program.talk(20, 'a');
    expect(await program.healthy()).toBe(200);
    expect(await program.stop()).toBe(0);
  });

  it('when nobody reads its log', async () => {
    const program = await start(['ignore', 'pipe', 'pipe']);
    await program.talk(400, 'a');
    await program.talk(400, 'b');
    expect(await program.healthy()).toBe(200);
    expect(await program.stop()).toBe(0);
  });

  it('when its log is read after all, which then says what is missing', async () => {
    const program = await start(['ignore', 'pipe', 'pipe']);
    await program.talk(400, 'a');
    let log = '';
    const lost = new Promise<void>((resolve) => {
      program.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        log += text;
        if (/\d+ lines were lost here/.test(text)) resolve();
      });
    });
    // What waits has to go out before there is room for more.
    for (let i = 0; !/lines were lost/.test(log) && i < 100; i++) await program.talk(1, `b${i}-`);
    await lost;
    expect(await program.stop()).toBe(0);
  });

  it('when its log has no room on the disk', async () => {
    const program = await start(['ignore', 'pipe', openSync('/dev/full', 'w')]);
    await program.talk(20, 'a');
    expect(await program.healthy()).toBe(200);
    expect(await program.stop()).toBe(0);
  });

  it.each(['2>&-', '<&-', '<&- 2>&-'])('when it is started with %s', async (closed) => {
    const shell = ['sh', '-c', `exec "$0" "$1" --port 0 ${closed}`, process.execPath, MAIN];
    const program = await start(['ignore', 'pipe', 'pipe'], shell);
    await program.talk(20, 'a');
    expect(await program.healthy()).toBe(200);
    expect(await program.stop()).toBe(0);
  });

  it('when the reader of both has seen enough', async () => {
    const inner = `echo "pid $$" >&4; exec "$0" "$1" --port 0`;
    const outer = `{ sh -c '${inner}' "$0" "$1" 2>&1 | grep -m1 ready; } 4>&1`;
    const shell = ['sh', '-c', outer, process.execPath, MAIN];
    const program = await start(['ignore', 'pipe', 'pipe'], shell);
    const pid = Number(/pid (\d+)/.exec(program.output())?.[1]);
    onTestFinished(() => {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    });
    await program.talk(20, 'a');
    expect(await program.healthy()).toBe(200);
    process.kill(pid, 'SIGTERM');
    expect(await program.exit).toBe(0);
  });
});
