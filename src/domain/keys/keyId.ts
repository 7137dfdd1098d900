import { partitionOf, type Scope } from '../resources/scope.ts';

/** What a KmsKeyId names: a key by its id, or whatever key an alias belongs to. */
export interface KeyName {
  readonly kind: 'key' | 'alias';
  /** An id, or a name with `alias/` in front. */
  readonly name: string;
  /** Where it is: by an ARN anywhere, otherwise where whoever names it is. */
  readonly scope: Scope;
}

/** The key that streams have which name none. It is there once it is needed. */
export const DEFAULT_ALIAS = 'alias/aws/kinesisvideo';
export const KEY_ID = '[A-Za-z0-9_.-]{1,64}';
export const ALIAS = 'alias/[a-zA-Z0-9/_-]{1,250}';
const FORM = new RegExp(
  `^(?:arn:aws[a-z-]*:kms:([a-z0-9-]{1,64}):(\\d{12}):(?=key/|alias/))?(?:key/)?(${KEY_ID}|${ALIAS})$`,
);
const PREFIXED = /^key\//;

/** Undefined if it is none of the forms that KMS takes: id, ARN of a key, name or ARN of an alias. */
export function parseKeyId(text: string, from: Scope): KeyName | undefined {
  // A bare id has nothing in front.
  const [, region, account, name] = (PREFIXED.test(text) ? undefined : FORM.exec(text)) ?? [];
  if (name === undefined) return undefined;
  const scope = account === undefined || region === undefined ? from : { account, region };
  return { kind: name.startsWith('alias/') ? 'alias' : 'key', name, scope };
}

export const keyArn = (scope: Scope, { kind, name }: Pick<KeyName, 'kind' | 'name'>): string =>
  `arn:${partitionOf(scope.region)}:kms:${scope.region}:${scope.account}:${kind === 'key' ? `key/${name}` : name}`;
