// Which resources an element Resource takes, and NotResource leaves.

/** The element, the resource that is asked for, and whether the element takes it. */
export type ResourceRow = readonly [element: string | readonly string[], asked: string, takes: boolean];

const DOOR = 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/1893456000000';
const FRONT = 'arn:aws:kinesisvideo:us-east-1:000000000000:channel/front/1893456000000';
const LONG = 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/back-door/1893456000000';

export const resources: readonly ResourceRow[] = [
  ['*', DOOR, true],
  ['*', FRONT, true],
  ['*', '*', true],
  [DOOR, DOOR, true],
  [DOOR, FRONT, false],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/*', DOOR, true],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/*', LONG, false],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door', DOOR, false],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/', DOOR, false],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door*', DOOR, true],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/*door/*', LONG, true],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/*', DOOR, true],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/*', FRONT, false],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:channel/*', FRONT, true],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:*', DOOR, true],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:*', FRONT, true],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:*/door/*', DOOR, true],
  // The creation time is a part of it: another one is another stream.
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/1893456000001', DOOR, false],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/?????????????', DOOR, true],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/????????????', DOOR, false],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/189*', DOOR, true],
  // One that is not there has a star instead of its creation time.
  [
    'arn:aws:kinesisvideo:us-east-1:000000000000:stream/new/*',
    'arn:aws:kinesisvideo:us-east-1:000000000000:stream/new/*',
    true,
  ],
  [
    'arn:aws:kinesisvideo:us-east-1:000000000000:stream/new/1893456000000',
    'arn:aws:kinesisvideo:us-east-1:000000000000:stream/new/*',
    false,
  ],
  // Cases differ.
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/Door/*', DOOR, false],
  ['arn:aws:kinesisvideo:us-east-1:000000000000:Stream/door/*', DOOR, false],
  // Regions, accounts, partitions.
  ['arn:aws:kinesisvideo:*:*:stream/door/*', DOOR, true],
  ['arn:aws:kinesisvideo:us-*:000000000000:stream/door/*', DOOR, true],
  ['arn:aws:kinesisvideo:us-east-?:000000000000:stream/door/*', DOOR, true],
  ['arn:aws:kinesisvideo:eu-*:000000000000:stream/door/*', DOOR, false],
  ['arn:aws:kinesisvideo:eu-west-1:*:stream/door/*', DOOR, false],
  ['arn:aws:kinesisvideo:*:111111111111:stream/door/*', DOOR, false],
  ['arn:aws:kinesisvideo:*:0000*:stream/door/*', DOOR, true],
  ['arn:*:kinesisvideo:*:*:stream/door/*', DOOR, true],
  ['arn:aws-cn:kinesisvideo:*:*:stream/door/*', DOOR, false],
  // An empty field, as a guide prints it, is the empty field only.
  ['arn:aws:kinesisvideo::*:stream/door/*', DOOR, false],
  ['arn:aws:kinesisvideo:::stream/door/*', DOOR, false],
  ['arn:aws:kinesis:us-east-1:000000000000:stream/door/*', DOOR, false],
  ['arn:aws:*:us-east-1:000000000000:stream/door/*', DOOR, true],
  // A star stays in its field.
  ['arn:aws:logs*:a:*:b', 'arn:aws:logs:us-east-1:000000000000:log-group:a:log-stream:b', false],
  ['arn:aws:kinesis*:*:*:stream/door/*', DOOR, true],
  // One with fewer fields is of the whole.
  ['arn:aws:kinesisvideo:us*stream/door/*', DOOR, true],
  ['arn:*:us-east-1:000000000000:stream/door/*', DOOR, true],
  ['arn:aws:kinesisvideo:*', DOOR, true],
  ['arn:aws:kinesisvideo:*', FRONT, true],
  ['arn:aws:s3:*', DOOR, false],
  ['arn:*', DOOR, true],
  ['arn:aws:kinesisvideo', DOOR, false],
  // What has no resource is of `*` alone.
  ['arn:aws:kinesisvideo:us-east-1:000000000000:stream/*', '*', false],
  ['arn:aws:kinesisvideo:*:*:*', '*', false],
  ['arn:*', '*', false],
  ['**', '*', true],
  // Colons and slashes in the last field.
  ['arn:aws:iam::000000000000:role/*', 'arn:aws:iam::000000000000:role/teams/video/viewer', true],
  ['arn:aws:logs:*:*:log-group:*', 'arn:aws:logs:us-east-1:000000000000:log-group:a:log-stream:b', true],
  ['arn:aws:logs:*:*:log-group:*:b', 'arn:aws:logs:us-east-1:000000000000:log-group:a:log-stream:b', true],
  ['arn:aws:logs:*:*:log-group', 'arn:aws:logs:us-east-1:000000000000:log-group:a', false],
  // Any of a list.
  [['arn:aws:kinesisvideo:*:*:channel/*', 'arn:aws:kinesisvideo:*:*:stream/door/*'], DOOR, true],
  [['arn:aws:kinesisvideo:*:*:channel/*', 'arn:aws:kinesisvideo:*:*:stream/door/*'], LONG, false],
];
