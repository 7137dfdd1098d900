import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EDGE_CONFIG, LEAST } from './edge.ts';
import { type ControlPlane, controlPlane, errorOf } from './harness.ts';

// Every error that the service model lists for an operation is raised here once, by a request that a user could make,
// or is named below with the reason why it never is.

const model: Record<string, { errors: Record<string, number> }> = JSON.parse(
  readFileSync(new URL('../../../fixtures/models/control.json', import.meta.url), 'utf8'),
).operations;

/** The same for every operation: raised before an operation is called, not by it. */
const NOT_BY_OPERATIONS: Record<string, string> = {
  ClientLimitExceededException: 'a matter of request rates, which are off by default',
  NotAuthorizedException: 'a matter of who asks, which is not checked by default',
  AccessDeniedException: 'a matter of who asks, which is not checked by default',
};
const NEVER: Record<string, string> = {
  'CreateStream DeviceStreamLimitExceededException': 'documented as not implemented',
  'CreateStream InvalidDeviceException': 'documented as not implemented',
  'CreateStream TagsPerResourceExceededLimitException': 'more than 50 tags break a constraint of the model first',
  'CreateSignalingChannel TagsPerResourceExceededLimitException': 'more than 50 tags break a constraint first',
  'DeleteStream InvalidArgumentException': 'no rule beyond the model',
  'DeleteSignalingChannel InvalidArgumentException': 'no rule beyond the model',
  'UntagResource InvalidArgumentException': 'no rule beyond the model',
};

const GONE_STREAM = 'arn:aws:kinesisvideo:us-east-1:111122223333:stream/gone/1';
const GONE_CHANNEL = 'arn:aws:kinesisvideo:us-east-1:111122223333:channel/gone/1';
const CHANNEL_AS_STREAM = { StreamARN: GONE_CHANNEL };
const TAGS = { k: 'v' };
const TTL = { SingleMasterConfiguration: { MessageTtlSeconds: 60 } };
const MANY = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`many${i}`, 'v']));
const IMAGES = {
  Status: 'ENABLED',
  ImageSelectorType: 'SERVER_TIMESTAMP',
  DestinationConfig: { Uri: 's3://bucket', DestinationRegion: 'us-east-1' },
  SamplingInterval: 200,
  Format: 'JPEG',
};
const TOPIC = { Status: 'ENABLED', DestinationConfig: { Uri: 'arn:aws:sns:us-east-1:111122223333:t' } };

/** What is needed besides a stream's name for an operation to succeed. */
const REST: Record<string, object> = {
  GetDataEndpoint: { APIName: 'PUT_MEDIA' },
  StartEdgeConfigurationUpdate: { EdgeConfig: EDGE_CONFIG },
  TagStream: { Tags: TAGS },
  UntagStream: { TagKeyList: ['k'] },
  UpdateDataRetention: {
    CurrentVersion: 'v',
    Operation: 'INCREASE_DATA_RETENTION',
    DataRetentionChangeInHours: 1,
  },
  UpdateStream: { CurrentVersion: 'v' },
  UpdateStreamStorageConfiguration: {
    CurrentVersion: 'v',
    StreamStorageConfiguration: { DefaultStorageTier: 'HOT' },
  },
  UpdateImageGenerationConfiguration: { ImageGenerationConfiguration: IMAGES },
  UpdateNotificationConfiguration: { NotificationConfiguration: TOPIC },
  UpdateSignalingChannel: { CurrentVersion: 'v', ...TTL },
  UpdateMediaStorageConfiguration: { MediaStorageConfiguration: { Status: 'DISABLED' } },
  GetSignalingChannelEndpoint: { SingleMasterChannelEndpointConfiguration: { Protocols: ['WSS'], Role: 'MASTER' } },
  TagResource: { Tags: [{ Key: 'k', Value: 'v' }] },
  UntagResource: { TagKeyList: ['k'] },
};

interface World {
  plane: ControlPlane;
  /** ACTIVE, with retention, an edge configuration that syncs, and 50 tags. */
  StreamARN: string;
  ChannelARN: string;
  /** Made this moment and therefore CREATING. */
  newStream: string;
  newChannel: string;
  /** ACTIVE, without retention. */
  emptyStream: string;
}

async function world(): Promise<World> {
  const plane = controlPlane({ transitions: { creating: 10, updating: 0, deleting: 0 }, quota: () => 3 });
  const { StreamARN } = await plane.stream('s', { DataRetentionInHours: 1, Tags: MANY });
  const { StreamARN: emptyStream } = await plane.stream('empty');
  const { ChannelARN } = await plane.channel('c', {
    Tags: Object.keys(MANY).map((Key) => ({ Key, Value: 'v' })),
  });
  await plane.channel('d');
  await plane.clock.advance(10);
  await plane.call('StartEdgeConfigurationUpdate', { StreamARN, EdgeConfig: LEAST });
  const { StreamARN: newStream } = await plane.stream('new');
  const { ChannelARN: newChannel } = await plane.channel('new');
  return { plane, StreamARN, ChannelARN, newStream, newChannel, emptyStream };
}

