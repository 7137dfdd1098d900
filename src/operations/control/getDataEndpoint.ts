import { streamRef } from '../../protocol/commonShapes.ts';
import { oneOf, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const getDataEndpoint = jsonOperation({
  name: 'GetDataEndpoint',
  plane: 'control',
  path: '/getDataEndpoint',
  kind: 'json',
  input: structure({
    ...streamRef,
    APIName: required(
      oneOf(
        'PUT_MEDIA',
        'GET_MEDIA',
        'LIST_FRAGMENTS',
        'GET_MEDIA_FOR_FRAGMENT_LIST',
        'GET_HLS_STREAMING_SESSION_URL',
        'GET_DASH_STREAMING_SESSION_URL',
        'GET_CLIP',
        'GET_IMAGES',
      ),
    ),
  }),
  handle(context, input) {
    const stream = context.streams.resolveActive(context, input);
    const plane = input.APIName === 'PUT_MEDIA' || input.APIName === 'GET_MEDIA' ? 'media' : 'archived';
    stream.endpointsAskedFor.add(plane);
    return { DataEndpoint: context.dataEndpoint(plane, stream.record.arn) };
  },
});
