import { test as base, expect } from 'vitest';
import type { Seed } from '../emulator/seedShapes.ts';
import { createEmulator, type Emulator } from '../index.ts';
import type { EmulatorOptions } from '../settings.ts';
import { type Account, freshAccount } from './account.ts';
import { type KinesisVideoMatchers, matchers } from './matchers.ts';

export type { Account, KinesisVideoMatchers };
export { matchers };

interface Fixtures {
  /** What the emulator is started with. To change it: `test.extend({ emulatorOptions: { … } })`. */
  emulatorOptions: EmulatorOptions;
  /** One for all tests of a worker; a file is run by one. It listens on a port of its own. */
  emulator: Emulator;
  /** What a fresh account has when a test begins: `test.extend({ accountSeed: { streams: [{ name: 'door' }] } })`. */
  accountSeed: Seed;
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
  // A function: of an object vitest's types see no value but that of its defaults.
  accountSeed: async ({ emulator: _ }, use) => use({}),
  account: async ({ emulator, emulatorOptions, accountSeed }, use) => {
    const account = freshAccount(emulator.url, emulatorOptions.region, emulatorOptions.adminToken);
    // What stands at the top of the seed is the account’s; files are where the tests are run.
    if (Object.keys(accountSeed).length > 0) {
      await emulator.seed(accountSeed, { account: account.accountId, folder: '.' });
    }
    await use(account);
    await emulator.reset({ account: account.accountId, data: 'delete' });
  },
});

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: as vitest has it
  interface Matchers<T = any> extends KinesisVideoMatchers<T> {}
}
