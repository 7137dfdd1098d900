import { serviceError } from '../../protocol/errors.ts';
import type { Ids } from '../../runtime/ids.ts';
import { requireActive } from '../resources/lifecycle.ts';
import { type PageWanted, Resources, type ResourcesServices } from '../resources/resources.ts';
import type { Scope, Where } from '../resources/scope.ts';
import type { Stream } from '../streams/stream.ts';
import type { Streams } from '../streams/streams.ts';
import { Channel } from './channel.ts';
import type { ChannelSettings } from './channelRecord.ts';

export interface ChannelsServices extends ResourcesServices {
  /** Those that channels' media are stored in. */
  readonly streams: Pick<Streams, 'find'>;
  /**
   * ARNs are those of the seed, and not of the time: clients keep them for hours, and are to find the same channel when
   * it has been made again in another run.
   */
  readonly lastingArns?: boolean;
}

/** Lasting ARNs end in what looks like a time of the year 2020, but is none. */
const LASTING_FROM = 1_577_836_800_000;

/** How a request names a channel: by one of them, or by both if they agree. */
export interface ChannelRef {
  readonly ChannelName?: string | undefined;
  readonly ChannelARN?: string | undefined;
}

export interface NewChannel {
  readonly name: string;
  readonly type?: 'SINGLE_MASTER' | 'FULL_MESH' | undefined;
  readonly messageTtlSeconds?: number | undefined;
  readonly tags?: ReadonlyMap<string, string> | undefined;
}

/** All signaling channels: what is theirs beyond the life of a resource. */
export class Channels extends Resources<ChannelSettings, Channel> {
  readonly #streams: ChannelsServices['streams'];

  constructor(services: ChannelsServices) {
    super(services, {
      kind: 'channel',
      table: services.records.channels,
      make: (record, home) => new Channel(record, home),
      number: services.lastingArns === true ? lastingNumbers(services.ids) : undefined,
    });
    this.#streams = services.streams;
  }

  create(scope: Scope, { name, type = 'SINGLE_MASTER', messageTtlSeconds, tags }: NewChannel): Channel {
    if (type !== 'SINGLE_MASTER') {
      throw serviceError('invalidArgument', `ChannelType ${type} is not supported. Use SINGLE_MASTER.`);
    }
    const own = {
      type,
      messageTtlSeconds: messageTtlSeconds ?? this.limits.of('channel.messageTtl', scope),
      storageStreamArn: null,
    };
    return this.add(scope, { name, tags, own });
  }

  /** The channel of that name or ARN, in whatever status. Throws if there is none or name and ARN disagree. */
  resolve(scope: Scope, { ChannelName: name, ChannelARN: arn }: ChannelRef): Channel {
    return this.named(scope, name, arn);
  }

  list(scope: Scope, wanted: PageWanted): { channels: Channel[]; nextToken: string | undefined } {
    const { items, nextToken } = this.page('ListSignalingChannels', scope, wanted);
    return { channels: items, nextToken };
  }

  update(channel: Channel, currentVersion: string, messageTtlSeconds: number): void {
    this.startUpdate(channel, currentVersion, () => ({ messageTtlSeconds }));
  }

  /** Stores the channel's media in a stream. A channel has one stream at most, and a stream one channel. */
  enableStorage(channel: Channel, stream: Stream): void {
    this.requireChangeable(channel);
    requireActive('stream', stream.record);
    if (stream.record.dataRetentionInHours === 0) throw serviceError('noDataRetention');
    const { arn, storageStreamArn } = channel.record;
    const { arn: streamArn, mappedChannelArn } = stream.record;
    if (storageStreamArn === streamArn && mappedChannelArn === arn) return;
    const elsewhere = storageStreamArn ?? mappedChannelArn;
    if (elsewhere !== null) throw serviceError('mappedElsewhere', elsewhere);
    this.startUpdate(channel, undefined, () => ({ storageStreamArn: streamArn }));
    stream.change({ mappedChannelArn: arn });
  }

  disableStorage(channel: Channel): void {
    this.requireChangeable(channel);
    if (channel.record.storageStreamArn === null) return;
    this.#unmap(channel);
    this.startUpdate(channel, undefined, () => ({ storageStreamArn: null }));
  }

  delete(channel: Channel, currentVersion: string | undefined): void {
    this.requireChangeable(channel, currentVersion);
    if (channel.record.storageStreamArn !== null) throw serviceError('channelMapped');
    this.startDeletion(channel);
  }

  /** All that is known of them is in their records. */
  save(): null {
    return null;
  }

  load(): void {
    this.resume();
  }

  /** Forgets all channels, or those of an account, of a region, or of both. */
  reset(which: Where = {}): void {
    for (const channel of this.clear(which)) this.#unmap(channel);
  }

  /**
   * Of the two sides of a mapping the stream's is made last and goes first: between the two it can be disabled, whatever
   * happens there.
   */
  #unmap({ record: { scope, arn, storageStreamArn } }: Channel): void {
    const stream = storageStreamArn === null ? undefined : this.#streams.find(scope, storageStreamArn);
    if (stream?.record.mappedChannelArn === arn) stream.change({ mappedChannelArn: null });
  }
}

const lastingNumbers =
  (ids: Ids) =>
  ({ account, region }: Scope, name: string, era: number): number => {
    const own = ids.lasting('channel', account, region, name, String(era));
    return LASTING_FROM + Number.parseInt(own.uuid().slice(0, 8), 16);
  };
