import { createEmulator, type Emulator } from '../../index.ts';
import type { EmulatorOptions } from '../../settings.ts';

/** Tests run in other processes, which are given the environment of this one. */
const VARIABLE = 'KVS_EMULATOR_URL';
const TOKEN_VARIABLE = 'KVS_EMULATOR_TOKEN';
/** jest may load this file once for its setup and once for its teardown. */
const RUNNING = Symbol.for('kvs-emulator.jest');
const kept = globalThis as { [RUNNING]?: Emulator | undefined };

interface ProjectConfig {
  readonly globals?: { readonly kvsEmulator?: EmulatorOptions };
}

/**
 * Starts one emulator for all tests: for `globalSetup`. What it is started with stands in jest's configuration under
 * `globals: { kvsEmulator: { … } }`; its address is in the environment of all tests as KVS_EMULATOR_URL.
 */
export async function startForAll(_globalConfig?: unknown, projectConfig?: ProjectConfig): Promise<void> {
  const options = projectConfig?.globals?.kvsEmulator;
  if (kept[RUNNING] !== undefined) return;
  kept[RUNNING] = await createEmulator(options);
  process.env[VARIABLE] = kept[RUNNING].url;
  if (options?.adminToken !== undefined) process.env[TOKEN_VARIABLE] = options.adminToken;
}

/** Stops it. */
export async function stopForAll(): Promise<void> {
  const emulator = kept[RUNNING];
  kept[RUNNING] = undefined;
  delete process.env[VARIABLE];
  delete process.env[TOKEN_VARIABLE];
  await emulator?.stop();
}

/** What is asked of whoever uses `/_kvs`. */
export const tokenForAll = (): string | undefined => process.env[TOKEN_VARIABLE];

/** Throws what to do if it was not started. */
export function urlForAll(): string {
  const url = process.env[VARIABLE];
  if (url === undefined)
    throw new Error(
      `There is no emulator: ${VARIABLE} is not set. Add globalSetup: 'kvs-emulator/jest' to jest's configuration.`,
    );
  return url;
}
