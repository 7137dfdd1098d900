import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { healthControl } from '../../src/emulator/healthControl.ts';
import { AdminGuard } from '../../src/http/adminGuard.ts';
import { lazyApp } from '../../src/http/lazyApp.ts';
import { silentLog } from '../../src/runtime/log.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** Whoever makes the application asks for its routes. */
function start() {
  const seen = { made: 0 };
  const rest = async () => {
    seen.made += 1;
    return { admin: [], face: {} as never, safe: () => undefined };
  };
  const health = healthControl();
  return { seen, app: lazyApp({ rest, health, log: silentLog, guard: new AdminGuard(undefined) }) };
}

it('is made a moment after it is asked for, and not before', async () => {
  const { seen, app } = start();
  void app.loadSoon();
  await vi.dynamicImportSettled();
  expect(seen.made).toBe(0);
  vi.advanceTimersByTime(1000);
  await vi.dynamicImportSettled();
  expect(seen.made).toBe(1);
});

it('is not made for an emulator that stops before', async () => {
  const { seen, app } = start();
  void app.loadSoon();
  app.stop();
  vi.advanceTimersByTime(1000);
  await vi.dynamicImportSettled();
  expect(seen.made).toBe(0);
});
