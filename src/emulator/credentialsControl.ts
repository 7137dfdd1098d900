import type { AccessKey, Credentials, Role, RoleAlias } from '../domain/credentials/credentials.ts';
import type { Policy } from '../domain/credentials/identity.ts';
import { toIso } from '../runtime/time.ts';
import { type GivenCredentials, MASKED, type ReadingRules, readCredentials } from './credentialReader.ts';

/** Who may sign requests, as it is told: secrets are masked. */
export interface CredentialsView {
  readonly accessKeys: readonly {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string | null;
    /** ISO 8601, on the emulator's clock. */
    readonly expiresAt: string | null;
    readonly principal: string;
    readonly policies: readonly Policy[];
    readonly boundary: Policy | null;
    readonly sessionPolicy: Policy | null;
    readonly tags: Readonly<Record<string, string>>;
    readonly context: Readonly<Record<string, string | readonly string[]>>;
  }[];
  readonly roles: readonly {
    readonly arn: string;
    readonly trusts: readonly string[];
    readonly policies: readonly Policy[];
    readonly boundary: Policy | null;
    readonly maxSession: string;
  }[];
  readonly iotRoleAliases: readonly {
    readonly alias: string;
    readonly role: string;
    readonly things: readonly string[];
    readonly duration: string;
  }[];
}

/** Who may sign requests. As long as there is no access key, `test` and any 12 digits with the secret `test` may do all. */
export interface EmulatorCredentials {
  get(): CredentialsView;
  /** In place of what there is. A masked secret is the one that was there. */
  set(credentials: GivenCredentials): CredentialsView;
  /** Adds what is new, and of what is there changes what is said. */
  change(credentials: GivenCredentials): CredentialsView;
}

export function credentialsControl(credentials: Credentials, rules: ReadingRules): EmulatorCredentials {
  // A copy: whoever has it may do with it what they like.
  const view = (): CredentialsView =>
    structuredClone({
      accessKeys: credentials.set.accessKeys.map(keyView),
      roles: credentials.set.roles.map(roleView),
      iotRoleAliases: credentials.set.aliases.map(aliasView),
    });
  const take =
    (changes: boolean) =>
    (given: GivenCredentials): CredentialsView => {
      credentials.replace(readCredentials(given, credentials.set, { ...rules, changes }));
      return view();
    };
  return { get: view, set: take(false), change: take(true) };
}

/** `3600s`: as it may be given. */
const seconds = (ms: number): string => `${ms / 1000}s`;

const keyView = ({ accessKeyId, sessionToken, expiresAt, identity }: AccessKey) => ({
  accessKeyId,
  secretAccessKey: MASKED,
  sessionToken: typeof sessionToken === 'string' ? MASKED : null,
  expiresAt: expiresAt === undefined ? null : toIso(expiresAt),
  principal: identity.principal,
  policies: identity.policies,
  boundary: identity.boundary ?? null,
  sessionPolicy: identity.sessionPolicies[0] ?? null,
  tags: Object.fromEntries(identity.tags),
  context: Object.fromEntries(identity.context),
});

const roleView = ({ arn, trusts, policies, boundary, maxSessionMs }: Role) => ({
  ...{ arn, trusts, policies, boundary: boundary ?? null },
  maxSession: seconds(maxSessionMs),
});

const aliasView = ({ alias, role, things, durationMs }: RoleAlias) => ({
  ...{ alias, role, things },
  duration: seconds(durationMs),
});
