import type { PolicyDocument } from '../domain/access/holder.ts';
import { readPolicy } from '../domain/access/policy.ts';
import { PolicyError } from '../domain/access/policyError.ts';
import { ControlError } from './controlError.ts';

/**
 * A policy that somebody gives the emulator, once it has been read.
 * @param path JSON pointer to where it stands
 * @throws ControlError that points into it
 */
export function checkedPolicy(document: unknown, path: string): PolicyDocument {
  try {
    readPolicy(document);
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    throw new ControlError(error.message, error.hint, path + error.path);
  }
  // A copy: what whoever gave it does with it must change nothing here.
  return JSON.parse(JSON.stringify(document)) as PolicyDocument;
}
