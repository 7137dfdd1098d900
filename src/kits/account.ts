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

/** Costs nothing: an account is there with the first request that is signed for it. */
export function freshAccount(endpoint: string, region = 'us-east-1'): Account {
  const part = (): string => String(random.uint32() % DIGITS).padStart(6, '0');
  const accountId = `${part()}${part()}`;
  return { endpoint, region, credentials: { accessKeyId: accountId, secretAccessKey: 'test' }, accountId };
}
