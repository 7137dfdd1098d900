import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

it('kvs-emulator demo starts an emulator with two cameras and a page, says what to try, and ends with 0', async () => {
  const child = spawn(process.execPath, [MAIN, 'demo', '--port', '0'], { env: { PATH: process.env.PATH } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exit = once(child, 'close').then(([code]) => code as number | null);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece) => {
      said += piece;
    });
  await vi.waitFor(() => expect(said).toContain('Ctrl-C ends all of it.'), { timeout: 20_000 });
  const [, url = ''] = /ready on (http:\S+)/.exec(said) ?? [];
  const [, page = ''] = /\n {2}(http:\S+) {2}shows both/.exec(said) ?? [];
  expect(said).toMatch(/\n {2}node \S*main\.js streams --inside --endpoint http:/);
  expect(await (await fetch(page)).text()).toContain('data-stream="yard"');

  // What they have filmed of the last hour, and then what they film.
  await vi.waitFor(() => expect(said.match(/360 fragments of the past in /g)).toHaveLength(2), { timeout: 25_000 });
  const live = async () => {
    const { streams } = (await (await fetch(`${url}/_kvs/streams`)).json()) as { streams: { producers: number }[] };
    expect(streams.map(({ producers }) => producers)).toEqual([1, 1]);
  };
  await vi.waitFor(live, { timeout: 20_000 });
  child.kill('SIGINT');
  expect(await exit).toBe(0);
  // Nothing went wrong on the way.
  expect(said).not.toMatch(/Tries again|ERROR|WARN/);
});
