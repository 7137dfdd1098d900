import { accountRoot, partitionOf } from '../../domain/resources/scope.ts';
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

/** Whose a request is that does not say it. */
export interface SenderRules {
  readonly account: string;
  readonly region: string;
  /** Whose an access key is that somebody has set. */
  accountOf?(accessKeyId: string): string | undefined;
}

function accountOf({ accessKeyId }: Caller, rules: SenderRules): string {
  return rules.accountOf?.(accessKeyId) ?? (ACCOUNT.test(accessKeyId) ? accessKeyId : rules.account);
}

/**
 * The account is that of the access key, if somebody has set one for it, or the key itself if that is 12 digits; the
 * region is that of the credential scope. Nothing else of a signature is looked at.
 */
export function senderOf(
  { authorization }: { readonly authorization?: string | undefined },
  query: string,
  otherwise: SenderRules,
): Sender {
  const caller = parseCaller(authorization, query);
  return {
    caller,
    account: caller === undefined ? otherwise.account : accountOf(caller, otherwise),
    region: caller !== undefined && REGION.test(caller.region) ? caller.region : otherwise.region,
  };
}

/** Who a sender is as long as nobody looks at signatures: a user that is called like the access key. */
export const principalOf = ({ caller, account, region }: Sender): string =>
  caller === undefined
    ? accountRoot({ account, region })
    : `arn:${partitionOf(region)}:iam::${account}:user/${caller.accessKeyId}`;
