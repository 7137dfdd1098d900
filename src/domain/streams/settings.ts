import { serviceError } from '../../protocol/errors.ts';
import { partitionOf, type Scope } from '../resources/scope.ts';

/** Ten years. */
const LONGEST_RETENTION_HOURS = 87_600;

export const retentionMs = (hours: number): number => hours * 3_600_000;

export function checkRetention(hours: number): void {
  if (hours < 0 || hours > LONGEST_RETENTION_HOURS) {
    throw serviceError(
      'invalidArgument',
      `The data retention must be from 0 to ${LONGEST_RETENTION_HOURS} hours; it would be ${hours}.`,
    );
  }
}

/** A key may be given as id, ARN, alias name or alias ARN; it is reported as an ARN. */
export function kmsKeyArn({ account, region }: Scope, key = 'alias/aws/kinesisvideo'): string {
  if (key.startsWith('arn:')) return key;
  const resource = key.startsWith('alias/') ? key : `key/${key}`;
  return `arn:${partitionOf(region)}:kms:${region}:${account}:${resource}`;
}
