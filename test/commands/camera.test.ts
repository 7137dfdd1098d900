import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { command as camera } from '../../src/commands/camera.ts';
import { waitBefore } from '../../src/commands/cameraLosses.ts';
import { startEmulator, type TestEmulator } from '../support/emulator.ts';
import { type Outcome, run } from './world.ts';

const SMALL = ['--size', '320x180', '--rate', '20', '--fragment', '200ms'];

interface Filming {
  readonly done: Promise<Outcome>;
  /** Resolves when something like it has been said on standard error, the nth time. */
  said(pattern: RegExp, times?: number): Promise<void>;
  readonly lines: () => string;
  stop(): void;
}

/** Cameras that film until they are stopped. */
function film(args: string[], url: string): Filming {
  const stderr = new PassThrough();
  let lines = '';
  const waiting = new Set<() => void>();
  stderr.setEncoding('utf8').on('data', (piece: string) => {
    lines += piece;
    for (const look of waiting) look();
  });
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  return {
    done: run(camera, args, url, { stderr, signal: controller.signal }),
    lines: () => lines,
    stop: () => controller.abort(),
    said: (pattern, times = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if ([...lines.matchAll(new RegExp(pattern, 'g'))].length >= times) resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

const persisted = (emulator: TestEmulator, stream: string, count: number) =>
  emulator.streams.waitForFragments(stream, count, { timeout: '20s' });

describe('kvs-emulator camera', () => {
  it('films several streams at once for as long as it is told, and says so as one JSON document', async () => {
    const emulator = await startEmulator();
    const args = ['door', 'yard', ...SMALL, '--duration', '900ms', '--json'];
    const { code, stdout, stderr } = await run(camera, args, emulator.url);
    expect(code).toBe(0);
    const shown = { sessions: 1, pictures: 18, fragments: 5, bytes: expect.any(Number), error: null };
    expect(JSON.parse(stdout.toString())).toEqual({
      durationMs: expect.any(Number),
      cameras: [
        { stream: 'door', ...shown },
        { stream: 'yard', ...shown },
      ],
    });
    expect(stderr).toMatch(/^Filming door, yard: 320x180, 20 pictures a second\. Ctrl-C ends it\.\n/);
    const { fragments } = await emulator.streams.fragments('door');
    expect(fragments.map(({ frames, tracks }) => [frames > 10, tracks.map(({ codec }) => codec)])).toEqual([
      ...new Array(4).fill([true, ['V_MPEG4/ISO/AVC', 'A_AAC']]),
      [false, ['V_MPEG4/ISO/AVC', 'A_AAC']],
    ]);
  });

  it('takes the time from the emulator’s clock', async () => {
    const emulator = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
    const { code } = await run(camera, ['door', ...SMALL, '--duration', '300ms', '--no-audio'], emulator.url);
    expect(code).toBe(0);
    const { fragments } = await emulator.streams.fragments('door');
    expect(fragments.map(({ producerTime, tracks }) => [producerTime, tracks.length])).toEqual([
      ['2030-01-01T00:00:00.000Z', 1],
      ['2030-01-01T00:00:00.200Z', 1],
    ]);
  });

  it('ends when it is stopped: what it has begun is kept', async () => {
    const emulator = await startEmulator();
    const filming = film(['door', ...SMALL], emulator.url);
    await persisted(emulator, 'door', 2);
    filming.stop();
    const { code, stdout } = await filming.done;
    expect(code).toBe(0);
    const [, count] = /^Sent (\d+) fragments, .* of 1 camera in /.exec(stdout.toString()) ?? [];
    const { fragments } = await emulator.streams.fragments('door');
    expect(fragments.map(({ state }) => state)).toEqual(new Array(Number(count)).fill('persisted'));
  });

  it('comes back when its connection is ended, and when the service ends its session at its age', async () => {
    const emulator = await startEmulator();
    const filming = film(['door', ...SMALL], emulator.url);
    await persisted(emulator, 'door', 1);
    await emulator.streams.disconnect('door', { which: 'producers' });
    await filming.said(/door: .* Tries again in 500 ms\.\n/);
    await filming.said(/door: is back\.\n/);
    await emulator.faults.add({
      match: { operation: 'PutMedia', fragment: 3 },
      effect: { ack: 'MAX_CONNECTION_DURATION_REACHED' },
    });
    await emulator.streams.disconnect('door', { which: 'producers' });
    await filming.said(/door: MAX_CONNECTION_DURATION_REACHED .* It goes on in a new session\.\n/);
    await emulator.faults.clear();
    // Ended before it has sent anything it waits, or it would ask without end.
    await emulator.faults.add({
      match: { operation: 'PutMedia', fragment: 1 },
      effect: { ack: 'MAX_CONNECTION_DURATION_REACHED' },
    });
    await emulator.streams.disconnect('door', { which: 'producers' });
    await filming.said(/door: MAX_CONNECTION_DURATION_REACHED .* Tries again in 1 s\.\n/);
    await emulator.faults.clear();
    filming.stop();
    expect((await filming.done).code).toBe(0);
  });

  it('says that the emulator has stopped, not that a file of its was cut, and tries again', async () => {
    const emulator = await startEmulator();
    const { done, said, lines, stop } = film(['door', ...SMALL], emulator.url);
    await persisted(emulator, 'door', 1);
    await emulator.stop();
    await said(/Tries again in 1 s/);
    stop();
    await done;
    expect(lines()).toMatch(/^door: STREAM_READ_ERROR.* The service ended the session; it may be stopping\. /m);
    expect(lines()).not.toContain('file');
  });

  it('makes its stream again when that has been deleted', async () => {
    const emulator = await startEmulator();
    const filming = film(['door', ...SMALL], emulator.url);
    await persisted(emulator, 'door', 1);
    const { arn: StreamARN } = await emulator.streams.get('door');
    await fetch(`${emulator.url}/deleteStream`, { method: 'POST', body: JSON.stringify({ StreamARN }) });
    await filming.said(/door: created, retains 24 h\n/, 2);
    await filming.said(/door: is back\.\n/);
    filming.stop();
    expect((await filming.done).code).toBe(0);
  });

  it('gives up one camera that the service will not have, and goes on with the others', async () => {
    const emulator = await startEmulator();
    const filming = film(['not a name', 'yard', ...SMALL], emulator.url);
    await filming.said(/not a name: \w+Exception: .* It ends\.\n/);
    await persisted(emulator, 'yard', 1);
    filming.stop();
    expect((await filming.done).code).toBe(1);
  });

  it('has filmed before, if it is told so', async () => {
    const emulator = await startEmulator();
    const { stdout } = await run(camera, ['door', ...SMALL, '--ago', '1m', '--duration', '200ms'], emulator.url);
    expect(stdout.toString()).toMatch(/^6 fragments of the past in door\.\nSent /);
    const { oldest, newest } = await emulator.streams.get('door');
    expect(Date.parse(String(newest)) - Date.parse(String(oldest))).toBeGreaterThan(49_000);
  });

  it.each([
    [[], 'STREAM is missing.'],
    [['door', 'door'], 'door is named twice'],
    [['door', '--size', '641x360'], '--size must be two even numbers from 320x'],
    [['door', '--size', 'big'], '--size must be two even numbers'],
    [['door', '--rate', '0'], '--rate must be from 1 to 60, not "0".'],
    [['door', '--rate', 'fast'], '--rate must be from 1 to 60, not "fast".'],
    [['door', '--fragment', '21s'], '--fragment must be from 100ms to 20s.'],
    [['door', '--fragment', 'long'], '--fragment must be a duration like'],
    [['door', '--bitrate', '500'], '--bitrate must be a rate like 500kbit or 2mbit, not "500".'],
    [['door', '--size', '4096x4096', '--rate', '60'], 'No level of H.264 has 4096x4096 at 60 a second'],
  ])('is told wrongly by %j', async (args, message) => {
    const { error } = await run(camera, args, 'http://127.0.0.1:1');
    expect(String(error)).toContain(message);
  });

  it('says once that nobody is there', async () => {
    const { error, stderr } = await run(camera, ['door', 'yard'], 'http://127.0.0.1:1');
    expect(String(error)).toContain('No emulator at http://127.0.0.1:1.');
    expect(stderr).toBe('');
  });

  it('waits longer each time, up to a quarter of a minute', () => {
    expect([1, 2, 3, 6, 50].map(waitBefore)).toEqual([500, 1000, 2000, 15_000, 15_000]);
  });
});
