import { requestQuery } from '../emulator/requestsControl.ts';
import { anything, date, fraction, nullable } from '../protocol/ownShapes.ts';
import { integer, object, oneOf, required, string } from '../protocol/shapes.ts';
import { nothing, route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

export const ack = object({
  EventType: required(string()),
  FragmentTimecode: integer(),
  FragmentNumber: string(),
  ErrorId: integer(),
  ErrorCode: string(),
});

const accessDecision = told({
  decision: oneOf('allow', 'explicitDeny', 'implicitDeny'),
  action: string(),
  source: string(),
  policy: nullable(integer()),
  statement: nullable(integer()),
  sid: nullable(string()),
});

const request = told({
  requestId: string(),
  time: date({ means: 'when it arrived, by the emulator’s clock' }),
  method: string(),
  path: string(),
  operation: nullable(string()),
  stream: nullable(string()),
  channel: nullable(string()),
  account: string(),
  region: string(),
  principal: nullable(string()),
  status: nullable(integer({ means: 'null until the answer has begun' })),
  error: nullable(string()),
  access: nullable(accessDecision),
  ms: nullable(fraction({ means: 'real time until it was over' })),
  bytesIn: nullable(integer()),
  bytesOut: nullable(integer()),
  warnings: listOf(told({ difference: string(), text: string() })),
  throttled: nullable(
    told({
      limit: string({ means: 'that refused it, or held it back first' }),
      cost: fraction(),
      level: fraction({ means: 'what was left' }),
      passesAt: nullable(date({ means: 'null if nobody knows' })),
    }),
  ),
  faults: listOf(string()),
  acks: listOf(ack),
  delivered: listOf({ ...anything(), means: 'a notification, or the key of a picture, as it was delivered' }),
});

const example = {
  requestId: '5b6f5f0a-7b0c-4c0b-9b0a-0f3b5f1d2c3e',
  time: '2030-01-01T00:00:00.000Z',
  method: 'POST',
  path: '/putMedia',
  operation: 'PutMedia',
  stream: 'cam',
  channel: null,
  account: '000000000000',
  region: 'us-east-1',
  principal: null,
  status: 200,
  error: null,
  access: null,
  ms: 812.4,
  bytesIn: 183203,
  bytesOut: 412,
  warnings: [],
  throttled: null,
  faults: [],
  acks: [
    { EventType: 'PERSISTED', FragmentTimecode: 0, FragmentNumber: '91343852333181432392682062607743920146264321901' },
  ],
  delivered: [],
};

export const requestRoutes = [
  route({
    kind: 'json',
    method: 'GET',
    path: '/requests',
    summary: 'the last 1,000 requests and what AWS would have done differently; with `wait`, once so many have come',
    input: requestQuery,
    answer: told({
      requests: listOf(request),
      next: nullable(string({ means: 'to be given as `after` for what follows' })),
      dropped: integer({ means: 'how many have been forgotten for want of room' }),
    }),
    example: { requests: [example], next: null, dropped: 0 },
    library: [
      'requests.list({ operation, stream })',
      'requests.page({ after, limit })',
      'requests.waitFor(filter, { count, timeout })',
    ],
    command: ['requests --operation PutMedia --stream cam', 'requests --follow'],
    handle: ({ requests }, query, { signal }) => requests.page(query, signal),
  }),
  route({
    kind: 'json',
    method: 'DELETE',
    path: '/requests',
    summary: 'forgets the requests so far',
    input: nothing('This'),
    answer: told({}),
    example: {},
    library: ['requests.clear()'],
    command: ['requests --clear'],
    handle({ requests }) {
      requests.clear();
      return {};
    },
  }),
];