async function withRoom(): Promise<ControlPlane> {
  const plane = controlPlane();
  await plane.stream('new');
  await plane.channel('new');
  return plane;
}

const takesChannel = (name: string) => /Signaling|MediaStorage/.test(name);
const takesResource = (name: string) => /Resource$/.test(name);
const takesArnAlone = (name: string) =>
  /^(Delete(Stream|SignalingChannel)|UpdateSignalingChannel|GetSignalingChannelEndpoint|UpdateMediaStorage.*|.*Resource)$/.test(
    name,
  );

/** A request that raises the error, made of what the world has. */
function requestFor(name: string, error: string, w: World): object {
  const rest = REST[name] ?? {};
  const on = (stream: string, channel: string) =>
    takesResource(name)
      ? { ...rest, ResourceARN: stream }
      : takesChannel(name)
        ? { ...rest, ChannelARN: channel }
        : { ...rest, StreamARN: stream };
  switch (error) {
    case 'ResourceNotFoundException':
      return on(GONE_STREAM, GONE_CHANNEL);
    case 'ResourceInUseException':
      if (name === 'CreateStream') return { StreamName: 'new' };
      if (name === 'CreateSignalingChannel') return { ChannelName: 'new' };
      return on(w.newStream, w.newChannel);
    case 'VersionMismatchException':
      return { ...on(w.StreamARN, w.ChannelARN), CurrentVersion: 'v' };
    case 'InvalidResourceFormatException':
      return { ...rest, ...CHANNEL_AS_STREAM };
    case 'StreamEdgeConfigurationNotFoundException':
      return { StreamARN: w.emptyStream };
    case 'NoDataRetentionException':
      return name === 'UpdateMediaStorageConfiguration'
        ? {
            ChannelARN: w.ChannelARN,
            MediaStorageConfiguration: { Status: 'ENABLED', StreamARN: w.emptyStream },
          }
        : on(w.emptyStream, '');
    case 'AccountStreamLimitExceededException':
      return { StreamName: 'fourth' };
    case 'AccountChannelLimitExceededException':
      return { ChannelName: 'fourth' };
    case 'TagsPerResourceExceededLimitException':
      return on(w.StreamARN, w.ChannelARN);
    case 'InvalidArgumentException':
      return { ...rest, ...invalidArgument(name, w) };
    default:
      throw new Error(`Nobody knows how to raise ${error} of ${name}`);
  }
}

function invalidArgument(name: string, { StreamARN, ChannelARN }: World): object {
  const special: Record<string, object> = {
    CreateStream: { StreamName: 'x', DataRetentionInHours: 87601 },
    CreateSignalingChannel: { ChannelName: 'x', ChannelType: 'FULL_MESH' },
    GetSignalingChannelEndpoint: { ChannelARN, SingleMasterChannelEndpointConfiguration: {} },
    ListEdgeAgentConfigurations: { HubDeviceArn: LEAST.HubDeviceArn, NextToken: 'AAAA' },
    ListSignalingChannels: { NextToken: 'AAAA' },
    ListStreams: { NextToken: 'AAAA' },
    ListTagsForResource: { ResourceARN: StreamARN, NextToken: 'AAAA' },
    TagResource: { ResourceARN: StreamARN, Tags: [{ Key: 'aws:k', Value: 'v' }] },
    UpdateMediaStorageConfiguration: { ChannelARN, MediaStorageConfiguration: { Status: 'ENABLED' } },
    UpdateSignalingChannel: { ChannelARN, SingleMasterConfiguration: {} },
  };
  if (special[name] !== undefined) return special[name];
  if (takesArnAlone(name)) throw new Error(`Nobody knows what ${name} finds invalid`);
  // Neither a name nor an ARN.
  return {};
}

const listed = Object.entries(model).flatMap(([name, { errors }]) =>
  Object.entries(errors).map(([error, status]) => [name, error, status] as const),
);
const raised = listed.filter(([name, error]) => !(error in NOT_BY_OPERATIONS) && !(`${name} ${error}` in NEVER));

describe('every error that the model lists', () => {
  it.each(raised)('%s raises %s with status %d', async (name, error, status) => {
    const w = await world();
    // The account is full in this world: a name that is taken, or another bad request, would not get as far.
    const full = /^Account/.test(error) || !name.startsWith('Create');
    const plane = full ? w.plane : await withRoom();
    expect(await errorOf(plane.call(name, requestFor(name, error, w)))).toMatch(`${status} ${error}: `);
  });

  it('is either raised or named with the reason why it never is, and nothing is named for nothing', () => {
    const all = new Set(listed.map(([name, error]) => `${name} ${error}`));
    expect(Object.keys(NEVER).filter((key) => !all.has(key))).toEqual([]);
    expect(raised.length + Object.keys(NEVER).length).toBe(
      listed.filter(([, error]) => !(error in NOT_BY_OPERATIONS)).length,
    );
  });
});
