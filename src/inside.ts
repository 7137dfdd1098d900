import type { Assembled } from './assembled.ts';
import type { Options } from './config/options.ts';

/** What a kit needs of an emulator besides its face. */
export interface Inside extends Pick<Assembled, 'road' | 'requestIds' | 'journal' | 'services' | 'tokens' | 'stopped'> {
  readonly settings: Pick<Options, 'account'>;
  /** What is there from the start may still be on its way. */
  readonly ready?: Promise<void>;
}

/** Known to all copies of the package: a program may have loaded it as an ES module and by require(). */
const INSIDE = Symbol.for('kvs-emulator.inside');

/** Puts it where insideOf finds it, also in a copy of the object. */
export const withInside = <E extends object>(emulator: E, inside: Inside): E =>
  Object.assign(emulator, { [INSIDE]: inside });

export const insideOf = (emulator: object): Inside | undefined => (emulator as { [INSIDE]?: Inside })[INSIDE];
