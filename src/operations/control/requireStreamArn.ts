import { parseArn } from '../../domain/resources/scope.ts';
import { serviceError } from '../../protocol/errors.ts';

/** Only the operations on tags of streams have an error of their own for the ARN of something else. */
export function requireStreamArn({ StreamARN: arn }: { readonly StreamARN?: string }): void {
  if (arn !== undefined && parseArn(arn)?.kind !== 'stream') throw serviceError('invalidResourceFormat', arn);
}
