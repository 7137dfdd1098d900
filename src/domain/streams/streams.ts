import { serviceError } from '../../protocol/errors.ts';
import { FragmentLog, type FragmentLogServices } from '../fragments/fragmentLog.ts';
import { NO_DELAYS, pass, type Transitions } from '../resources/lifecycle.ts';
import { NamedResources } from '../resources/namedResources.ts';
import { PageTokens } from '../resources/pageTokens.ts';
import { makeArn, type Scope } from '../resources/scope.ts';
import { withoutTags, withTags } from '../resources/tags.ts';
import { resolveName } from './resolveName.ts';
import { checkRetention, kmsKeyArn, retentionMs } from './settings.ts';
import { type StorageTier, Stream } from './stream.ts';

export interface StreamsServices extends FragmentLogServices {
  readonly transitions?: Transitions;
  /** The most streams an account may have in a region; no limit by default. */
  readonly quota?: (scope: Scope) => number;
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
  #services: StreamsServices;
  #transitions: Transitions;
  #tokens: PageTokens;
  #streams = new NamedResources<Stream>();

  constructor(services: StreamsServices) {
    this.#services = services;
    this.#transitions = services.transitions ?? NO_DELAYS;
    this.#tokens = new PageTokens(services.ids);
  }

  create(scope: Scope, wanted: NewStream): Stream {
    const { clock, ids, quota } = this.#services;
    const { name, dataRetentionInHours = 0 } = wanted;
    checkRetention(dataRetentionInHours);
    const tags = withTags(new Map(), wanted.tags ?? new Map());
    const limit = quota?.(scope) ?? Number.POSITIVE_INFINITY;
    if (this.#streams.count(scope) >= limit) throw serviceError('accountStreamLimitExceeded', limit);
    if (this.#streams.get(scope, name) !== undefined) throw serviceError('streamExists', name);
    const createdAt = this.#streams.creationTime(scope, name, clock.now());
    const stream = new Stream(
      {
        scope: { account: scope.account, region: scope.region },
        name,
        arn: makeArn(scope, 'stream', name, createdAt),
        createdAt,
        version: ids.version(),
        status: 'CREATING',
        dataRetentionInHours,
        deviceName: wanted.deviceName ?? null,
        mediaType: wanted.mediaType ?? null,
        kmsKeyId: kmsKeyArn(scope, wanted.kmsKeyId),
        tags,
        storageTier: wanted.storageTier ?? 'HOT',
      },
      new FragmentLog(this.#services, retentionMs(dataRetentionInHours)),
    );
    this.#streams.add(scope, stream);
    this.#pass(stream, 'CREATING', this.#transitions.creating);
    return stream;
  }

  /** The stream of that name or ARN, in whatever status. Throws if there is none or name and ARN disagree. */
  resolve(scope: Scope, ref: StreamRef): Stream {
    const stream = this.#streams.get(scope, resolveName(ref));
    if (stream === undefined) throw serviceError('streamNotFound');
    if (ref.StreamARN !== undefined && stream.record.arn !== ref.StreamARN) throw serviceError('streamNotFound');
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
    const after = token === undefined || token === '' ? undefined : this.#tokens.open(query, token);
    const { items, more } = this.#streams.page(scope, { prefix, after, limit });
    const last = items.at(-1);
    const nextToken = more && last !== undefined ? this.#tokens.seal(query, last.record.name) : undefined;
    return { streams: items, nextToken };
  }

  /** All streams of one scope, or of all: for the emulator's own inside views. */
  all(scope?: Scope): Generator<Stream> {
    return this.#streams.all(scope);
  }

  /** What is undefined stays as it is. */
  update(
    stream: Stream,
    currentVersion: string,
    change: { deviceName?: string | undefined; mediaType?: string | undefined },
  ): void {
    const { record } = stream;
    requireActive(stream);
    requireVersion(stream, currentVersion);
    record.deviceName = change.deviceName ?? record.deviceName;
    record.mediaType = change.mediaType ?? record.mediaType;
    this.#rotate(stream);
    this.#pass(stream, 'UPDATING', this.#transitions.updating);
  }

  /** Keeps data for so many hours more, or less if negative; what is older than the new period goes at once. */
  changeRetention(stream: Stream, currentVersion: string, hours: number): void {
    const { record } = stream;
    requireActive(stream);
    requireVersion(stream, currentVersion);
    const retention = record.dataRetentionInHours + hours;
    checkRetention(retention);
    record.dataRetentionInHours = retention;
    stream.fragments.setRetention(retentionMs(retention));
    this.#rotate(stream);
    this.#pass(stream, 'UPDATING', this.#transitions.updating);
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
    requireActive(stream);
    if (currentVersion !== undefined) requireVersion(stream, currentVersion);
    stream.fragments.delete();
    this.#rotate(stream);
    stream.cancelPassing = pass(clock, stream.record, 'DELETING', this.#transitions.deleting, () => {
      this.#streams.remove(stream.record.scope, stream, clock.now());
    });
  }

  /** Forgets all streams of one scope, or of all. */
  reset(scope?: Scope): void {
    for (const stream of this.#streams.all(scope)) {
      stream.cancelPassing();
      if (stream.record.status !== 'DELETING') stream.fragments.delete();
    }
    this.#streams.clear(scope);
  }

  #rotate({ record }: Stream): void {
    record.version = this.#services.ids.version();
  }

  #pass(stream: Stream, status: 'CREATING' | 'UPDATING', ms: number): void {
    stream.cancelPassing = pass(this.#services.clock, stream.record, status, ms, () => {
      stream.record.status = 'ACTIVE';
    });
  }
}

function requireActive({ record: { name, status } }: Stream): void {
  if (status !== 'ACTIVE') throw serviceError('notActive', 'stream', name, status);
}

function requireVersion({ record: { version } }: Stream, given: string): void {
  if (given !== version) throw serviceError('versionMismatch', 'stream', given);
}
