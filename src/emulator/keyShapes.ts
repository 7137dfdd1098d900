import { ALIAS, KEY_ID } from '../domain/keys/keyId.ts';
import { KEY_REFUSALS } from '../domain/keys/keyRefusals.ts';
import { KEY_STATES, KEY_USAGES } from '../domain/keys/keyStates.ts';
import { anything, type Given, nullable, oneOrMany } from '../protocol/ownShapes.ts';
import { integer, keyOf, list, object, required, string } from '../protocol/shapes.ts';
import type { ControlTable } from './controlInput.ts';
import { listQuery, MOST_LISTED } from './lists.ts';
import { account, region } from './whereShapes.ts';

// What can be asked of the keys of the built-in KMS.

/** Made at once. */
const MOST_MADE = 1000;
const MOST_PRINCIPALS = 100;
const MOST_ALIASES = 50;

const PRINCIPAL = '\\*|\\d{12}|arn:[^:]+:(iam|sts)::.+|arn:.*\\*.*';

const settings = {
  state: { ...keyOf(KEY_STATES), means: 'of the key, in KMS’s words' },
  aliases: list(
    string({ pattern: ALIAS, max: 256, hint: 'Give names like "alias/camera": letters, digits, / _ and -.' }),
    { max: MOST_ALIASES },
  ),
  principals: list(
    string({
      pattern: PRINCIPAL,
      max: 2048,
      hint: 'Give "*" for all, an account of 12 digits, or the ARN of a user or role, in which * stands for anything.',
    }),
    { max: MOST_PRINCIPALS },
  ),
  usage: keyOf(KEY_USAGES),
  fails: { ...nullable(keyOf(KEY_REFUSALS)), means: 'what each use is refused with; null to end it' },
};

const id = string({ pattern: KEY_ID, max: 64, hint: 'Give up to 64 letters, digits, dots, _ and -.' });
const named = required(string({ min: 1, max: 2048, means: 'the id, the ARN or an alias of a key' }));
const HINT =
  'Name a key by its id, its ARN or an alias; with "account" and "region" if it is not of the emulator’s own.';

export const newKey = object({
  id,
  ...settings,
  spec: string({ pattern: '[A-Z0-9_]+', min: 1, max: 64, means: 'SYMMETRIC_DEFAULT; no other has data keys' }),
  account,
  region,
  // Told, and not taken: what was told can be given back.
  arn: anything(),
  manager: anything(),
  versions: anything(),
  calls: anything(),
});

export const keysQuery = {
  subject: 'The list of keys',
  ...listQuery,
} as const satisfies ControlTable;

export const keysMade = {
  subject: 'What makes keys',
  hint: 'Give a key like {"aliases": ["alias/camera"]}, in which all is optional, or a list of them.',
  members: { keys: oneOrMany(newKey, MOST_MADE), account, region },
} as const satisfies ControlTable;

export const keyNamed = { subject: 'A key', hint: HINT, members: { id: named, account, region } } as const;

export const keyChange = {
  subject: 'A change of a key',
  hint: 'Give any of state, aliases, principals, usage, fails.',
  members: { id: named, account, region, ...settings },
  together: (names: readonly string[]) =>
    names.some((name) => Object.hasOwn(settings, name)) ? undefined : (['Nothing is said to be changed.'] as const),
} as const satisfies ControlTable;

export const keyCallsQuery = {
  subject: 'The calls of a key',
  hint: HINT,
  members: {
    ...keyNamed.members,
    after: integer({ min: 0, means: 'the last id seen: what comes behind it' }),
    limit: integer({ min: 1, max: MOST_LISTED, means: 'so many at most' }),
  },
} as const satisfies ControlTable;
export type KeysQuery = Given<typeof keysQuery.members>;
export type NewKeyGiven = Given<typeof newKey.members>;
export type KeyWhere = Omit<Given<typeof keyNamed.members>, 'id'>;
export type KeyChangeGiven = Omit<Given<typeof keyChange.members>, 'id'>;
export type KeyCallsQuery = Omit<Given<typeof keyCallsQuery.members>, 'id'>;
