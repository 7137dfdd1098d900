import { describe, expect, it } from 'vitest';
import { command as events } from '../../src/commands/events.ts';
import { command as metrics } from '../../src/commands/metrics.ts';
import { command as streams } from '../../src/commands/streams.ts';
import { startEmulator } from '../support/emulator.ts';
import { putMedia } from '../support/putMedia.ts';
import { recording } from '../support/simpleMedia.ts';
import { ask } from '../support/tour.ts';
import { run } from './world.ts';

async function start() {
  const emulator = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
  await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
  await putMedia({ url: emulator.url, producerStart: '1893456000' }, recording(2, { metadata: { event: 'ring' } }));
  return emulator;
}

describe('streams NAME', () => {
  it('shows what a stream holds, its fragments and one of them', async () => {
    const { url, streams: inside } = await start();
    const show = async (...args: string[]) => String((await run(streams, args, url)).stdout);
    expect(await show('cam')).toMatch(
      /^fragments +2, .*\nserver times +2030-01-01T00:00:00.000Z to .*\nlast ack +PERSISTED$/m,
    );
    expect(await show('--inside')).toMatch(/^cam +2 /m);
    const [first] = (await inside.fragments('cam')).fragments;
    expect(await show('cam', 'fragments', '--limit', '1')).toMatch(
      new RegExp(`^${first?.number} .* 2 +persisted +event=ring\\nMore follow: --after ${first?.number}`, 'm'),
    );
    const one = await run(streams, ['cam', 'fragment', first?.number ?? ''], url);
    expect(one.stdout.equals(Buffer.from(await inside.fragment('cam', first?.number ?? '')))).toBe(true);
  });

  it('waits, with an exit code that says whether they came, and disconnects', async () => {
    const { url } = await start();
    expect((await run(streams, ['cam', 'wait', '2'], url)).code).toBe(0);
    expect((await run(streams, ['cam', 'wait', '3', '--timeout', '5ms'], url)).code).toBe(1);
    expect(String((await run(streams, ['cam', 'disconnect'], url)).stdout)).toBe('Ended 0 connections.\n');
  });

  it.each([
    [['cam', 'dance'], 'A stream does not know "dance"'],
    [['cam', 'wait'], 'N is missing'],
    [['cam', 'wait', 'x'], 'needs a number from 1 to 1000'],
    [['cam', '--inside'], '--inside lists all streams'],
    [['cam', 'wait', '1', '--limit', '1'], '--limit does not belong here'],
    [['cam', 'fragments', '1'], 'one argument too many: "1"'],
  ])('refuses %s', async (args, message) => {
    const { error } = await run(streams, args, 'http://127.0.0.1:9');
    expect(String(error)).toContain(message);
  });
});

it('events shows what happens until it has shown so many', async () => {
  const emulator = await start();
  const shown = run(events, ['--types', 'clock', '--count', '2'], emulator.url);
  const json = run(events, ['--types', 'clock', '--count', '1', '--json'], emulator.url);
  let over = false;
  void Promise.all([shown, json]).then(() => {
    over = true;
  });
  while (!over) await emulator.clock.advance('1s');
  expect(String((await shown).stdout)).toMatch(/^(2030-01-01T\S+Z +clock +- +now=2030.*\n){2}$/);
  expect(JSON.parse(String((await json).stdout))).toMatchObject({ type: 'clock', data: { mode: 'frozen' } });
});

it('metrics prints what the route answers', async () => {
  const { url } = await start();
  expect(String((await run(metrics, [], url)).stdout)).toContain('kvs_put_media_incoming_fragments_total{stream="cam"');
});
