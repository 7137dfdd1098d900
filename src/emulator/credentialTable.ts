import { anything, date, duration, nullable, union } from '../protocol/ownShapes.ts';
import { list, map, object, string } from '../protocol/shapes.ts';
import type { ControlTable } from './controlInput.ts';

// What a file of credentials, and the controls, take.

const MOST = 1000;
const LONGEST = 2048;
const PRINCIPAL = 'arn:[a-z\\d-]+:(iam|sts)::\\d{12}:(root|(user|assumed-role|federated-user)/[!-~]+)';
const ROLE = 'arn:[a-z\\d-]+:iam::\\d{12}:role/[!-~]+';

const text = (means: string) => string({ min: 1, max: LONGEST, means });
const patterns = (means: string) => list(text(means), { max: MOST });
const policy = anything();

const accessKey = object({
  accessKeyId: string({
    pattern: '[\\w.+=@-]+',
    min: 1,
    max: 128,
    hint: 'Give letters, digits and _.+=@-, 128 at most.',
  }),
  secretAccessKey: text('masked where it is told; masked, the old one stays'),
  sessionToken: nullable(text('what has to come with it')),
  expiresAt: nullable(date({ means: 'on the emulator’s clock' })),
  principal: nullable(
    string({
      pattern: PRINCIPAL,
      max: LONGEST,
      hint: 'Give an ARN like "arn:aws:iam::000000000000:user/device-1".',
      means: 'whose it is; a user by the name of the key if not said',
    }),
  ),
  policies: list(policy, { max: MOST }),
  boundary: nullable(policy),
  sessionPolicy: nullable(policy),
  tags: map(string({ min: 1, max: 128 }), string({ max: 256 }), { max: MOST }),
  context: map(text('a key of conditions'), union(string(), list(string(), { max: MOST })), { max: MOST }),
});

const role = object({
  arn: string({
    pattern: ROLE,
    max: LONGEST,
    hint: 'Give an ARN like "arn:aws:iam::000000000000:role/viewer".',
  }),
  trusts: patterns('who may assume it, with * and ?'),
  policies: list(policy, { max: MOST }),
  boundary: nullable(policy),
  maxSession: duration({ min: 1000, max: 129_600_000, hint: 'Give a duration from a second to 36 hours, like "1h".' }),
});

const iotRoleAlias = object({
  alias: string({ pattern: '[\\w=,@-]+', min: 1, max: 128, hint: 'Give letters, digits and _=,@-, 128 at most.' }),
  role: string({ max: LONGEST, means: 'the ARN of one of the roles' }),
  things: patterns('names of things, with * and ?'),
  duration: duration({ min: 1000, max: 43_200_000, hint: 'Give a duration from a second to 12 hours, like "1h".' }),
});

export const credentialTable = {
  subject: 'The credentials',
  hint: 'Give any of the lists accessKeys, roles and iotRoleAliases.',
  members: {
    accessKeys: list(accessKey, { max: MOST }),
    roles: list(role, { max: MOST }),
    iotRoleAliases: list(iotRoleAlias, { max: MOST }),
  },
} as const satisfies ControlTable;
