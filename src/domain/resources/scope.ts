/** State is apart per account and region. */
export interface Scope {
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
}

/** An account, a region, both, or everywhere. */
export type Where = { readonly [Part in keyof Scope]?: Scope[Part] | undefined };

export const isIn = ({ account, region }: Where, scope: Scope): boolean =>
  (account ?? scope.account) === scope.account && (region ?? scope.region) === scope.region;

export const isEverywhere = ({ account, region }: Where): boolean => account === undefined && region === undefined;

export const scopeKey = ({ account, region }: Scope): string => `${account}/${region}`;

/** Who owns the account, and so whoever runs the emulator, as policies and keys know them. */
export const accountRoot = ({ account, region }: Scope): string => `arn:${partitionOf(region)}:iam::${account}:root`;

export type ResourceKind = 'stream' | 'channel';

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** The creation time is part of a resource's identity: the same name made anew is another resource. */
export const makeArn = (
  { account, region }: Scope,
  kind: ResourceKind,
  name: string,
  createdAt: number | '*',
): string => `arn:${partitionOf(region)}:kinesisvideo:${region}:${account}:${kind}/${name}/${createdAt}`;

/** The last part of an ARN: `stream/camera/1705489836421`. Undefined if it is no ARN of this service. */
export function parseArn(arn: string): { kind: string; name: string } | undefined {
  const [, kind, name] = /^arn:[^:]+:kinesisvideo:[^:]*:[^:]*:([^/]+)\/([^/]+)\/\d+$/.exec(arn) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind, name };
}
