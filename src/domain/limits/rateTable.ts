/** Calls in a second, as published: of an account in a region, and of one stream or channel. */
interface RateRow {
  readonly account?: number;
  readonly each?: number;
}

const DESCRIBE = { account: 300, each: 5 } as const;
const USUAL = { account: 50, each: 5 } as const;

/** Every operation whose calls are counted. What is not published may be limited all the same, by an override. */
export const rateTable = {
  CreateStream: { account: 50 },
  DescribeStream: DESCRIBE,
  GetDataEndpoint: DESCRIBE,
  ListStreams: { account: 50 },
  ListEdgeAgentConfigurations: { account: 50 },
  DeleteStream: USUAL,
  UpdateStream: USUAL,
  UpdateDataRetention: USUAL,
  TagStream: USUAL,
  UntagStream: USUAL,
  ListTagsForStream: USUAL,
  DescribeNotificationConfiguration: USUAL,
  UpdateNotificationConfiguration: USUAL,
  DescribeImageGenerationConfiguration: USUAL,
  UpdateImageGenerationConfiguration: USUAL,
  DescribeMappedResourceConfiguration: USUAL,
  DescribeStreamStorageConfiguration: USUAL,
  UpdateStreamStorageConfiguration: USUAL,
  DescribeEdgeConfiguration: USUAL,
  StartEdgeConfigurationUpdate: { account: 10, each: 1 },
  DeleteEdgeConfiguration: { account: 10, each: 1 },

  CreateSignalingChannel: { account: 50 },
  DescribeSignalingChannel: DESCRIBE,
  GetSignalingChannelEndpoint: { account: 300 },
  ListSignalingChannels: { account: 50 },
  DeleteSignalingChannel: USUAL,
  UpdateSignalingChannel: USUAL,
  TagResource: USUAL,
  UntagResource: USUAL,
  ListTagsForResource: USUAL,
  DescribeMediaStorageConfiguration: USUAL,
  UpdateMediaStorageConfiguration: { account: 10, each: 5 },

  PutMedia: { each: 5 },
  GetMedia: { each: 5 },
  GetHLSStreamingSessionURL: { each: 25 },
  GetDASHStreamingSessionURL: { each: 25 },
  // These cost points instead.
  ListFragments: {},
  GetMediaForFragmentList: {},
  GetClip: {},
  GetImages: {},

  ConnectAsMaster: { each: 3 },
  ConnectAsViewer: { each: 3 },
  GetIceServerConfig: { account: 100, each: 5 },
  SendAlexaOfferToMaster: { account: 100, each: 5 },
  JoinStorageSession: { account: 50, each: 2 },
  JoinStorageSessionAsViewer: { account: 50, each: 2 },
} as const satisfies Readonly<Record<string, RateRow>>;

export type RatedOperation = keyof typeof rateTable;
