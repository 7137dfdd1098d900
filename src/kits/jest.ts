import { type Account, freshAccount } from './account.ts';
import { startForAll, stopForAll, tokenForAll, urlForAll } from './jest/shared.ts';
import { type KinesisVideoMatchers, matchers } from './matchers.ts';

export type { Account, KinesisVideoMatchers };
export { matchers };

/** For `globalTeardown`, which `kvs-emulator/jest/teardown` is as it stands. */
export const teardown = stopForAll;

/** A fresh account of the emulator that `globalSetup` has started. */
export const account = (region?: string): Account => freshAccount(urlForAll(), region, tokenForAll());

export { startForAll as default };

declare global {
  namespace jest {
    interface Matchers<R, T> extends KinesisVideoMatchers<R> {}
  }
}
