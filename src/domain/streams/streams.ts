import { serviceError } from '../../protocol/errors.ts';
import type { Events } from '../events/events.ts';
import type { FragmentLogServices } from '../fragments/fragmentLog.ts';
import { type PageWanted, Resources, type ResourcesServices } from '../resources/resources.ts';
import { parseArn, type Scope, type Where } from '../resources/scope.ts';
import { type Former, formerOf } from './activation.ts';
import type { Notification, StorageTier } from './configurations.ts';
import { type EdgeAgent, EdgeConfigurations } from './edgeConfigurations.ts';
import {
  checkImageGeneration,
  checkNotification,
  checkRetention,
  defaultKmsKeyId,
  retentionMs,
  type WantedImageGeneration,
} from './settings.ts';
import { type SavedStream, Stream } from './stream.ts';
import type { StreamSettings } from './streamRecord.ts';

export interface StreamsServices extends FragmentLogServices, ResourcesServices {
  /** There is no Edge Agent by default: nothing ever answers. */
  readonly edgeAgent?: EdgeAgent;
  readonly events?: Events;
  /** Milliseconds after which a configuration of notifications or images counts. */
  readonly activation?: number;
}

/** How a request names a stream: by one of them, or by both if they agree. */
export interface StreamRef {
  readonly StreamName?: string | undefined;
  readonly StreamARN?: string | undefined;
}

export interface NewStream {
  readonly name: string;
  readonly deviceName?: string | undefined;
  readonly mediaType?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly dataRetentionInHours?: number | undefined;
  readonly tags?: ReadonlyMap<string, string> | undefined;
  readonly storageTier?: StorageTier | undefined;
}

/** All streams: what is theirs beyond the life of a resource. */
export class Streams extends Resources<StreamSettings, Stream> {
  readonly edge: EdgeConfigurations;
  readonly #former: <C>(set: C | null, former?: Former<C> | null) => Former<C> | null;

  constructor(services: StreamsServices) {
    super(services, {
      kind: 'stream',
      table: services.records.streams,
      make: (record, home) => new Stream(record, home, services),
    });
    const { clock, activation = 0 } = services;
    this.#former = (set, former) => formerOf(set, former, clock.now(), activation);
    this.edge = new EdgeConfigurations(services.clock, this.limits, this.transitions.deleting, services.edgeAgent);
  }

  create(scope: Scope, wanted: NewStream): Stream {
    const { name, tags, dataRetentionInHours = this.limits.of('retention.default', scope) } = wanted;
    checkRetention(dataRetentionInHours, this.limits.of('retention.maximum', scope));
    const own: StreamSettings = {
      dataRetentionInHours,
      deviceName: wanted.deviceName ?? null,
      mediaType: wanted.mediaType ?? null,
      kmsKeyId: wanted.kmsKeyId ?? defaultKmsKeyId(scope),
      storageTier: wanted.storageTier ?? 'HOT',
      imageGeneration: null,
      notification: null,
      edge: null,
      mappedChannelArn: null,
      sequenceBlocks: 0,
    };
    return this.add(scope, { name, tags, own });
  }

  /** The stream of that name or ARN, in whatever status. Throws if there is none or name and ARN disagree. */
  resolve(scope: Scope, { StreamName: name, StreamARN: arn }: StreamRef): Stream {
    return this.named(scope, name, arn);
  }

  /** The same for whoever wants its media: a stream that is still being made, or going, is not found. */
  resolveActive(scope: Scope, ref: StreamRef): Stream {
    const stream = this.resolve(scope, ref);
    const { status } = stream.record;
    if (status === 'CREATING' || status === 'DELETING') throw serviceError('streamNotFound');
    return stream;
  }

  /** The same for whoever has noted its ARN; undefined if it is no more. */
  find(scope: Scope, arn: string): Stream | undefined {
    const { here } = this.traces(scope, parseArn(arn)?.name ?? '');
    return here?.record.arn === arn ? here : undefined;
  }

  list(scope: Scope, wanted: PageWanted): { streams: Stream[]; nextToken: string | undefined } {
    const { items, nextToken } = this.page('ListStreams', scope, wanted);
    return { streams: items, nextToken };
  }

