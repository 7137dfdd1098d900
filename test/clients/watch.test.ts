// The page of `kvs-emulator watch` in Chromium, with a camera of `kvs-emulator camera`.
import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command as camera } from '../../src/commands/camera.ts';
import { serveWatchPage } from '../../src/commands/watchServer.ts';
import { run } from '../commands/world.ts';
import { startEmulator } from '../support/emulator.ts';
import { playwright } from './playerPage.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--autoplay-policy=no-user-gesture-required'];
const library = await playwright();
const missing = library === undefined || spawnSync(CHROMIUM, ['--version']).status !== 0;
if (missing) {
  const text = 'watch: playwright-core or chromium not installed (npm ci --prefix test/players, and Debian’s chromium)';
  if (process.env.KVS_REQUIRE_CLIENTS === '1') throw new Error(text);
  process.stderr.write(`skipped: ${text}\n`);
}

describe.skipIf(missing)('Chromium', { timeout: 120_000 }, () => {
  it('plays what cameras film, with sound and without, and what they filmed before', async () => {
    const emulator = await startEmulator();
    const stop = new AbortController();
    const filming = [['door'], ['yard', '--no-audio']].map((args) =>
      run(camera, [...args, '--fragment', '1s', '--ago', '5m'], emulator.url, { signal: stop.signal }),
    );
    onTestFinished(() => stop.abort());
    const page = await serveWatchPage({ endpoint: emulator.url, region: 'us-east-1' }, ['door', 'yard'], {
      ...{ host: '127.0.0.1', port: 0 },
    });
    onTestFinished(() => page.close());
    const browser = await library.chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    onTestFinished(() => browser.close());
    const tab = await browser.newPage();
    await tab.goto(page.url);
    // Both move on, by the clock that the cameras film.
    const times = (): Promise<number[]> =>
      tab.evaluate(
        `[...document.querySelectorAll('video')].map((video) => video.videoWidth === 640 && video.currentTime)`,
      );
    const began = emulator.clock.now() / 1000;
    const play = async (which: number, after: number) =>
      expect.poll(async () => (await times())[which], { timeout: 50_000 }).toBeGreaterThan(after);
    await play(0, began);
    await play(1, began);
    const [first = 0, second = 0] = await times();
    await play(0, first + 1);
    await play(1, second + 1);

    await tab.click('figure:nth-of-type(2) button:nth-of-type(2)');
    await expect.poll(async () => began - 20 - Number((await times())[1]), { timeout: 50_000 }).toBeGreaterThan(0);
    const [, past = 0] = await times();
    await play(1, past + 1);
    expect(await tab.evaluate(`[...document.querySelectorAll('video')].map((video) => video.error)`)).toEqual([
      null,
      null,
    ]);
    stop.abort();
    expect((await Promise.all(filming)).map(({ code }) => code)).toEqual([0, 0]);
  });
});
