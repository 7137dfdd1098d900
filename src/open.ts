import { readdirSync } from 'node:fs';
import { compose } from './compose.ts';
import { BUILTIN_KMS } from './config/kms.ts';
import type { Options } from './config/options.ts';
import { optionTable } from './config/optionTable.ts';
import type { Open } from './running.ts';
import { inTurn } from './runtime/inTurn.ts';
import type { LevelLog } from './runtime/log.ts';

/** Whether making the service may fail for what options say: then that comes before anybody is told that there is one. */
function mayFail({ credentials, limits, turn, kms, faults, snapshot, seed }: Options): boolean {
  const files = [credentials, faults, snapshot, isEmptyFolder(seed) ? undefined : seed];
  return (
    turn || kms !== BUILTIN_KMS || limits !== optionTable.limits.fallback || files.some((one) => one !== undefined)
  );
}

/** As that of the image, where nothing has been mounted. */
function isEmptyFolder(path: string | undefined): boolean {
  try {
    return path !== undefined && readdirSync(path).length === 0;
  } catch {
    return false;
  }
}

/** What the program runs: the port is opened first, and the service loaded behind it. */
export const open = (options: Options, log: LevelLog): Promise<Open> =>
  compose(options, log, {
    make: async () => (await inTurn(() => import('./world.ts'))).makeWorld,
    first: mayFail(options),
  });
