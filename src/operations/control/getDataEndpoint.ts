import { streamRef } from '../../protocol/commonShapes.ts';
import { planeOfApi } from '../../protocol/planes.ts';
import { keyOf, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const getDataEndpoint = jsonOperation({
  name: 'GetDataEndpoint',
  plane: 'control',
  path: '/getDataEndpoint',
  actsOn: 'activeStream',
  kind: 'json',
  input: structure({
    ...streamRef,
    APIName: required(keyOf(planeOfApi)),
  }),
  handle(context, input, stream) {
    const plane = planeOfApi[input.APIName];
    stream.endpointsAskedFor.add(plane);
    return { DataEndpoint: context.dataEndpoint(plane, stream.record.arn) };
  },
});
