// Where an emulator keeps things makes no difference to what its snapshots are.
import type { EmulatorOptions, ResetOptions } from '../../src/index.ts';
import { dataFolder } from '../durable/service.ts';
import { startEmulator } from '../support/emulator.ts';

export const START = '2030-01-01T00:00:00.000Z';

/** One of either kind, whose clock stands still; what has a folder may only be reset by who says that it may. */
async function start(own: EmulatorOptions, options: EmulatorOptions) {
  const emulator = await startEmulator({ clock: 'frozen', startTime: START, ...own, ...options });
  const data = own.dataDir === undefined ? undefined : 'delete';
  return { ...emulator, reset: (which: ResetOptions = {}) => emulator.reset({ ...which, data }) };
}

export const stores = [
  { store: 'in memory', start: (options: EmulatorOptions = {}) => start({}, options) },
  { store: 'in a data folder', start: (options: EmulatorOptions = {}) => start({ dataDir: dataFolder() }, options) },
] as const;
