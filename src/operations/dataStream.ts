import type { Stream } from '../domain/streams/stream.ts';
import type { StreamRef } from '../domain/streams/streams.ts';
import { differences } from '../protocol/differences.ts';
import { dataEndpointLabel } from '../protocol/endpoints.ts';
import { serviceError } from '../protocol/errors.ts';
import type { Context } from './operation.ts';

/** The stream of a call for its media. Tells callers who forgot GetDataEndpoint, which AWS answers in a puzzling way. */
export function dataStream(
  context: Pick<Context, 'streams' | 'account' | 'region' | 'endpoint' | 'differs'>,
  ref: StreamRef,
  plane: 'media' | 'archived',
): Stream {
  const stream = context.streams.resolveActive(context, ref);
  if (context.endpoint === undefined) {
    if (!stream.endpointsAskedFor.has(plane)) {
      context.differs('noDataEndpoint', () => serviceError('unknownOperation', differences.noDataEndpoint));
    }
  } else if (context.endpoint !== dataEndpointLabel(plane, stream.record.arn)) {
    context.differs('otherDataEndpoint', () => serviceError('invalidEndpoint'));
  }
  return stream;
}
