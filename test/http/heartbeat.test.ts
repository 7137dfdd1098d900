import { expect, it } from 'vitest';
import { withHeartbeat } from '../../src/http/heartbeat.ts';
import { AsyncQueue } from '../../src/runtime/queue.ts';

const text = ({ value }: IteratorResult<Uint8Array>): string => new TextDecoder().decode(value);

it('events have signs of life between them where nothing happens, and none is lost', async () => {
  const events = new AsyncQueue<Uint8Array>();
  const timers = new Set<() => void>();
  const beats = withHeartbeat(events, (run, ms) => {
    expect(ms).toBe(15_000);
    timers.add(run);
    return () => void timers.delete(run);
  });
  const fire = (): void => {
    for (const run of timers) run();
  };
  let next = beats.next();
  fire();
  expect(text(await next)).toBe(':\n\n');
  next = beats.next();
  fire();
  expect(text(await next)).toBe(':\n\n');
  next = beats.next();
  events.push(Buffer.from('event: one'));
  expect(text(await next)).toBe('event: one');
  expect(timers.size).toBe(0);
  next = beats.next();
  events.end();
  expect((await next).done).toBe(true);
  expect(timers.size).toBe(0);
  await beats.return?.();
});
