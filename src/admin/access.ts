import { explainRequest } from '../emulator/accessControl.ts';
import { nullable } from '../protocol/ownShapes.ts';
import { boolean, integer, oneOf, string } from '../protocol/shapes.ts';
import { route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

export const accessRoutes = [
  route({
    kind: 'json',
    method: 'POST',
    path: '/access/explain',
    summary: 'whether somebody may do something to a stream or channel, and what each statement of the policies says',
    input: explainRequest,
    answer: told({
      decision: oneOf('allow', 'explicitDeny', 'implicitDeny'),
      principal: string(),
      action: string(),
      resource: string({ means: 'as policies see it' }),
      statements: listOf(
        told({
          source: oneOf('identity', 'boundary', 'session', 'trust'),
          policy: integer({ means: 'which of its source, from 0' }),
          statement: integer({ means: 'which of the policy, from 0' }),
          sid: nullable(string()),
          effect: oneOf('Allow', 'Deny'),
          matched: boolean(),
          because: string({ means: 'the element that does not match' }),
        }),
      ),
    }),
    example: {
      decision: 'implicitDeny',
      principal: 'arn:aws:iam::000000000000:user/device-1',
      action: 'kinesisvideo:PutMedia',
      resource: 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/1893456000000',
      statements: [
        {
          ...{ source: 'identity', policy: 0, statement: 0, sid: 'OwnTeam', effect: 'Allow', matched: false },
          because: 'Condition StringEquals aws:ResourceTag/team',
        },
      ],
    },
    library: ['access.explain({ accessKeyId, action, resource })'],
    command: ['access explain --access-key test --action kinesisvideo:PutMedia --resource door'],
    handle: ({ access }, request) => access.explain(request),
  }),
];
