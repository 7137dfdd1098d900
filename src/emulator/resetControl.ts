import type { Events } from '../domain/events/events.ts';
import { isEverywhere } from '../domain/resources/scope.ts';
import type { Streams } from '../domain/streams/streams.ts';
import type { Given } from '../protocol/ownShapes.ts';
import { oneOf } from '../protocol/shapes.ts';
import type { ControllableClock } from '../runtime/clock.ts';
import { eventLoopTurn } from '../runtime/wall.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import type { Part } from './part.ts';
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
  },
} as const satisfies ControlTable;

/** What to reset; everything by default. `clock: 'keep'` lets the emulated time go on as it is. */
export type ResetOptions = Given<typeof resetRequest.members>;

export interface ResetResult {
  /** How many streams have gone. */
  readonly streams: number;
}

export type Reset = (which?: ResetOptions) => Promise<ResetResult>;

/** Takes back what was done. */
export function resetControl(
  clock: ControllableClock,
  streams: Pick<Streams, 'all'>,
  parts: readonly Part[],
  events?: Pick<Events, 'tell'>,
): Reset {
  return async (options = {}) => {
    const { account, region, clock: keep } = readControl(resetRequest, options);
    const which = { account, region };
    const gone = await clock.still(() => {
      let count = 0;
      for (const _ of streams.all(which)) count += 1;
      for (const part of parts) part.reset(which);
      if (isEverywhere(which)) clock.reset({ keepTime: keep === 'keep' });
      return count;
    });
    if (isEverywhere(which) && keep !== 'keep') events?.tell('clock', {}, () => ({}));
    // Connections that were open learn of it now, and not in the middle of what the caller does next.
    await eventLoopTurn();
    await eventLoopTurn();
    return { streams: gone };
  };
}
