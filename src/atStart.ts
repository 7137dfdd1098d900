import { accessSync, createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OptionError } from './config/option.ts';
import type { Options } from './config/options.ts';
import { type CredentialSet, NOBODY } from './domain/credentials/credentials.ts';
import type { Faultable } from './domain/faults/faultable.ts';
import type { Faults } from './domain/faults/faults.ts';
import type { Limits } from './domain/limits/limits.ts';
import { PROFILES, type Profile } from './domain/limits/limitTable.ts';
import { ControlError } from './emulator/controlError.ts';
import { readCredentials } from './emulator/credentialReader.ts';
import type { Face } from './emulator/face.ts';
import { readFaults } from './emulator/faultControl.ts';
import type { LimitsChange } from './emulator/limitsControl.ts';
import type { StartSeed } from './emulator/seedControl.ts';
import { readJsonFile } from './runtime/jsonFile.ts';
import type { Log } from './runtime/log.ts';
import type { Snapshots } from './snapshots/snapshots.ts';

// What files that options name say, as the routes take it: it is there from the start, and a reset leads back to it.

/** What is wrong with what was said, where in it, and what to do about it; the last two if that is known. */
function wrongWith(error: unknown): { readonly message: string; readonly path?: string; readonly hint: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ControlError)) return { message, hint: '' };
  return { message, path: error.path ?? '/', hint: ` ${error.hint}` };
}

/** Who is known. */
export function credentialsAtStart({ credentials: file, account }: Options): CredentialSet {
  if (file === undefined) return NOBODY;
  try {
    return readCredentials(readJsonFile(file), NOBODY, { account });
  } catch (error) {
    const { message, path, hint } = wrongWith(error);
    throw new OptionError(path === undefined ? message : `${file} at ${path}: ${message}${hint}`);
  }
}

const isProfile = (said: string): said is Profile => PROFILES.some((name) => name === said);

/** A profile by its name, or what a file says as PUT /_kvs/limits takes it. */
export function limitsAtStart({ limits: said }: Options, limits: Limits, face: Pick<Face, 'limits'>): void {
  try {
    // As they are made: nobody who asks for nothing else pays for setting that.
    if (said !== limits.chosen.profile) {
      face.limits.set(isProfile(said) ? { profile: said } : (readJsonFile(said) as LimitsChange));
    }
  } catch (error) {
    const { message, path, hint } = wrongWith(error);
    throw new OptionError(`The limits make no sense: ${message}${path === undefined ? '' : ` (${path})`}${hint}`);
  }
  limits.begin();
}

/** Rules, as POST /_kvs/faults takes them. */
export function faultsAtStart({ faults: file }: Options, faults: Faults, faultable: readonly Faultable[]): void {
  if (file === undefined) return;
  try {
    faults.startWith(readFaults(JSON.parse(readFileSync(file, 'utf8')), faultable, new Set()));
  } catch (error) {
    const { message, path, hint } = wrongWith(error);
    throw new OptionError(
      `The faults of ${file} cannot be had${path === undefined ? '' : ` at ${path}`}: ${message}${hint}`,
    );
  }
}

/** All of the state, as PUT /_kvs/snapshot takes it. What a data folder has goes before: then a file is not even read. */
export async function snapshotAtStart(
  { snapshot: file, dataDir }: Options,
  given: AsyncIterable<Uint8Array> | undefined,
  { snapshots, log }: { readonly snapshots: Snapshots; readonly log: Log },
): Promise<void> {
  const passedOver = (): void =>
    log.info(`${dataDir} holds something already, and goes on: a reset leads to the snapshot.`);
  try {
    if (file !== undefined && !snapshots.fresh) {
      accessSync(file);
      snapshots.beginLater(() => createReadStream(file));
      passedOver();
      return;
    }
    const source = file === undefined ? given : createReadStream(file);
    if (source === undefined) return;
    if (!snapshots.fresh) passedOver();
    await snapshots.begin(source);
  } catch (error) {
    const { message, hint } = wrongWith(error);
    throw new OptionError(`The snapshot${file === undefined ? '' : ` ${file}`} cannot be loaded: ${message}${hint}`);
  }
}

/** What the option says: seeds one after the other, and the folder that they are in. */
export interface StartSeeds {
  readonly seeds: readonly StartSeed[];
  readonly folder: string | undefined;
}

/** A seed itself, a file with one, or a folder of such files, which are read in the order of their names. */
export function seedsAtStart({ seed: said }: Pick<Options, 'seed'>): StartSeeds {
  if (said === undefined) return { seeds: [], folder: undefined };
  if (said.startsWith('{'))
    return {
      seeds: [{ name: 'The seed', folder: '.', seed: orOptionError(() => JSON.parse(said), 'The seed is not JSON: ') }],
      folder: undefined,
    };
  const isFolder = orOptionError(() => statSync(said), 'The seed cannot be read: ').isDirectory();
  const folder = isFolder ? said : dirname(said);
  const paths = isFolder ? filesIn(said) : [said];
  return { seeds: paths.map((name) => ({ name, folder, seed: orOptionError(() => readJsonFile(name)) })), folder };
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name));

function orOptionError<T>(read: () => T, told = ''): T {
  try {
    return read();
  } catch (error) {
    throw new OptionError(told + (error as Error).message);
  }
}

/** What of a seed makes no sense is an option that makes none. */
export function refuseStart(error: unknown): never {
  throw error instanceof ControlError ? new OptionError(error.message) : error;
}
