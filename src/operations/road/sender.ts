import { partitionOf } from '../../domain/resources/scope.ts';
import { type Caller, parseCaller } from '../../protocol/sigv4/parse.ts';

const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z0-9-]{1,64}$/;

/** Whose a request is. */
export interface Sender {
  /** Who signed it, if somebody did. */
  readonly caller: Caller | undefined;
  readonly account: string;
  readonly region: string;
}

/**
 * The account is the access key if that is 12 digits, the region that of the credential scope. Nothing else of a
 * signature is looked at: any or no credentials will do.
 */
export function senderOf(
  { authorization }: { readonly authorization?: string | undefined },
  query: string,
  otherwise: { readonly account: string; readonly region: string },
): Sender {
  const caller = parseCaller(authorization, query);
  return {
    caller,
    account: caller !== undefined && ACCOUNT.test(caller.accessKeyId) ? caller.accessKeyId : otherwise.account,
    region: caller !== undefined && REGION.test(caller.region) ? caller.region : otherwise.region,
  };
}

/** Who a sender is as long as nobody looks at signatures: a user that is called like the access key. */
export const principalOf = ({ caller, account, region }: Sender): string =>
  `arn:${partitionOf(region)}:iam::${account}:${caller === undefined ? 'root' : `user/${caller.accessKeyId}`}`;
