import type { ServiceError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Fate } from '../signaling/detours.ts';
import type { Faultable } from './faultable.ts';
import type { Direction, FaultEffect, FaultMatch } from './spec.ts';

export type Pieces = AsyncIterable<Uint8Array>;
export type Lines = AsyncIterable<string>;

/** Where Clusters begin, told as the bytes go by. Offsets are from the first byte. */
export interface ClusterFinder {
  /** Those whose head has come into sight with this piece; `headEnd` is behind their timestamp. */
  push(piece: Uint8Array): readonly { readonly start: number; readonly headEnd: number }[];
}

/** One call, as far as an effect may do something to it. Real time is the network's, the clock the service's. */
export interface Scene {
  readonly rule: { readonly id: string; readonly match: FaultMatch; readonly effect: FaultEffect };
  readonly operation: Faultable;
  /** Name of the stream or channel. */
  readonly resource: string | undefined;
  /** Which way is meant. */
  readonly direction: Direction;
  readonly clock: Clock;
  /** Aborted when the caller has gone. */
  readonly gone: AbortSignal;
  /** From 0 to 1, the same from run to run for a seed. */
  chance(): number;
  /** The effect has come to pass. Counted once for each call. */
  fired(): void;
  /** Milliseconds of real time on a counter. */
  elapsed(): number;
  /** Resolves after so much real time, or when the caller has gone. */
  wait(ms: number): Promise<void>;
  /** Ends the connection once what was written has gone out. Resolves to what is to be thrown then. */
  hangUp(how: 'close' | 'reset'): Promise<Error>;
  findClusters(): ClusterFinder;
  /** To be done before the operation is handled, or between that and its answer. May throw. */
  before(run: () => Promise<void>): void;
  beforeAnswer(run: () => Promise<void>): void;
  /** What is answered instead. */
  refuse(error: () => ServiceError): void;
  /** What the bytes of that way pass through. */
  stage(direction: Direction, stage: (pieces: Pieces) => Pieces): void;
  /** What the acknowledgements pass through. */
  ackStage(stage: (lines: Lines) => Lines): void;
  /** An answer whose length is told is no longer than this. */
  shorten(bytes: number): void;
  endpointGone(): void;
  /** How much later than it is kept a fragment is listed: the nth of a session that is received, or each that is asked for. */
  listDelay(of: (fragment: number) => number): void;
}

/** What can be done to a call or a message on purpose. */
export interface EffectKind {
  /** Its name, and the member that asks for it. */
  readonly name: keyof FaultEffect;
  /** Members that say more of it. */
  readonly more?: readonly (keyof FaultEffect)[];
  /** Those of one group go for the same: of two rules the first has its way. Its name unless told. */
  readonly group?: string;
  /** Members of a match that say where in a call it comes to pass. */
  readonly where?: readonly ('fragment' | 'afterBytes' | 'direction')[];
  /** Without one of those it makes no sense. */
  readonly needsPlace?: true;
  /** The call goes no further than this: another such effect in the same rule makes no sense. */
  readonly ends?: true;
  /** Why it cannot be had at an operation; undefined if it can. */
  unfit(operation: Faultable): string | undefined;
  /** Lays it out for a call. */
  apply?(scene: Scene, effect: FaultEffect): void;
  /** What it makes of a message. */
  fate?(effect: FaultEffect, chance: () => number): Fate;
}
