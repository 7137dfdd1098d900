import { refuseToken } from '../../domain/resources/pageTokens.ts';
import { nextToken, streamRef } from '../../protocol/commonShapes.ts';
import { integer, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const describeMappedResourceConfiguration = jsonOperation({
  name: 'DescribeMappedResourceConfiguration',
  plane: 'control',
  path: '/describeMappedResourceConfiguration',
  actsOn: 'stream',
  kind: 'json',
  input: structure({ ...streamRef, MaxResults: integer({ min: 1, max: 1 }), NextToken: nextToken }),
  handle(_context, input, { record }) {
    const { mappedChannelArn: arn } = record;
    refuseToken(input.NextToken);
    return {
      // What AWS writes as Type is not documented.
      MappedResourceConfigurationList: arn === null ? [] : [{ ARN: arn, Type: 'SIGNALING_CHANNEL' }],
      NextToken: null,
    };
  },
});
