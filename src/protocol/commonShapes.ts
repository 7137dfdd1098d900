// Shapes that several operations share, as the service models have them.
import { integer, list, map, object, oneOf, required, string } from './shapes.ts';

const NAME = '[a-zA-Z0-9_.-]+';

export const streamName = string({ min: 1, max: 256, pattern: NAME });
export const channelName = string({ min: 1, max: 256, pattern: NAME });
export const resourceArn = string({
  min: 1,
  max: 1024,
  pattern: 'arn:[a-z\\d-]+:kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+/[a-zA-Z0-9_.-]+/[0-9]+',
});
/** Of a viewer, as signaling has it. */
export const clientId = string({ min: 1, max: 256, pattern: NAME });
/** WebRTC storage writes the same patterns in its own way. */
export const storageChannelArn = string({
  pattern: '^arn:(aws[a-zA-Z-]*):kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+/[a-zA-Z0-9_.-]+/[0-9]+$',
});
export const storageClientId = string({ min: 1, max: 256, pattern: `^${NAME}$` });
/** A channel by its name, its ARN, or both. */
export const channelRef = { ChannelName: channelName, ChannelARN: resourceArn };
/** A stream by its name, its ARN, or both. */
export const streamRef = { StreamName: streamName, StreamARN: resourceArn };

export const version = string({ min: 1, max: 64, pattern: '[a-zA-Z0-9]+' });
export const nextToken = string({ min: 0, max: 1024, pattern: '[a-zA-Z0-9+/=]*' });
export const deviceName = string({ min: 1, max: 128, pattern: NAME });
export const mediaType = string({
  min: 1,
  max: 128,
  pattern: '[\\w\\-\\.\\+]+/[\\w\\-\\.\\+]+(,[\\w\\-\\.\\+]+/[\\w\\-\\.\\+]+)*',
});

export const tagKey = string({ min: 1, max: 128, pattern: '^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$' });
export const tagValue = string({ min: 0, max: 256, pattern: '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*' });
export const resourceTags = map(tagKey, tagValue, { min: 1, max: 50 });
export const tagKeyList = list(tagKey, { min: 1, max: 50 });

export const streamStorageConfiguration = object({ DefaultStorageTier: required(oneOf('HOT', 'WARM')) });

export const destinationUri = string({ min: 1, max: 255, pattern: '^[a-zA-Z_0-9]+:(//)?([^/]+)/?([^*]*)$' });
export const configurationStatus = oneOf('ENABLED', 'DISABLED');
export const singleMasterConfiguration = object({ MessageTtlSeconds: integer({ min: 5, max: 120 }) });
/** Of both lists, streams and channels. */
export const listLimit = integer({ min: 1, max: 10_000 });
export const hubDeviceArn = string({
  min: 1,
  max: 1024,
  pattern: 'arn:[a-z\\d-]+:iot:[a-z0-9-]+:[0-9]+:thing/[a-zA-Z0-9_.-]+',
});
export const tag = object({ Key: required(tagKey), Value: required(tagValue) });

/** How pictures are wanted. */
export const imageForm = {
  Format: required(oneOf('JPEG', 'PNG')),
  FormatConfig: map(oneOf('JPEGQuality'), string({ min: 0, max: 256, pattern: '^[a-zA-Z_0-9]+' }), { min: 1, max: 1 }),
  WidthPixels: integer({ min: 1, max: 3840 }),
  HeightPixels: integer({ min: 1, max: 2160 }),
};
