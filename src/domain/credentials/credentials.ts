import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { isEverywhere, type Where } from '../resources/scope.ts';
import { accountOf, EVERYTHING, type Identity, type Policy, plainIdentity } from './identity.ts';
import { type IssuedTo, identityNow } from './issuedTo.ts';

/** An access key, whoever gave it out. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What has to come with it; null: nothing may, undefined: whatever comes will do. */
  readonly sessionToken: string | null | undefined;
  /** On the emulator's clock, ms since the epoch; undefined: it is good for ever. */
  readonly expiresAt: number | undefined;
  readonly identity: Identity;
}

export interface Role {
  readonly arn: string;
  /** Who may assume it: ARNs, accounts, providers of identities, with `*` and `?`. */
  readonly trusts: readonly string[];
  readonly policies: readonly Policy[];
  readonly boundary: Policy | undefined;
  readonly maxSessionMs: number;
}

/** What the IoT credentials provider gives out for things. */
export interface RoleAlias {
  readonly alias: string;
  /** Its ARN. */
  readonly role: string;
  /** Names of things, with `*` and `?`. */
  readonly things: readonly string[];
  readonly durationMs: number;
}

/** Who is known, as somebody has said it. */
export interface CredentialSet {
  readonly accessKeys: readonly AccessKey[];
  readonly roles: readonly Role[];
  readonly aliases: readonly RoleAlias[];
}

export const NOBODY: CredentialSet = { accessKeys: [], roles: [], aliases: [] };

/** A temporary key that was given out, and to whom. */
interface IssuedKey extends AccessKey {
  readonly sessionToken: string;
  readonly expiresAt: number;
  readonly to: IssuedTo;
}

type Secret = 'secretAccessKey';

export interface SavedCredentials {
  readonly set: Omit<CredentialSet, 'accessKeys'> & {
    readonly accessKeys: readonly (Omit<AccessKey, Secret> & Partial<Pick<AccessKey, Secret>>)[];
  };
  readonly issued: readonly Omit<IssuedKey, 'identity'>[];
  /** Absent without secrets: with it the keys are known that are given out next. */
  readonly chance?: string;
}

/** So many of those that were given out are remembered; then the first go. */
const MOST_ISSUED = 10_000;

const HOURS_12_MS = 12 * 3_600_000;
const TEST_SECRET = 'test';
const ACCOUNT = /^\d{12}$/;

export interface CredentialsParts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** That of a key that is not 12 digits. */
  readonly account: string;
  /** As it is at the start. */
  readonly set?: CredentialSet | undefined;
}

/** Who may sign, and as whom: what somebody has said, and the temporary keys that were given out. */
export class Credentials {
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #account: string;
  readonly #first: CredentialSet;
  #set: CredentialSet = NOBODY;
  #keys = new Map<string, AccessKey>();
  readonly #issued = new Map<string, IssuedKey>();
  /** Takes what ends at a time off the clock. */
  readonly #ends = new Map<string, () => void>();
  #chance: Ids;

  constructor({ clock, ids, account, set = NOBODY }: CredentialsParts) {
    this.#clock = clock;
    this.#ids = ids;
    this.#account = account;
    this.#first = set;
    this.#chance = ids.of('credentials');
    this.replace(set);
  }

  get set(): CredentialSet {
    return this.#set;
  }

