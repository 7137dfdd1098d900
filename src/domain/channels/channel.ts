import { Resource } from '../resources/resource.ts';
import type { ChannelSettings } from './channelRecord.ts';

export class Channel extends Resource<ChannelSettings> {}
