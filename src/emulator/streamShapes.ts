import type { Given } from '../protocol/ownShapes.ts';
import { date, duration } from '../protocol/ownShapes.ts';
import { integer, oneOf, required, string } from '../protocol/shapes.ts';
import type { ControlTable } from './controlInput.ts';
import { listQuery } from './lists.ts';
import { countNeedsWait, LONGEST_WAIT_MS } from './waits.ts';
import { account, region } from './whereShapes.ts';

// What the controls of streams take.

export const MOST_FRAGMENTS = 1000;
const name = required(string({ min: 1, max: 256, means: 'the name of a stream' }));
const OWN = 'Name a stream, and with "account" and "region" whose it is if it is not of the emulator’s own.';

export const streamsQuery = {
  subject: 'The list of streams',
  ...listQuery,
} as const satisfies ControlTable;

export const streamQuery = {
  subject: 'A stream',
  hint: OWN,
  members: { name, account, region },
} as const satisfies ControlTable;

export const fragmentsQuery = {
  subject: 'The list of fragments',
  hint: 'Give from, to, axis ("server" or "producer"), limit and after; ?wait=10s&count=3 waits until so many are there.',
  members: {
    name,
    account,
    region,
    from: date({ means: 'with that time or a later one' }),
    to: date({ means: 'with that time or an earlier one' }),
    axis: { ...oneOf('server', 'producer'), means: 'which of its times; server if not said' },
    limit: integer({ min: 1, max: MOST_FRAGMENTS, means: 'so many at most; 100 if not said' }),
    after: string({
      min: 1,
      max: 128,
      pattern: '[0-9]+',
      means: 'the last fragment number seen: what comes behind it',
    }),
    wait: duration({ max: LONGEST_WAIT_MS, means: 'holds the answer until `count` are there for good, or so long' }),
    count: integer({ min: 1, max: MOST_FRAGMENTS, means: 'how many to wait for; 1 by default' }),
  },
  together: countNeedsWait,
} as const satisfies ControlTable;

export const waitRequest = {
  subject: 'waitForFragments',
  hint: 'Give waitForFragments(name, 3, { timeout: "10s" }).',
  members: {
    name,
    count: integer({ min: 1, max: MOST_FRAGMENTS }),
    account,
    region,
    after: fragmentsQuery.members.after,
    timeout: duration({ max: LONGEST_WAIT_MS }),
  },
} as const satisfies ControlTable;

export const fragmentQuery = {
  subject: 'A fragment',
  hint: OWN,
  members: {
    name,
    account,
    region,
    number: required(string({ min: 1, max: 128, pattern: '[0-9]+', means: 'the number of a fragment' })),
  },
} as const satisfies ControlTable;

export const disconnectRequest = {
  subject: 'What is disconnected',
  hint: 'Give {"which": "producers"} or {"which": "readers"}, nothing for both.',
  members: {
    name,
    account,
    region,
    which: { ...oneOf('producers', 'readers', 'both'), means: 'both if not said' },
  },
} as const satisfies ControlTable;

export type StreamsQuery = Given<typeof streamsQuery.members>;
export type StreamWhere = Omit<Given<typeof streamQuery.members>, 'name'>;
export type FragmentsQuery = Omit<Given<typeof fragmentsQuery.members>, 'name'>;
export type FragmentWait = Omit<Given<typeof waitRequest.members>, 'name' | 'count'>;
export type DisconnectRequest = Omit<Given<typeof disconnectRequest.members>, 'name'>;
