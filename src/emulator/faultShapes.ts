import { date, duration, fraction, type Given, union } from '../protocol/ownShapes.ts';
import { boolean, integer, list, object, oneOf, required, string } from '../protocol/shapes.ts';
import type { ControlTable } from './controlInput.ts';
import { account, region } from './whereShapes.ts';

// What a rule is made of: what it is about, what it does. faultSense.ts says what of it makes no sense together.

const DAY_MS = 86_400_000;
const LONGEST_NAME = 256;
const MOST_NAMES = 100;
const MOST_NTH = 1000;
const MOST_BYTES = 2 ** 40;

const operation = string({ min: 1, max: 64, means: 'an operation, a message (`SDP_OFFER`, …), a plane, or `*`' });
const glob = (means: string) => string({ min: 1, max: LONGEST_NAME, means });
const place = integer({ min: 1, max: 1_000_000_000 });
const lasting = (means: string) => duration({ min: 1, max: DAY_MS, means, hint: SPAN });
const SPAN = 'Give seconds as a number, or a duration like "250ms" or "10s"; a day at most, and more than nothing.';
const BANDWIDTH = 'Give bytes a second, or a rate like "256kbit", "1mbit", "64kB" or "1MB".';

const matchMembers = {
  operation: union(operation, list(operation, { min: 1, max: MOST_NAMES })),
  stream: glob('the name of a stream, with * and ?'),
  channel: glob('the name of a channel, with * and ?'),
  account,
  region,
  fragment: { ...place, means: 'the nth of a session, from 1' },
  afterBytes: integer({ min: 0, max: MOST_BYTES, means: 'so many bytes into the body, or into that fragment' }),
  direction: { ...oneOf('up', 'down'), means: 'up is what the caller sends, down what it gets' },
  nth: {
    ...union(place, list(place, { min: 1, max: MOST_NTH })),
    means: 'fires at that call of those it is about, counted from when the rule was made',
  },
  times: { ...place, means: 'so often at most' },
  probability: fraction({
    min: Number.MIN_VALUE,
    max: 1,
    means: 'of each such call, by the seed',
    hint: 'Give a number above 0 and up to 1.',
  }),
  from: date({ means: 'from then on, by the emulator’s clock' }),
  until: date({ means: 'before then' }),
};

const yes = (means: string) => ({ ...boolean(), means });

const effectMembers = {
  error: string({ pattern: '[A-Za-z][A-Za-z0-9_.]*', max: 128, means: 'AWS’s name of an error' }),
  message: string({ max: 1024, pattern: '[\\u0020-\\u007e]*', means: 'its text', hint: 'Give printable ASCII.' }),
  status: integer({ min: 400, max: 599, hint: 'Give a status from 400 to 599.' }),
  ack: {
    ...union(integer({ min: 4000, max: 5999 }), string({ min: 1, max: 64 })),
    means: 'id or name of an ERROR acknowledgement',
  },
  latency: lasting('so much later comes the answer, or with direction up the call; of a message, by the clock'),
  jitter: lasting('so much more or less, by the seed'),
  stall: lasting('the body pauses so long'),
  bandwidth: {
    ...union(integer({ min: 1, max: MOST_BYTES }), string({ min: 1, max: 32 })),
    means: 'of the body: bytes a second, or like `1mbit`',
    hint: BANDWIDTH,
  },
  truncate: yes('the body ends there, as if that were all'),
  close: yes('the connection is closed (FIN)'),
  reset: yes('the connection is reset (RST)'),
  endpoint: { ...oneOf('gone'), means: 'the address that is handed out is one where nobody answers' },
  ackDelay: lasting('acknowledgements come so much later, by the clock'),
  ackDrop: yes('acknowledgements never come'),
  acks: {
    ...list(oneOf('BUFFERING', 'RECEIVED', 'PERSISTED', 'ERROR', 'IDLE'), { min: 1, max: 5 }),
    means: 'of these kinds; all if not said',
  },
  listDelay: lasting('fragments are listed so much later, by the clock'),
  drop: yes('the message is lost'),
  duplicate: yes('it comes twice'),
  reorder: integer({ min: 1, max: 100, means: 'so many later ones go before it' }),
  refuse: integer({ min: 400, max: 599, means: 'the connection, or the message, is refused with this status' }),
};

export const faultMatch = object(matchMembers);
export const faultEffect = object(effectMembers);
export const faultId = string({
  pattern: '[A-Za-z0-9_.-]{1,64}',
  max: 64,
  hint: 'Give 1 to 64 letters, digits, dots, underscores or hyphens.',
});

/** One rule. */
export const faultTable = {
  subject: 'A fault',
  hint: 'Send {"match": {"operation": "PutMedia", "fragment": 3}, "effect": {"ack": 5000}}.',
  members: { id: faultId, match: faultMatch, effect: required(faultEffect), set: faultId },
  ignores: ['fired', 'lastFiredAt', 'lastRequests'],
} as const satisfies ControlTable;

/** What a set is narrowed to. */
export const narrowTable = {
  subject: 'What a set is narrowed to',
  hint: 'Send members of a match, such as {"stream": "door*"}.',
  members: matchMembers,
} as const satisfies ControlTable;

export type GivenFault = Given<(typeof faultTable)['members']>;
export type FaultNarrowing = Given<typeof matchMembers>;

const UNITS: Readonly<Record<string, number>> = { kbit: 125, mbit: 125_000, kB: 1000, MB: 1_000_000 };

/** Bytes a second of `256kbit`, `1mbit`, `64kB`, `1MB` or a number; undefined if it is none. */
export function parseBandwidth(given: number | string): number | undefined {
  if (typeof given === 'number') return given;
  const [, amount, unit = ''] = /^(\d{1,12}(?:\.\d{1,6})?)(kbit|mbit|kB|MB)?$/.exec(given) ?? [];
  const rate = Math.floor(Number(amount) * (unit === '' ? 1 : (UNITS[unit] ?? 0)));
  return rate >= 1 && rate <= MOST_BYTES ? rate : undefined;
}

export const BANDWIDTH_HINT = BANDWIDTH;
