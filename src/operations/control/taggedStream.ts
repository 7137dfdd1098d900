import { parseArn } from '../../domain/resources/scope.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import type { StreamRef } from '../../domain/streams/streams.ts';
import { serviceError } from '../../protocol/errors.ts';
import type { Context } from '../operation.ts';

/** The stream of a stream-tag operation: only these have an error of their own for the ARN of something else. */
export function taggedStream(context: Context, ref: StreamRef): Stream {
  const arn = ref.StreamARN;
  if (arn !== undefined && parseArn(arn)?.kind !== 'stream') throw serviceError('invalidResourceFormat', arn);
  return context.streams.resolve(context, ref);
}
