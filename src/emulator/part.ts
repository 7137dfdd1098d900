import type { Where } from '../domain/resources/scope.ts';

/** What holds state of its own. Whatever is done to all of the state is a loop over the parts. */
export interface Part {
  /** Forgets what is of an account, of a region, of both, or everything. What is of neither goes with everything alone. */
  reset(which: Where): void;
}

/** What of it a snapshot is to have besides. */
export interface SnapshotAsked {
  readonly journal: boolean;
  /** What media are sealed with, and what requests are signed with. */
  readonly secrets: boolean;
}

export interface Saves {
  /** What it has beyond the stores, as plain data with maps and bytes in it; undefined if a snapshot is to have nothing. */
  save(asked: SnapshotAsked): unknown;
  /** Goes on from there. It is as after a reset of everything, and the stores hold again what they held. */
  load(saved: never): void;
}

/**
 * A part, and what becomes of it in a snapshot: it is `saved`, with what the stores have of it; it is `remade` when it
 * is needed; it `ends`, as it does with a reset. Whoever adds one has to say.
 */
export type PartRow = { readonly name: string; readonly holds: string } & (
  | { readonly snapshot: 'saved'; readonly part: Part & Saves }
  | { readonly snapshot: 'remade' | 'ends'; readonly part: Part }
);
