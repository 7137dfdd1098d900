import { serviceError } from '../../protocol/errors.ts';
import { parseArn } from '../resources/scope.ts';
import type { StreamRef } from './streams.ts';

/** The name of the stream that a request means. An ARN of anything else is a stream that is not found. */
export function resolveName({ StreamName: name, StreamARN: arn }: StreamRef): string {
  if (arn === undefined) {
    if (name === undefined) throw serviceError('invalidArgument', 'Either StreamName or StreamARN must be given.');
    return name;
  }
  const parsed = parseArn(arn);
  if (parsed?.kind !== 'stream') throw serviceError('streamNotFound');
  if (name !== undefined && name !== parsed.name) {
    throw serviceError('invalidArgument', `StreamName ${name} and StreamARN ${arn} are not the same stream.`);
  }
  return parsed.name;
}
