import { parseArn } from '../../domain/resources/scope.ts';
import type { Tags } from '../../domain/resources/tags.ts';
import { serviceError } from '../../protocol/errors.ts';
import type { Context } from '../operation.ts';

/** The stream or channel of an ARN, as something that has tags. */
export function taggedResource(
  context: Context,
  arn: string,
): { tags: Tags; tag(tags: Tags): void; untag(keys: readonly string[]): void } {
  const { streams, channels } = context;
  const kind = parseArn(arn)?.kind;
  if (kind === 'stream') {
    const stream = streams.resolve(context, { StreamARN: arn });
    return {
      tags: stream.record.tags,
      tag: (tags) => streams.tag(stream, tags),
      untag: (keys) => streams.untag(stream, keys),
    };
  }
  if (kind === 'channel') {
    const channel = channels.resolve(context, { ChannelARN: arn });
    return {
      tags: channel.record.tags,
      tag: (tags) => channels.tag(channel, tags),
      untag: (keys) => channels.untag(channel, keys),
    };
  }
  throw serviceError('resourceNotFound', 'The requested resource is not found or not active.');
}
