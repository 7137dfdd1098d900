import type { AckEvent } from '../fragments/acks.ts';

export type Direction = 'up' | 'down';

/** What a rule is about. Times are in ms since the epoch on the emulator's clock. */
export interface FaultMatch {
  /** Names of operations and messages, planes, or `*`. */
  readonly operation?: string | readonly string[] | undefined;
  readonly stream?: string | undefined;
  readonly channel?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** The nth of a session, from 1. */
  readonly fragment?: number | undefined;
  readonly afterBytes?: number | undefined;
  readonly direction?: Direction | undefined;
  readonly nth?: number | readonly number[] | undefined;
  readonly times?: number | undefined;
  readonly probability?: number | undefined;
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** What it does. Durations are in ms, bandwidth in bytes a second. */
export interface FaultEffect {
  readonly error?: string | undefined;
  readonly message?: string | undefined;
  readonly status?: number | undefined;
  readonly ack?: number | string | undefined;
  readonly latency?: number | undefined;
  readonly jitter?: number | undefined;
  readonly stall?: number | undefined;
  readonly bandwidth?: number | undefined;
  readonly truncate?: boolean | undefined;
  readonly close?: boolean | undefined;
  readonly reset?: boolean | undefined;
  readonly endpoint?: 'gone' | undefined;
  readonly ackDelay?: number | undefined;
  readonly ackDrop?: boolean | undefined;
  readonly acks?: readonly AckEvent[] | undefined;
  readonly listDelay?: number | undefined;
  readonly drop?: boolean | undefined;
  readonly duplicate?: boolean | undefined;
  readonly reorder?: number | undefined;
  readonly refuse?: number | undefined;
}
