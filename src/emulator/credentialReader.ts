import type { AccessKey, CredentialSet, Role, RoleAlias } from '../domain/credentials/credentials.ts';
import { accountOf, type Policy, plainIdentity } from '../domain/credentials/identity.ts';
import type { Given } from '../protocol/ownShapes.ts';
import type { MembersValue } from '../protocol/shapes.ts';
import { ControlError } from './controlError.ts';
import { readControl } from './controlInput.ts';
import { credentialTable } from './credentialTable.ts';
import { checkedPolicy } from './policyInput.ts';

/** What credentials are given as. */
export type GivenCredentials = Given<typeof credentialTable.members>;

type Read = MembersValue<typeof credentialTable.members>;
type ReadKey = NonNullable<Read['accessKeys']>[number];
type ReadRole = NonNullable<Read['roles']>[number];
type ReadAlias = NonNullable<Read['iotRoleAliases']>[number];

/** What stands for a secret where it is told. */
export const MASKED = '****';
const HOUR_MS = 3_600_000;
const ACCOUNT = /^\d{12}$/;

export interface ReadingRules {
  /** That of keys that are not 12 digits. */
  readonly account: string;
}

/**
 * What is known from now on. `old` is what is known: a masked secret is the old one, and with `changes` what is not said
 * stays, entry by entry.
 * @throws ControlError for what makes no sense
 */
export function readCredentials(
  given: unknown,
  old: CredentialSet,
  rules: ReadingRules & { readonly changes?: boolean },
): CredentialSet {
  const read = readControl(credentialTable, given);
  const { changes = false } = rules;
  const roles = entriesOf('roles', 'arn', read.roles, changes ? old.roles : [], ({ arn }) => arn);
  const keys = entriesOf('accessKeys', 'accessKeyId', read.accessKeys, changes ? old.accessKeys : [], idOf);
  const aliases = entriesOf('iotRoleAliases', 'alias', read.iotRoleAliases, changes ? old.aliases : [], nameOf);
  const made: CredentialSet = {
    accessKeys: keys.map(({ entry, before, path }) =>
      entry === undefined ? (before as AccessKey) : keyOf(entry, before, { ...rules, path, masked: old.accessKeys }),
    ),
    roles: roles.map(({ entry, before, path }) =>
      entry === undefined ? (before as Role) : roleOf(entry, before, { ...rules, path }),
    ),
    aliases: aliases.map(({ entry, before, path }) =>
      entry === undefined ? (before as RoleAlias) : aliasOf(entry, before, path),
    ),
  };
  for (const [at, { role }] of made.aliases.entries()) {
    if (made.roles.length === 0 || made.roles.some(({ arn }) => arn === role)) continue;
    const path = aliases[at]?.path === '' ? undefined : `${aliases[at]?.path}/role`;
    throw new ControlError(`There is no role ${JSON.stringify(role)}.`, 'Name the ARN of one of "roles".', path);
  }
  return made;
}

const idOf = ({ accessKeyId }: AccessKey): string => accessKeyId;
const nameOf = ({ alias }: RoleAlias): string => alias;

interface Entry<Given, Known> {
  /** Undefined: nothing is said of it. */
  readonly entry: Given | undefined;
  readonly before: Known | undefined;
  readonly path: string;
}

/** Those that are known and those that are said something of, each once. */
function entriesOf<Given, Known>(
  listName: string,
  member: keyof Given & string,
  given: readonly Given[] = [],
  known: readonly Known[],
  nameIt: (one: Known) => string,
): Entry<Given, Known>[] {
  const said = new Map<string, Entry<Given, Known>>();
  for (const one of known) said.set(nameIt(one), { entry: undefined, before: one, path: '' });
  for (const [at, entry] of given.entries()) {
    const path = `/${listName}/${at}`;
    const name = entry[member] as string | undefined;
    if (name === undefined) throw missing(member, path);
    const { before, entry: earlier } = said.get(name) ?? {};
    if (earlier !== undefined) {
      throw new ControlError(`There are two of ${JSON.stringify(name)}.`, 'Give each once.', `${path}/${member}`);
    }
    said.set(name, { entry, before, path });
  }
  return [...said.values()];
}

