import { resolve } from 'node:path';
import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { inTurn } from './runtime/inTurn.ts';
import type { Log } from './runtime/log.ts';
import type { DataFolder } from './store/disk/dataFolder.ts';

/** What outlasts the process, if anything does: nobody else pays for it. */
export async function folderAtStart({ dataDir, fsync }: Options, log: Log): Promise<DataFolder | undefined> {
  if (dataDir === undefined) return undefined;
  const { DataFolder } = await inTurn(() => import('./store/disk/dataFolder.ts'));
  return DataFolder.open({ folder: resolve(dataDir), fsyncMs: fsync, log }).catch(refuseFolder);
}

/** A folder that is of no use is an option that makes no sense; one that another has for the moment is used rightly. */
export function refuseFolder(error: Error & { readonly taken?: boolean }): never {
  throw error.taken === false ? new OptionError(error.message) : error;
}
