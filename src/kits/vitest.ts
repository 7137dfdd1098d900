import { test as base, expect } from 'vitest';
import { createEmulator, type Emulator } from '../index.ts';
import type { EmulatorOptions } from '../settings.ts';
import { type Account, freshAccount } from './account.ts';
import { type KinesisVideoMatchers, matchers } from './matchers.ts';

export type { Account, KinesisVideoMatchers };
export { matchers };

interface Fixtures {
  /** What the emulator is started with. To change it: `test.extend({ emulatorOptions: [{ … }, { scope: 'worker' }] })`. */
  emulatorOptions: EmulatorOptions;
  /** One for all tests of a worker; a file is run by one. It listens on a port of its own. */
  emulator: Emulator;
  /** A fresh one for each test. What was made in it is gone when the test is over. */
  account: Account;
}

expect.extend({ ...matchers });

/** vitest's `test`, with an emulator and a fresh account: `test('…', async ({ account }) => { … })`. */
export const test = base.extend<Fixtures>({
  emulatorOptions: [{}, { scope: 'worker' }],
  emulator: [
    async ({ emulatorOptions }, use) => {
      const emulator = await createEmulator(emulatorOptions);
      await use(emulator);
      await emulator.stop();
    },
    { scope: 'worker' },
  ],
  account: async ({ emulator }, use) => {
    const account = freshAccount(emulator.url);
    await use(account);
    await emulator.reset({ account: account.accountId, data: 'delete' });
  },
});

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest has it
  interface Matchers<T = any> extends KinesisVideoMatchers<T> {}
}
