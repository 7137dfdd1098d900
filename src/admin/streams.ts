import { placeRequest } from '../emulator/placeControl.ts';
import {
  disconnectRequest,
  fragmentQuery,
  fragmentsQuery,
  streamQuery,
  streamsQuery,
} from '../emulator/streamShapes.ts';
import { anything, date, nullable } from '../protocol/ownShapes.ts';
import { integer, oneOf, string } from '../protocol/shapes.ts';
import { route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';
import { exampleGauge, gauge } from './limits.ts';
import { ack } from './requests.ts';

/** Of a recording that is sent to be placed. Bytes. */
const LARGEST = 2 ** 30;

const overview = {
  name: string(),
  account: string(),
  region: string(),
  arn: string(),
  status: string(),
  fragments: integer({ means: 'how many there are, open ones among them' }),
  bytesHeld: integer({ means: 'bytes of media' }),
  oldest: nullable(date()),
  newest: nullable(date()),
  producers: integer(),
  readers: integer(),
  shards: integer(),
  keyArn: string(),
  lastAck: nullable(ack),
};

const connection = told({
  side: oneOf('producer', 'reader'),
  operation: string(),
  requestId: string(),
  principal: string(),
  since: date(),
});

const details = told({
  ...overview,
  connections: listOf(connection),
  sessions: listOf(told({ protocol: oneOf('HLS', 'DASH'), mode: string(), expires: date() })),
  dataKeys: listOf(told({ keyArn: nullable(string()), principal: string(), use: oneOf('seal', 'open') })),
  gauges: listOf(gauge),
});

const fragment = told({
  number: string(),
  serverTime: date(),
  producerTime: date(),
  lengthMs: integer({ means: 'from the first frame to the last' }),
  bytes: integer(),
  state: oneOf('open', 'complete', 'persisted'),
  tracks: listOf(told({ number: integer(), codec: string() })),
  tags: anything(),
  frames: integer({ means: 'of all tracks' }),
});

const KEY = 'arn:aws:kms:us-east-1:000000000000:alias/aws/kinesisvideo';
const NUMBER = '91343852333181432392682062607743920146264321901';
const shown = {
  name: 'cam',
  account: '000000000000',
  region: 'us-east-1',
  arn: 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/cam/1893456000000',
  status: 'ACTIVE',
  fragments: 3,
  bytesHeld: 183011,
  oldest: '2030-01-01T00:00:00.000Z',
  newest: '2030-01-01T00:00:04.000Z',
  producers: 1,
  readers: 0,
  shards: 1,
  keyArn: KEY,
  lastAck: { EventType: 'PERSISTED', FragmentTimecode: 4000, FragmentNumber: NUMBER },
};

export const streamRoutes = [
  route({
    kind: 'json',
    method: 'GET',
    path: '/streams',
    summary: 'streams from within: what they hold, and how many are connected',
    input: streamsQuery,
    answer: told({ streams: listOf(told(overview)), next: nullable(string({ means: 'to be given as `after`' })) }),
    example: { streams: [shown], next: null },
    library: ['streams.list({ account, region })'],
    command: ['streams --inside'],
    handle: ({ streams }, which) => streams.list(which),
  }),
  route({
    kind: 'json',
    method: 'GET',
    path: '/streams/{name}',
    summary: 'one of them, with its connections and playback sessions',
    input: streamQuery,
    answer: details,
    example: {
      ...shown,
      connections: [
        {
          side: 'producer',
          operation: 'PutMedia',
          requestId: '5b6f5f0a-7b0c-4c0b-9b0a-0f3b5f1d2c3e',
          principal: 'arn:aws:iam::000000000000:user/test',
          since: '2030-01-01T00:00:00.000Z',
        },
      ],
      sessions: [{ protocol: 'HLS', mode: 'LIVE', expires: '2030-01-01T00:05:00.000Z' }],
      dataKeys: [{ keyArn: KEY, principal: 'arn:aws:iam::000000000000:root', use: 'seal' }],
      gauges: [exampleGauge],
    },
    library: ['streams.get(name, { account, region })'],
    command: ['streams cam'],
    handle: ({ streams }, { name, ...where }) => streams.get(name, where),
  }),
  route({
    kind: 'json',
    method: 'GET',
    path: '/streams/{name}/fragments',
    summary: 'its fragments in order of time; with `wait`, once so many are there for good',
    input: fragmentsQuery,
    answer: told({ fragments: listOf(fragment), next: nullable(string({ means: 'to be given as `after`' })) }),
    example: {
      fragments: [
        {
          number: NUMBER,
          serverTime: '2030-01-01T00:00:04.000Z',
          producerTime: '2030-01-01T00:00:04.000Z',
          lengthMs: 1960,
          bytes: 61034,
          state: 'persisted',
          tracks: [{ number: 1, codec: 'V_MPEG4/ISO/AVC' }],
          tags: { event: 'ring' },
          frames: 50,
        },
      ],
      next: null,
    },
    library: [
      'streams.fragments(name, { from, to, limit, after })',
      'streams.waitForFragments(name, count, { timeout })',
    ],
    command: ['streams cam fragments --limit 10', 'streams cam wait 3 --timeout 30s'],
    handle: ({ streams }, { name, ...query }, { signal }) => streams.fragments(name, query, signal),
  }),
  route({
    kind: 'document',
    method: 'GET',
    path: '/streams/{name}/fragments/{number}',
    summary: 'the Matroska of one of them, as GetMediaForFragmentList gives it',
    input: fragmentQuery,
    contentType: 'video/x-matroska',
    example: '(Matroska)',
    library: ['streams.fragment(name, number)'],
    command: [`streams cam fragment ${NUMBER} --out one.mkv`],
    handle: ({ streams }, { name, number, ...where }) => streams.fragment(name, number, where),
  }),
  route({
    kind: 'json',
    method: 'POST',
    path: '/streams/{name}/media',
    summary:
      'puts Matroska into it as if it had come when it was made: server times are in the past, PutMedia’s checks hold',
    input: placeRequest,
    query: ['account', 'region', 'start', 'ago', 'loop', 'until'],
    bytes: { contentType: 'video/x-matroska', most: LARGEST },
    answer: told({
      fragments: integer({ means: 'that are there now' }),
      expired: integer({ means: 'that were over at once, since the stream does not retain as long' }),
      warnings: listOf(told({ difference: string(), text: string() })),
    }),
    example: { fragments: 43200, expired: 0, warnings: [] },
    library: ["streams.place(name, media, { ago: '24h', until: 'now' })"],
    command: ['put cam day.mkv --ago 24h --until now'],
    handle: ({ streams }, { name, ...when }, { body, signal }) => streams.place(name, body, when, signal),
  }),
  route({
    kind: 'json',
    method: 'POST',
    path: '/streams/{name}/disconnect',
    summary: 'ends its producers, its readers, or both, as the service would',
    input: disconnectRequest,
    query: ['account', 'region'],
    answer: told({ connections: integer({ means: 'how many were ended' }) }),
    example: { connections: 1 },
    library: ["streams.disconnect(name, { which: 'producers' })"],
    command: ['streams cam disconnect --which producers'],
    handle: ({ streams }, { name, ...which }) => streams.disconnect(name, which),
  }),
];
