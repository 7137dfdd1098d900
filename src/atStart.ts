import { createReadStream, readFileSync } from 'node:fs';
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
import { readJsonFile } from './runtime/jsonFile.ts';
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
    face.limits.set(isProfile(said) ? { profile: said } : (readJsonFile(said) as LimitsChange));
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

/** All of the state, as PUT /_kvs/snapshot takes it. */
export async function snapshotAtStart(
  { snapshot: file }: Options,
  given: AsyncIterable<Uint8Array> | undefined,
  snapshots: Pick<Snapshots, 'begin'>,
): Promise<void> {
  const source = file === undefined ? given : createReadStream(file);
  if (source === undefined) return;
  try {
    await snapshots.begin(source);
  } catch (error) {
    const { message, hint } = wrongWith(error);
    throw new OptionError(`The snapshot${file === undefined ? '' : ` ${file}`} cannot be loaded: ${message}${hint}`);
  }
}
