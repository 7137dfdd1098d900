import { serviceError } from '../../protocol/errors.ts';
import { FragmentLog, type FragmentLogServices } from '../fragments/fragmentLog.ts';
import { NO_DELAYS, pass, requireActive, requireVersion, type Transitions } from '../resources/lifecycle.ts';
import { NamedResources } from '../resources/namedResources.ts';
import { PageTokens } from '../resources/pageTokens.ts';
import { resolveName } from '../resources/resolveName.ts';
import { makeArn, type Scope, type Where } from '../resources/scope.ts';
import { withoutTags, withTags } from '../resources/tags.ts';
import type { ImageGeneration, Notification, StorageTier } from './configurations.ts';
import { type EdgeAgent, EdgeConfigurations } from './edgeConfigurations.ts';
import { checkImageGeneration, checkNotification, checkRetention, defaultKmsKeyId, retentionMs } from './settings.ts';
import { Stream, type StreamRecord } from './stream.ts';

export interface StreamsServices extends FragmentLogServices {
  readonly transitions?: Transitions;
  /** The most streams an account may have in a region; no limit by default. */
  readonly quota?: (scope: Scope) => number;
  /** There is no Edge Agent by default: nothing ever answers. */
  readonly edgeAgent?: EdgeAgent;
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

/** All streams, apart per account and region: their life, versions, settings and tags. */
export class Streams {
  readonly edge: EdgeConfigurations;
  #services: StreamsServices;
  #transitions: Transitions;
  #tokens: PageTokens;
  #streams = new NamedResources<Stream>();

  constructor(services: StreamsServices) {
    this.#services = services;
    this.#transitions = services.transitions ?? NO_DELAYS;
    this.#tokens = new PageTokens(services.ids.of('page tokens of streams'));
    this.edge = new EdgeConfigurations(services.clock, this.#transitions.deleting, services.edgeAgent);
  }

  create(scope: Scope, wanted: NewStream): Stream {
    const { clock, payloads, room, oldestFirst, quota } = this.#services;
    const { name, dataRetentionInHours = 0 } = wanted;
    checkRetention(dataRetentionInHours);
    const tags = withTags(new Map(), wanted.tags ?? new Map());
    const limit = quota?.(scope) ?? Number.POSITIVE_INFINITY;
    if (this.#streams.count(scope) >= limit) throw serviceError('accountStreamLimitExceeded', limit);
    if (this.#streams.get(scope, name) !== undefined) throw serviceError('streamExists', name);
    const createdAt = this.#streams.creationTime(scope, name, clock.now());
    const arn = makeArn(scope, 'stream', name, createdAt);
    const ids = this.#services.ids.of(arn, this.#streams.era(scope));
    const own = { versions: ids.of('versions'), sessions: ids.of('sessions') };
    const stream = new Stream(
      {
        scope: { account: scope.account, region: scope.region },
        name,
        arn,
        createdAt,
        version: own.versions.version(),
        status: 'CREATING',
        dataRetentionInHours,
        deviceName: wanted.deviceName ?? null,
        mediaType: wanted.mediaType ?? null,
        kmsKeyId: wanted.kmsKeyId ?? defaultKmsKeyId(scope),
        tags,
        storageTier: wanted.storageTier ?? 'HOT',
        imageGeneration: undefined,
        notification: undefined,
        edge: undefined,
        mappedChannelArn: undefined,
      },
      new FragmentLog({ clock, ids, payloads, room, oldestFirst }, retentionMs(dataRetentionInHours)),
      own,
    );
    this.#streams.add(scope, stream);
    this.#pass(stream, 'CREATING', this.#transitions.creating);
    return stream;
  }

  /** The stream of that name or ARN, in whatever status. Throws if there is none or name and ARN disagree. */
  resolve(scope: Scope, { StreamName: name, StreamARN: arn }: StreamRef): Stream {
    const stream = this.#streams.get(scope, resolveName('stream', name, arn));
    if (stream === undefined) throw serviceError('streamNotFound');
    if (arn !== undefined && stream.record.arn !== arn) throw serviceError('streamNotFound');
    return stream;
  }

  /** The same for whoever wants its media: a stream that is still being made, or going, is not found. */
  resolveActive(scope: Scope, ref: StreamRef): Stream {
    const stream = this.resolve(scope, ref);
    const { status } = stream.record;
    if (status === 'CREATING' || status === 'DELETING') throw serviceError('streamNotFound');
    return stream;
  }

  /** A page of streams in order of their names, and the token of the next page if there is one. */
  list(
    scope: Scope,
    { prefix, token, limit }: { prefix?: string | undefined; token?: string | undefined; limit: number },
  ): { streams: Stream[]; nextToken: string | undefined } {
    const query = ['ListStreams', scope.account, scope.region, prefix];
    const { items, more } = this.#streams.page(scope, { prefix, after: this.#tokens.after(query, token), limit });
    return { streams: items, nextToken: this.#tokens.next(query, more ? items.at(-1)?.record.name : undefined) };
  }

  /** The same of the streams with an edge configuration for one device. */
  listByDevice(
    scope: Scope,
    { device, token, limit }: { device: string; token?: string | undefined; limit: number },
  ): { streams: Stream[]; nextToken: string | undefined } {
    const query = ['ListEdgeAgentConfigurations', scope.account, scope.region, device];
    const after = this.#tokens.after(query, token) ?? '';
    const left = [...this.#streams.all(scope)].filter(
      ({ record: { name, edge } }) => name > after && edge?.config.HubDeviceArn === device,
    );
    const streams = left.slice(0, limit);
    const last = left.length > limit ? streams.at(-1)?.record.name : undefined;
    return { streams, nextToken: this.#tokens.next(query, last) };
  }

  /** What there is of a name, here and elsewhere, and what there was: for whoever did not find it. */
  traces(scope: Scope, name: string): { here: Stream | undefined; elsewhere: Scope | undefined; deleted: boolean } {
    const all = this.#streams;
    return { here: all.get(scope, name), elsewhere: all.elsewhere(scope, name), deleted: all.had(scope, name) };
  }

  /** All streams, or those of an account, of a region, or of both: for the emulator's own inside views. */
  all(which?: Where): Generator<Stream> {
    return this.#streams.all(which);
  }

  /** What is undefined stays as it is. */
  update(
    stream: Stream,
    currentVersion: string,
    { deviceName, mediaType }: { deviceName?: string | undefined; mediaType?: string | undefined },
  ): void {
    this.#change(stream, currentVersion, (record) => {
      record.deviceName = deviceName ?? record.deviceName;
      record.mediaType = mediaType ?? record.mediaType;
    });
  }

  /** Keeps data for so many hours more, or less if negative; what is older than the new period goes at once. */
  changeRetention(stream: Stream, currentVersion: string, hours: number): void {
    this.#change(stream, currentVersion, (record) => {
      const retention = record.dataRetentionInHours + hours;
      checkRetention(retention);
      record.dataRetentionInHours = retention;
      stream.fragments.setRetention(retentionMs(retention));
    });
  }

  setStorageTier(stream: Stream, currentVersion: string, tier: StorageTier): void {
    this.#change(stream, currentVersion, (record) => {
      record.storageTier = tier;
    });
  }

