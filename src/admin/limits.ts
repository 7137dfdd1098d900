import {
  type LimitsChange,
  limitsChange,
  limitsQuery,
  type StreamLimitsChange,
  streamLimitsChange,
  streamLimitsQuery,
} from '../emulator/limitsControl.ts';
import { anything, date, fraction, nullable } from '../protocol/ownShapes.ts';
import { integer, map, object, oneOf, string } from '../protocol/shapes.ts';
import { route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

const values = { ...map(string(), anything()), means: 'by name: a number, a retention like `24h`, null for no limit' };
export const gauge = told({
  name: string(),
  stream: nullable(string()),
  channel: nullable(string()),
  shard: nullable(integer({ means: 'null if it is of all' })),
  operation: nullable(string({ means: 'of a playback session' })),
  account: string(),
  region: string(),
  limit: fraction(),
  level: fraction({ means: 'what is left; debt below nothing' }),
  admitted: fraction(),
  refused: integer(),
  passesAt: nullable(date({ means: 'when one more would; null if it would now, or nobody knows' })),
});
const ofStream = object({ shards: integer(), mode: oneOf('pace', 'reject'), overrides: values });
const state = told({
  profile: oneOf('off', 'aws', 'shards'),
  mode: oneOf('pace', 'reject'),
  overrides: values,
  effective: { ...values, means: 'every limit there is' },
  streams: map(string(), ofStream),
  gauges: { ...listOf(gauge), means: 'the first 1,000' },
});
const streamState = told({
  shards: integer(),
  mode: oneOf('pace', 'reject'),
  overrides: values,
  effective: values,
  gauges: listOf(gauge),
});

export const exampleGauge = {
  name: 'GetMedia.rate',
  stream: 'cam',
  channel: null,
  shard: null,
  operation: null,
  account: '000000000000',
  region: 'us-east-1',
  limit: 1,
  level: 0.2,
  admitted: 120,
  refused: 3,
  passesAt: '2030-01-01T00:00:00.800Z',
};
const example = {
  profile: 'aws',
  mode: 'pace',
  overrides: { 'GetMedia.rate': 1 },
  effective: { 'GetMedia.rate': 1, 'retention.maximum': '87600h', 'shard.readTransactions': null },
  streams: { cam: { shards: 2, overrides: {} } },
  gauges: [exampleGauge],
};
const streamExample = {
  shards: 2,
  mode: 'pace',
  overrides: {},
  effective: { 'GetMedia.rate': 1 },
  gauges: [exampleGauge],
};

const change = (method: 'PUT' | 'PATCH', summary: string, library: string, command: string) =>
  route({
    kind: 'json',
    method,
    path: '/limits',
    summary,
    input: limitsChange,
    query: ['account', 'region'],
    answer: state,
    example,
    library: [library],
    command: [command],
    handle({ limits }, { account, region, ...wanted }) {
      const change = wanted as LimitsChange;
      return method === 'PUT' ? limits.set(change, { account, region }) : limits.change(change, { account, region });
    },
  });

const changeStream = (method: 'PUT' | 'PATCH', summary: string, library: string, command: string) =>
  route({
    kind: 'json',
    method,
    path: '/limits/{name}',
    summary,
    input: streamLimitsChange,
    query: ['account', 'region'],
    answer: streamState,
    example: streamExample,
    library: [library],
    command: [command],
    handle({ limits }, { name, account, region, ...wanted }) {
      const change = wanted as StreamLimitsChange;
      const where = { account, region };
      return method === 'PUT' ? limits.setStream(name, change, where) : limits.changeStream(name, change, where);
    },
  });

export const limitRoutes = [
  route({
    kind: 'json',
    method: 'GET',
    path: '/limits',
    summary: 'which limits hold, and what is left of each',
    input: limitsQuery,
    answer: state,
    example,
    library: ['limits.get({ account, region })'],
    command: ['limits', 'limits --json'],
    handle: ({ limits }, where) => limits.get(where),
  }),
  change(
    'PUT',
    'replaces profile, mode and overrides, of an account its overrides; streams that are not named stay as they are',
    "limits.set({ profile: 'aws' })",
    'limits profile aws',
  ),
  change(
    'PATCH',
    'changes what is given of them',
    "limits.change({ overrides: { 'GetMedia.rate': 1 } })",
    'limits override GetMedia.rate=1',
  ),
  route({
    kind: 'json',
    method: 'GET',
    path: '/limits/{name}',
    summary: 'the limits of a stream, its shards, and what is left of each',
    input: streamLimitsQuery,
    answer: streamState,
    example: streamExample,
    library: ['limits.stream(name)'],
    command: ['limits --stream cam'],
    handle: ({ limits }, { name, ...where }) => limits.stream(name, where),
  }),
  changeStream(
    'PUT',
    'replaces what is said of a stream, there or not: shards, mode and overrides',
    'limits.setStream(name, { shards: 4 })',
    'limits shards cam 4',
  ),
  changeStream(
    'PATCH',
    'changes what is given of it; more or fewer shards split and merge',
    'limits.changeStream(name, { shards: 2 })',
    'limits override GetMedia.rate=1 --stream cam',
  ),
  route({
    kind: 'json',
    method: 'DELETE',
    path: '/limits/{name}',
    summary: 'makes a stream like all others again',
    input: streamLimitsQuery,
    answer: streamState,
    example: { ...streamExample, shards: 1 },
    library: ['limits.forgetStream(name)'],
    command: ['limits forget cam'],
    handle: ({ limits }, { name, ...where }) => limits.forgetStream(name, where),
  }),
];
