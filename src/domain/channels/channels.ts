import { serviceError } from '../../protocol/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import { NO_DELAYS, pass, requireActive, requireVersion, type Transitions } from '../resources/lifecycle.ts';
import { NamedResources } from '../resources/namedResources.ts';
import { PageTokens } from '../resources/pageTokens.ts';
import { resolveName } from '../resources/resolveName.ts';
import { makeArn, type Scope, type Where } from '../resources/scope.ts';
import { withoutTags, withTags } from '../resources/tags.ts';
import type { Stream } from '../streams/stream.ts';
import { Channel, type ChannelRecord } from './channel.ts';

export interface ChannelsServices {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly transitions?: Transitions;
  /** The most channels an account may have in a region; no limit by default. */
  readonly quota?: (scope: Scope) => number;
}

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

const DEFAULT_TTL_SECONDS = 60;

/** All signaling channels, apart per account and region: their life, versions, settings, tags and media storage. */
export class Channels {
  #services: ChannelsServices;
  #transitions: Transitions;
  #tokens: PageTokens;
  #channels = new NamedResources<Channel>();

  constructor(services: ChannelsServices) {
    this.#services = services;
    this.#transitions = services.transitions ?? NO_DELAYS;
    this.#tokens = new PageTokens(services.ids.of('page tokens of channels'));
  }

  create(scope: Scope, wanted: NewChannel): Channel {
    const { clock, ids, quota } = this.#services;
    const { name, type = 'SINGLE_MASTER' } = wanted;
    if (type !== 'SINGLE_MASTER') {
      throw serviceError('invalidArgument', `ChannelType ${type} is not supported. Use SINGLE_MASTER.`);
    }
    const tags = withTags(new Map(), wanted.tags ?? new Map());
    const limit = quota?.(scope) ?? Number.POSITIVE_INFINITY;
    if (this.#channels.count(scope) >= limit) throw serviceError('accountChannelLimitExceeded', limit);
    if (this.#channels.get(scope, name) !== undefined) throw serviceError('channelExists', name);
    const createdAt = this.#channels.creationTime(scope, name, clock.now());
    const arn = makeArn(scope, 'channel', name, createdAt);
    const versionIds = ids.of(arn, this.#channels.era(scope), 'versions');
    const channel = new Channel(
      {
        scope: { account: scope.account, region: scope.region },
        name,
        arn,
        createdAt,
        version: versionIds.version(),
        status: 'CREATING',
        type,
        messageTtlSeconds: wanted.messageTtlSeconds ?? DEFAULT_TTL_SECONDS,
        tags,
      },
      versionIds,
    );
    this.#channels.add(scope, channel);
    this.#pass(channel, 'CREATING', this.#transitions.creating);
    return channel;
  }

  /** The channel of that name or ARN, in whatever status. Throws if there is none or name and ARN disagree. */
  resolve(scope: Scope, { ChannelName: name, ChannelARN: arn }: ChannelRef): Channel {
    const channel = this.#channels.get(scope, resolveName('channel', name, arn));
    if (channel === undefined) throw serviceError('channelNotFound');
    if (arn !== undefined && channel.record.arn !== arn) throw serviceError('channelNotFound');
    return channel;
  }

  /** A page of channels in order of their names, and the token of the next page if there is one. */
  list(
    scope: Scope,
    { prefix, token, limit }: { prefix?: string | undefined; token?: string | undefined; limit: number },
  ): { channels: Channel[]; nextToken: string | undefined } {
    const query = ['ListSignalingChannels', scope.account, scope.region, prefix];
    const { items, more } = this.#channels.page(scope, { prefix, after: this.#tokens.after(query, token), limit });
    return { channels: items, nextToken: this.#tokens.next(query, more ? items.at(-1)?.record.name : undefined) };
  }

  /** What there is of a name, here and elsewhere, and what there was: for whoever did not find it. */
  traces(scope: Scope, name: string): { here: Channel | undefined; elsewhere: Scope | undefined; deleted: boolean } {
    const all = this.#channels;
    return { here: all.get(scope, name), elsewhere: all.elsewhere(scope, name), deleted: all.had(scope, name) };
  }

  /** All channels, or those of an account, of a region, or of both: for the emulator's own inside views. */
  all(which?: Where): Generator<Channel> {
    return this.#channels.all(which);
  }

  update(channel: Channel, currentVersion: string, messageTtlSeconds: number): void {
    requireActive('channel', channel.record);
    requireVersion('channel', channel.record, currentVersion);
    this.#change(channel, (record) => {
      record.messageTtlSeconds = messageTtlSeconds;
      record.version = channel.versionIds.version();
    });
  }

  /** Stores the channel's media in a stream. A channel has one stream at most, and a stream one channel. */
  enableStorage(channel: Channel, stream: Stream): void {
    requireActive('channel', channel.record);
    requireActive('stream', stream.record);
    if (stream.record.dataRetentionInHours === 0) throw serviceError('noDataRetention');
    if (channel.storage === stream) return;
    const elsewhere = channel.storage?.record.arn ?? stream.record.mappedChannelArn;
    if (elsewhere !== undefined) throw serviceError('mappedElsewhere', elsewhere);
    this.#change(channel, () => {
      channel.storage = stream;
      stream.record.mappedChannelArn = channel.record.arn;
    });
  }

  disableStorage(channel: Channel): void {
    requireActive('channel', channel.record);
    const { storage } = channel;
    if (storage === undefined) return;
    this.#change(channel, () => {
      storage.record.mappedChannelArn = undefined;
      channel.storage = undefined;
    });
  }

  /** Adds tags or writes over those that are there. */
  tag(channel: Channel, tags: ReadonlyMap<string, string>): void {
    channel.record.tags = withTags(channel.record.tags, tags);
  }

  untag(channel: Channel, keys: readonly string[]): void {
    channel.record.tags = withoutTags(channel.record.tags, keys);
  }

  delete(channel: Channel, currentVersion: string | undefined): void {
    const { clock } = this.#services;
    const { record } = channel;
    requireActive('channel', record);
    if (currentVersion !== undefined) requireVersion('channel', record, currentVersion);
    if (channel.storage !== undefined) throw serviceError('channelMapped');
    record.version = channel.versionIds.version();
    channel.cancelPassing = pass(clock, record, 'DELETING', this.#transitions.deleting, () => {
      this.#channels.remove(record.scope, channel, clock.now());
    });
  }

  /** Forgets all channels, or those of an account, of a region, or of both. */
  reset(which?: Where): void {
    for (const channel of this.#channels.all(which)) {
      channel.cancelPassing();
      if (channel.storage !== undefined) channel.storage.record.mappedChannelArn = undefined;
    }
    this.#channels.clear(which);
  }

  #change(channel: Channel, change: (record: ChannelRecord) => void): void {
    change(channel.record);
    this.#pass(channel, 'UPDATING', this.#transitions.updating);
  }

  #pass(channel: Channel, status: 'CREATING' | 'UPDATING', ms: number): void {
    channel.cancelPassing = pass(this.#services.clock, channel.record, status, ms, () => {
      channel.record.status = 'ACTIVE';
    });
  }
}