  /** Sets the configuration, or deletes it if there is none to set. */
  setImageGeneration(stream: Stream, wanted: ImageGeneration | undefined): void {
    this.#change(stream, undefined, (record) => {
      if (wanted !== undefined) {
        requireRetention(record);
        checkImageGeneration(record.scope, wanted);
      }
      record.imageGeneration = wanted;
    });
  }

  /** Sets the configuration, or deletes it if there is none to set. */
  setNotification(stream: Stream, wanted: Notification | undefined): void {
    this.#change(stream, undefined, (record) => {
      if (wanted !== undefined) {
        requireRetention(record);
        checkNotification(wanted);
      }
      record.notification = wanted;
    });
  }

  /** Adds tags or writes over those that are there. */
  tag(stream: Stream, tags: ReadonlyMap<string, string>): void {
    stream.record.tags = withTags(stream.record.tags, tags);
  }

  untag(stream: Stream, keys: readonly string[]): void {
    stream.record.tags = withoutTags(stream.record.tags, keys);
  }

  /** The data are out of reach at once; the stream itself shows as DELETING as long as that takes. */
  delete(stream: Stream, currentVersion: string | undefined): void {
    const { clock } = this.#services;
    const { record } = stream;
    requireActive('stream', record);
    if (currentVersion !== undefined) requireVersion('stream', record, currentVersion);
    if (record.mappedChannelArn !== undefined) throw serviceError('streamMapped');
    stream.fragments.delete();
    stream.cancelEdge();
    record.version = stream.ids.versions.version();
    stream.cancelPassing = pass(clock, record, 'DELETING', this.#transitions.deleting, () => {
      this.#streams.remove(record.scope, stream, clock.now());
    });
  }

  /** Forgets all streams, or those of an account, of a region, or of both. */
  reset(which?: Where): void {
    const gone = [...this.#streams.all(which)];
    for (const stream of gone) {
      stream.cancelPassing();
      stream.cancelEdge();
      if (stream.record.status !== 'DELETING') stream.fragments.delete();
    }
    this.#streams.clear(which);
  }

  /** Changes that name a version replace it; the service takes the others without one and leaves the version. */
  #change(stream: Stream, currentVersion: string | undefined, change: (record: StreamRecord) => void): void {
    const { record } = stream;
    requireActive('stream', record);
    if (currentVersion !== undefined) requireVersion('stream', record, currentVersion);
    change(record);
    if (currentVersion !== undefined) record.version = stream.ids.versions.version();
    this.#pass(stream, 'UPDATING', this.#transitions.updating);
  }

  #pass(stream: Stream, status: 'CREATING' | 'UPDATING', ms: number): void {
    stream.cancelPassing = pass(this.#services.clock, stream.record, status, ms, () => {
      stream.record.status = 'ACTIVE';
    });
  }
}

function requireRetention({ dataRetentionInHours }: StreamRecord): void {
  if (dataRetentionInHours === 0) throw serviceError('noDataRetention');
}