const missing = (member: string, path: string): ControlError =>
  new ControlError(`"${member}" is missing.`, credentialTable.hint, `${path}/${member}`);

interface Place extends ReadingRules {
  readonly path: string;
}

function keyOf(
  given: ReadKey,
  before: AccessKey | undefined,
  place: Place & { masked: readonly AccessKey[] },
): AccessKey {
  const { accessKeyId = '' } = given;
  const { path, masked } = place;
  const old = before ?? masked.find((key) => key.accessKeyId === accessKeyId);
  const secretAccessKey = unmasked(given.secretAccessKey, old?.secretAccessKey, `${path}/secretAccessKey`);
  const sessionToken = unmasked(given.sessionToken, old?.sessionToken, `${path}/sessionToken`);
  const secret = secretAccessKey ?? before?.secretAccessKey;
  if (secret === undefined) throw missing('secretAccessKey', path);
  const own = ACCOUNT.test(accessKeyId) ? accessKeyId : place.account;
  const principal = said(given.principal, before?.identity.principal) ?? `arn:aws:iam::${own}:user/${accessKeyId}`;
  const was = before?.identity ?? plainIdentity(principal, accountOf(principal) ?? own);
  const { tags = was.tags, context = was.context } = given;
  const narrowed = said(given.sessionPolicy, was.sessionPolicies[0]);
  return {
    accessKeyId,
    secretAccessKey: secret,
    sessionToken: sessionToken === undefined ? (before?.sessionToken ?? null) : sessionToken,
    expiresAt: said(given.expiresAt, before?.expiresAt) ?? undefined,
    identity: {
      principal,
      account: accountOf(principal) ?? own,
      policies: policiesOf(given.policies, place) ?? was.policies,
      boundary: policyOf(said(given.boundary, was.boundary), place, 'boundary'),
      sessionPolicies: [policyOf(narrowed, place, 'sessionPolicy')].filter((one) => one !== undefined),
      tags,
      context,
    },
  };
}

/** What was said, or else what was there; null says that there is none. */
const said = <T>(given: T | null | undefined, before: T | undefined): T | undefined =>
  given === undefined ? before : (given ?? undefined);

function unmasked<T extends string | null>(given: T | undefined, old: T | undefined, path: string): T | undefined {
  if (given !== MASKED) return given;
  if (old !== undefined) return old;
  throw new ControlError('There is no old one that the mask could stand for.', 'Write it out.', path);
}

function roleOf(given: ReadRole, before: Role | undefined, place: Place): Role {
  return {
    arn: given.arn ?? '',
    trusts: given.trusts ?? before?.trusts ?? ['*'],
    policies: policiesOf(given.policies, place) ?? before?.policies ?? [],
    boundary: policyOf(said(given.boundary, before?.boundary), place, 'boundary'),
    maxSessionMs: given.maxSession ?? before?.maxSessionMs ?? HOUR_MS,
  };
}

function aliasOf(given: ReadAlias, before: RoleAlias | undefined, path: string): RoleAlias {
  const role = given.role ?? before?.role;
  if (role === undefined) throw missing('role', path);
  return {
    alias: given.alias ?? '',
    role,
    things: given.things ?? before?.things ?? ['*'],
    durationMs: given.duration ?? before?.durationMs ?? HOUR_MS,
  };
}

const policiesOf = (given: readonly unknown[] | undefined, place: Place): Policy[] | undefined =>
  given?.map((one, at) => policyOf(one, place, `policies/${at}`) as Policy);

const policyOf = (given: unknown, { path }: Place, member: string): Policy | undefined =>
  given === undefined ? undefined : checkedPolicy(given, `${path}/${member}`);
