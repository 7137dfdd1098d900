import { streamRef, version } from '../../protocol/commonShapes.ts';
import { integer, oneOf, required, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const updateDataRetention = jsonOperation({
  name: 'UpdateDataRetention',
  plane: 'control',
  path: '/updateDataRetention',
  actsOn: 'stream',
  kind: 'json',
  input: structure({
    ...streamRef,
    CurrentVersion: required(version),
    Operation: required(oneOf('INCREASE_DATA_RETENTION', 'DECREASE_DATA_RETENTION')),
    DataRetentionChangeInHours: required(integer({ min: 1 })),
  }),
  handle(context, input, stream) {
    // The number is a difference, not the new value, whatever older documentation says.
    const sign = input.Operation === 'INCREASE_DATA_RETENTION' ? 1 : -1;
    context.streams.changeRetention(stream, input.CurrentVersion, sign * input.DataRetentionChangeInHours);
  },
});
