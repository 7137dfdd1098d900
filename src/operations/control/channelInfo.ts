import type { Channel } from '../../domain/channels/channel.ts';
import { Timestamp } from '../../protocol/restJson.ts';

/** A channel as DescribeSignalingChannel and ListSignalingChannels show it. */
export const channelInfo = ({ record }: Channel) => ({
  ChannelARN: record.arn,
  ChannelName: record.name,
  ChannelStatus: record.status,
  ChannelType: record.type,
  CreationTime: new Timestamp(record.createdAt),
  // Sent, null, though no public model has it.
  FullMeshConfiguration: null,
  SingleMasterConfiguration: { MessageTtlSeconds: record.messageTtlSeconds },
  Version: record.version,
});