  /** That which is there goes, but for the temporary keys that were given out. */
  replace(set: CredentialSet): void {
    for (const { accessKeyId } of this.#set.accessKeys) this.#disarm(accessKeyId);
    this.#set = set;
    this.#keys = new Map(set.accessKeys.map((key) => [key.accessKeyId, key]));
    for (const key of set.accessKeys) this.#arm(key);
  }

  find(accessKeyId: string): AccessKey | undefined {
    return this.#issued.get(accessKeyId) ?? this.#keys.get(accessKeyId) ?? this.#testKey(accessKeyId);
  }

  /** Somebody by the ARN: whose a key is, or what a role may do. */
  identityOf(principal: string): Identity | undefined {
    for (const keys of [this.#issued, this.#keys])
      for (const { identity } of keys.values()) if (identity.principal === principal) return identity;
    const user = this.#testKey(principal.slice(principal.lastIndexOf('/') + 1))?.identity;
    if (user?.principal === principal) return user;
    const role = principal.includes(':role/') ? this.role(principal) : undefined;
    if (role === undefined) return undefined;
    const { policies, boundary } = role;
    return { ...plainIdentity(principal, accountOf(principal) ?? this.#account), policies, boundary };
  }

  /** Whose an access key is that somebody has set or that was given out. */
  accountOf(accessKeyId: string): string | undefined {
    return (this.#issued.get(accessKeyId) ?? this.#keys.get(accessKeyId))?.identity.account;
  }

  /** Whether it was given out, or has a token that comes with it. */
  isTemporary(accessKeyId: string): boolean {
    const key = this.#issued.get(accessKeyId) ?? this.#keys.get(accessKeyId);
    return typeof key?.sessionToken === 'string';
  }

  isExpired({ expiresAt }: AccessKey): boolean {
    return expiresAt !== undefined && expiresAt <= this.#clock.now();
  }

  /** As long as nobody has set any role, every account has every role, and each may do all in it. */
  role(arn: string): Role | undefined {
    if (this.#set.roles.length > 0) return this.#set.roles.find((role) => role.arn === arn);
    const account = accountOf(arn);
    if (account === undefined) return undefined;
    return { arn, trusts: [account], policies: [EVERYTHING], boundary: undefined, maxSessionMs: HOURS_12_MS };
  }

  alias(name: string): RoleAlias | undefined {
    return this.#set.aliases.find(({ alias }) => alias === name);
  }

  /**
   * Gives out a temporary key.
   * @param to whose it is: found out again when other things are known of roles and users
   */
  issue(to: IssuedTo, ms: number): AccessKey & { readonly sessionToken: string } {
    const [id, secret, other] = [this.#chance.version(), this.#chance.version(), this.#chance.version()];
    const token = Array.from({ length: 12 }, () => this.#chance.version()).join('');
    return this.#enter({
      accessKeyId: `ASIA${id.toUpperCase().slice(0, 16)}`,
      secretAccessKey: secret + other,
      sessionToken: `IQoJb3JpZ2luX2Vj${token}`,
      expiresAt: this.#clock.now() + ms,
      to,
    });
  }

  #enter(given: Omit<IssuedKey, 'identity'>): IssuedKey {
    let made = identityNow(given.to, this);
    let madeOf = this.#set;
    const current = (): Identity => {
      if (madeOf !== this.#set) [made, madeOf] = [identityNow(given.to, this), this.#set];
      return made;
    };
    const key = {
      ...given,
      get identity() {
        return current();
      },
    };
    const [oldest] = this.#issued.keys();
    if (this.#issued.size >= MOST_ISSUED && oldest !== undefined) this.#forget(oldest);
    this.#issued.set(key.accessKeyId, key);
    this.#arm(key);
    return key;
  }

  /** All as at the start, or what is of an account. Nothing here is of a region. */
  reset(which: Where): void {
    if (!isEverywhere(which) && which.region !== undefined) return;
    const goes = (account: string | undefined): boolean => (which.account ?? account) === account;
    for (const [id, { identity }] of this.#issued) if (goes(identity.account)) this.#forget(id);
    const [first, now] = [this.#first, this.#set];
    if (isEverywhere(which)) this.#chance = this.#ids.of('credentials');
    this.replace({
      accessKeys: merged(first.accessKeys, now.accessKeys, ({ identity }) => goes(identity.account)),
      roles: merged(first.roles, now.roles, ({ arn }) => goes(accountOf(arn))),
      aliases: merged(first.aliases, now.aliases, ({ role }) => goes(accountOf(role))),
    });
  }

  save({ secrets }: { readonly secrets: boolean }): SavedCredentials {
    const { accessKeys, ...others } = this.#set;
    if (!secrets) {
      const masked = accessKeys.map(({ secretAccessKey: _, ...key }) => key);
      return { set: { ...others, accessKeys: masked }, issued: [] };
    }
    const issued = [...this.#issued.values()].map(({ identity: _, ...key }) => key);
    return { set: this.#set, issued, chance: this.#chance.save() };
  }

  /** A key whose secret was left out keeps the one that it has here from the start; without one it is nobody's. */
  load({ set, issued, chance }: SavedCredentials): void {
    const here = this.#keys;
    const accessKeys = set.accessKeys.flatMap((key) => {
      const secretAccessKey = key.secretAccessKey ?? here.get(key.accessKeyId)?.secretAccessKey;
      return secretAccessKey === undefined ? [] : [{ ...key, secretAccessKey }];
    });
    this.replace({ ...set, accessKeys });
    for (const key of issued) this.#enter(key);
    if (chance !== undefined) this.#chance.load(chance);
  }

  #testKey(accessKeyId: string): AccessKey | undefined {
    if (this.#set.accessKeys.length > 0) return undefined;
    const isAccount = ACCOUNT.test(accessKeyId);
    if (!isAccount && accessKeyId !== TEST_SECRET) return undefined;
    const account = isAccount ? accessKeyId : this.#account;
    const principal = `arn:aws:iam::${account}:user/${accessKeyId}`;
    const secrets = { secretAccessKey: TEST_SECRET, sessionToken: undefined, expiresAt: undefined };
    return { accessKeyId, ...secrets, identity: { ...plainIdentity(principal, account), policies: [EVERYTHING] } };
  }

  #arm({ accessKeyId, expiresAt }: AccessKey): void {
    if (expiresAt === undefined || expiresAt <= this.#clock.now()) return;
    // Nothing is to be done then: it is there for whoever asks what comes next.
    const call = this.#clock.at(expiresAt, () => void this.#ends.delete(accessKeyId), { what: 'token' });
    this.#ends.set(accessKeyId, call);
  }

  #disarm(accessKeyId: string): void {
    this.#ends.get(accessKeyId)?.();
    this.#ends.delete(accessKeyId);
  }

  #forget(accessKeyId: string): void {
    this.#issued.delete(accessKeyId);
    this.#disarm(accessKeyId);
  }
}

/** Of those that go, what there was at first; of the others what there is. */
const merged = <T>(first: readonly T[], now: readonly T[], goes: (one: T) => boolean): T[] => [
  ...now.filter((one) => !goes(one)),
  ...first.filter(goes),
];
