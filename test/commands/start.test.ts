import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { startCommand } from '../../src/commands/start.ts';
import { run } from './world.ts';

test('start loads the rest once it has said that it is ready, and stops when it is told to', async () => {
  const order: string[] = [];
  const stdout = new PassThrough();
  stdout.on('data', (bytes) => order.push(String(bytes).replace(/^.* (ready) .*\n$/, '$1')));
  const stop = new AbortController();
  const emulator = {
    url: 'http://127.0.0.1:1',
    async warm() {
      order.push('warm');
      stop.abort();
    },
    async stop() {
      order.push('stop');
    },
  };
  const { code } = await run(
    startCommand(async () => emulator),
    [],
    '',
    { stdout, signal: stop.signal },
  );
  expect([code, ...order]).toEqual([0, 'ready', 'warm', 'stop']);
});
