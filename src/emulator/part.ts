import type { Where } from '../domain/resources/scope.ts';

/** What holds state of its own. Whatever is done to all of the state is a loop over the parts. */
export interface Part {
  /** Forgets what is of an account, of a region, of both, or everything. What is of neither goes with everything alone. */
  reset(which: Where): void;
}