  /** The same of the streams with an edge configuration for one device. */
  listByDevice(
    scope: Scope,
    { device, token, limit }: { device: string; token?: string | undefined; limit: number },
  ): { streams: Stream[]; nextToken: string | undefined } {
    const query = ['ListEdgeAgentConfigurations', scope.account, scope.region, device];
    const after = this.tokens.after(query, token) ?? '';
    const left = [...this.all(scope)].filter(
      ({ record: { name, edge } }) => name > after && edge?.config.HubDeviceArn === device,
    );
    const streams = left.slice(0, limit);
    const last = left.length > limit ? streams.at(-1)?.record.name : undefined;
    return { streams, nextToken: this.tokens.next(query, last) };
  }

  /** What is undefined stays as it is. */
  update(
    stream: Stream,
    currentVersion: string,
    { deviceName, mediaType }: { deviceName?: string | undefined; mediaType?: string | undefined },
  ): void {
    this.startUpdate(stream, currentVersion, (record) => ({
      deviceName: deviceName ?? record.deviceName,
      mediaType: mediaType ?? record.mediaType,
    }));
  }

  /** Keeps data for so many hours more, or less if negative; what is older than the new period goes at once. */
  changeRetention(stream: Stream, currentVersion: string, hours: number): void {
    this.startUpdate(stream, currentVersion, (record) => {
      const dataRetentionInHours = record.dataRetentionInHours + hours;
      checkRetention(dataRetentionInHours, this.limits.of('retention.maximum', stream));
      return { dataRetentionInHours };
    });
    stream.fragments.setRetention(retentionMs(stream.record.dataRetentionInHours));
  }

  setStorageTier(stream: Stream, currentVersion: string, storageTier: StorageTier): void {
    this.startUpdate(stream, currentVersion, () => ({ storageTier }));
  }

  /** Sets the configuration, or deletes it if there is none to set. */
  setImageGeneration(stream: Stream, wanted: WantedImageGeneration | undefined): void {
    this.startUpdate(stream, undefined, (record) => {
      const former = this.#former(record.imageGeneration, record.formerImageGeneration);
      if (wanted === undefined) return { imageGeneration: null, formerImageGeneration: former };
      requireRetention(record);
      const minInterval = this.limits.of('imageGeneration.minInterval', stream);
      const imageGeneration = checkImageGeneration(record.scope, wanted, minInterval);
      return { imageGeneration, formerImageGeneration: former };
    });
  }

  /** Sets the configuration, or deletes it if there is none to set. */
  setNotification(stream: Stream, wanted: Notification | undefined): void {
    this.startUpdate(stream, undefined, (record) => {
      const former = this.#former(record.notification, record.formerNotification);
      if (wanted === undefined) return { notification: null, formerNotification: former };
      requireRetention(record);
      checkNotification(wanted);
      return { notification: wanted, formerNotification: former };
    });
  }

  /** What has been set on it counts from now on. */
  activate(stream: Stream): void {
    stream.change({ formerImageGeneration: null, formerNotification: null });
  }

  /** The data are out of reach at once; the stream itself shows as DELETING as long as that takes. */
  delete(stream: Stream, currentVersion: string | undefined): void {
    this.requireChangeable(stream, currentVersion);
    const { edge, mappedChannelArn } = stream.record;
    if (mappedChannelArn !== null) throw serviceError('streamMapped');
    this.startDeletion(stream, { edge: edge && { ...edge, steps: [] } });
    stream.fragments.delete();
  }

  /** What is known of streams beyond their records and fragments, by ARN. */
  save(): [arn: string, saved: SavedStream][] {
    const saved = [...this.all()].map((stream): [string, SavedStream] => [stream.record.arn, stream.save()]);
    return saved.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  load(saved: readonly (readonly [string, SavedStream])[]): void {
    this.resume();
    const known = new Map(saved);
    for (const stream of this.all()) {
      const own = known.get(stream.record.arn);
      if (own !== undefined) stream.load(own);
    }
  }

  /** Forgets all streams, or those of an account, of a region, or of both. */
  reset(which: Where = {}): void {
    for (const stream of this.clear(which)) if (stream.record.status !== 'DELETING') stream.fragments.delete();
  }
}

function requireRetention({ dataRetentionInHours }: StreamSettings): void {
  if (dataRetentionInHours === 0) throw serviceError('noDataRetention');
}
