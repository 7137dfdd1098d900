import { excerpt, LONGEST_EXCERPT, serviceError } from '../../protocol/errors.ts';
import { parseArn, type ResourceKind } from './scope.ts';

/** What the service calls them, and its errors about them. */
export const KINDS = {
  stream: {
    label: 'Stream',
    notFound: 'streamNotFound',
    exists: 'streamExists',
    limitExceeded: 'accountStreamLimitExceeded',
  },
  channel: {
    label: 'Channel',
    notFound: 'channelNotFound',
    exists: 'channelExists',
    limitExceeded: 'accountChannelLimitExceeded',
  },
} as const;

/** The name of the resource that a request means. The ARN of something of another kind is not found. */
export function resolveName(kind: ResourceKind, name: string | undefined, arn: string | undefined): string {
  const { label, notFound } = KINDS[kind];
  if (arn === undefined) {
    if (name !== undefined) return name;
    throw serviceError('invalidArgument', `Either ${label}Name or ${label}ARN must be given.`);
  }
  const parsed = parseArn(arn);
  if (parsed?.kind !== kind) throw serviceError(notFound);
  if (name !== undefined && name !== parsed.name) {
    const [shownName, shownArn] = [excerpt(name, LONGEST_EXCERPT / 2), excerpt(arn, LONGEST_EXCERPT / 2)];
    const text = `${label}Name ${shownName} and ${label}ARN ${shownArn} are not the same ${kind}.`;
    throw serviceError('invalidArgument', text);
  }
  return parsed.name;
}
