import type { Events } from '../domain/events/events.ts';
import { isEverywhere } from '../domain/resources/scope.ts';
import type { Streams } from '../domain/streams/streams.ts';
import type { Given } from '../protocol/ownShapes.ts';
import { oneOf } from '../protocol/shapes.ts';
import type { ControllableClock } from '../runtime/clock.ts';
import { eventLoopTurn } from '../runtime/wall.ts';
import { ControlError } from './controlError.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import type { PartRow } from './part.ts';
import type { SeedAtStart } from './seedControl.ts';
import { account, region } from './whereShapes.ts';

/** The whole emulator as it started, or what there is of an account, of a region, or of both. */
export const resetRequest = {
  subject: 'Reset',
  hint: 'Send POST /_kvs/reset for everything, or with ?account=, ?region= or both for a part; ?clock=keep lets time go on.',
  members: {
    account,
    region,
    clock: {
      ...oneOf('keep'),
      means: 'lets the emulated time go on as it is, which it always does if only a part is reset',
      refusal: (value: unknown) =>
        typeof value === 'string'
          ? `${JSON.stringify(value.slice(0, 64))} cannot be "clock": it is kept or not said.`
          : 'The clock is no string.',
    },
    data: {
      ...oneOf('delete'),
      means: 'deletes the media of the data folder too: without it an emulator that has one refuses',
      refusal: (value: unknown) =>
        typeof value === 'string'
          ? `${JSON.stringify(value.slice(0, 64))} cannot be "data": it is delete or not said.`
          : 'What is to become of the data is no string.',
    },
  },
} as const satisfies ControlTable;

/** What to reset; everything by default. `clock: 'keep'` lets the emulated time go on as it is. */
export type ResetOptions = Given<typeof resetRequest.members>;

export interface ResetResult {
  /** How many streams have gone. */
  readonly streams: number;
}

export type Reset = (which?: ResetOptions) => Promise<ResetResult>;

export interface ResetParts {
  readonly clock: ControllableClock;
  readonly streams: Pick<Streams, 'all'>;
  readonly parts: readonly PartRow[];
  readonly events?: Pick<Events, 'tell'>;
  /** Rejects with a ControlError while that cannot be made again: nothing goes then. */
  readonly ready?: (() => Promise<void>) | undefined;
  /** Makes again what there was from the start, once everything has gone: it is told whether the time stays. */
  readonly begin?: ((keep: { readonly time: boolean }) => void | Promise<void>) | undefined;
  /** The same of what is asked for as callers ask, once the clock is free again. */
  readonly seedAtStart?: SeedAtStart | undefined;
  /** What it has outlasts the process. */
  readonly lasts?: boolean | undefined;
}

/** Takes back what was done. */
export function resetControl({
  clock,
  streams,
  parts,
  events,
  ready,
  begin,
  lasts = false,
  seedAtStart,
}: ResetParts): Reset {
  return async (options = {}) => {
    const { account, region, clock: keep, data } = readControl(resetRequest, options);
    if (lasts && data !== 'delete') throw new ControlError(LASTS, SAY_SO, undefined, 'taken');
    const which = { account, region };
    const time = keep === 'keep';
    if (isEverywhere(which)) await ready?.();
    const gone = await clock.still(async () => {
      let count = 0;
      for (const _ of streams.all(which)) count += 1;
      for (const { part } of parts) part.reset(which);
      if (isEverywhere(which)) {
        clock.reset({ keepTime: time });
        await begin?.({ time });
      }
      return count;
    });
    if (isEverywhere(which) && !time) events?.tell('clock', {}, () => ({}));
    // Connections that were open learn of it now, and not in the middle of what the caller does next.
    await eventLoopTurn();
    await eventLoopTurn();
    if (isEverywhere(which)) await seedAtStart?.({ time });
    return { streams: gone };
  };
}

const LASTS = 'A reset would delete what is in the data folder.';
const SAY_SO =
  'Say that this is meant: POST /_kvs/reset?data=delete, reset({ data: "delete" }), or kvs-emulator reset --yes.';
