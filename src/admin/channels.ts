import { channelQuery, channelsQuery, connectionsRequest, type EmulatorChannels } from '../emulator/channelControl.ts';
import { date, nullable } from '../protocol/ownShapes.ts';
import { integer, string } from '../protocol/shapes.ts';
import { route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

const connection = told({
  clientId: nullable(string({ means: 'null for the master' })),
  since: date(),
  messages: integer({ means: 'that it has sent' }),
});

const channel = told({
  name: string(),
  account: string(),
  region: string(),
  arn: string(),
  status: string(),
  storage: nullable(string({ means: 'the ARN of the stream that its media go to' })),
  master: nullable(connection),
  viewers: listOf(connection),
  mailboxes: listOf(
    told({ recipient: string(), sender: string(), type: string(), expires: date(), payload: nullable(string()) }),
  ),
  last: listOf(told({ time: date(), sender: string(), recipient: string(), type: string(), outcome: string() })),
});

const example = {
  name: 'front',
  account: '000000000000',
  region: 'us-east-1',
  arn: 'arn:aws:kinesisvideo:us-east-1:000000000000:channel/front/1893456000000',
  status: 'ACTIVE',
  storage: null,
  master: null,
  viewers: [{ clientId: 'viewer-1', since: '2030-01-01T00:00:00.000Z', messages: 1 }],
  mailboxes: [
    {
      recipient: 'master',
      sender: 'viewer-1',
      type: 'SDP_OFFER',
      expires: '2030-01-01T00:01:00.000Z',
      payload: null,
    },
  ],
  last: [
    {
      time: '2030-01-01T00:00:00.000Z',
      sender: 'viewer-1',
      recipient: 'master',
      type: 'SDP_OFFER',
      outcome: 'kept',
    },
  ],
};

const act = (name: 'disconnect' | 'goAway' | 'reconnectIce', verb: string, summary: string) =>
  route({
    kind: 'json',
    method: 'POST',
    path: `/channels/{name}/${name}`,
    summary,
    input: connectionsRequest,
    query: ['account', 'region'],
    answer: told({ connections: integer({ means: 'how many it was done to' }) }),
    example: { connections: 1 },
    library: [`channels.${name}(name, { clientId })`],
    command: [`channels ${verb} NAME`, `channels ${verb} NAME --client ID`],
    handle: ({ channels }, { name: which, ...rest }) => (channels[name] as EmulatorChannels['disconnect'])(which, rest),
  });

export const channelRoutes = [
  route({
    kind: 'json',
    method: 'GET',
    path: '/channels',
    summary: 'signaling channels: who is connected, what waits for whom, which messages went by',
    input: channelsQuery,
    answer: told({ channels: listOf(channel), next: nullable(string({ means: 'to be given as `after`' })) }),
    example: { channels: [example], next: null },
    library: ['channels.list({ account, region })'],
    command: ['channels'],
    handle: ({ channels }, which) => channels.list(which),
  }),
  route({
    kind: 'json',
    method: 'GET',
    path: '/channels/{name}',
    summary: 'one of them; with `payloads`, what is in the messages that wait as well',
    input: channelQuery,
    answer: channel,
    example,
    library: ['channels.get(name, { payloads })'],
    command: ['channels NAME', 'channels NAME --payloads'],
    handle: ({ channels }, { name, ...options }) => channels.get(name, options),
  }),
  act('disconnect', 'disconnect', 'ends connections of a channel: those of a client id, or all'),
  act('goAway', 'go-away', 'sends them GO_AWAY, and ends them a minute of the clock later'),
  act('reconnectIce', 'reconnect-ice', 'sends them RECONNECT_ICE_SERVER'),
];
