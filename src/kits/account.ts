import { systemChance } from '../runtime/random.ts';

/** A fresh account: what an AWS client is made with, as it is. Nothing of what other tests do is seen by its clients. */
export interface Account {
  /** Base address of the emulator. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** 12 digits, which are the access key as well. */
  readonly accountId: string;
}

/** Never seeded: tests that run beside each other on one emulator must not meet. */
const random = systemChance();
const DIGITS = 1_000_000;
/** Matchers may come from another copy of the package than the account, such as that for require(). */
const TOKEN = Symbol.for('kvs-emulator.adminToken');

/** Costs nothing: an account is there with the first request that is signed for it. */
export function freshAccount(endpoint: string, region = 'us-east-1', adminToken?: string): Account {
  const part = (): string => String(random.uint32() % DIGITS).padStart(6, '0');
  const accountId = `${part()}${part()}`;
  const account = { endpoint, region, credentials: { accessKeyId: accountId, secretAccessKey: 'test' }, accountId };
  return carryToken(account, adminToken);
}

/** Has matchers that are given it know the emulator's admin token. It is no member that would be shown, compared or spread. */
export const carryToken = <T extends object>(who: T, value: string | undefined): T =>
  Object.defineProperty(who, TOKEN, { value });

export const tokenOf = (who: object): string | undefined => (who as { [TOKEN]?: string })[TOKEN];
