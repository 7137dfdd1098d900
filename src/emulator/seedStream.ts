import type { ResourceRecord } from '../domain/resources/record.ts';
import type { Scope } from '../domain/resources/scope.ts';
import type { Stream } from '../domain/streams/stream.ts';
import type { PlannedMedia } from './seedMedia.ts';
import type { SeedParts } from './seedParts.ts';
import type { Placed } from './seedReader.ts';
import type { ChannelSeed, StreamSeed } from './seedShapes.ts';

// Streams and channels of a seed: made by the calls that any client makes, as their own account.

const HOUR_MS = 3_600_000;

/** What a call of the service is handed: what is null is not said. */
const said = (members: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));

const filled = (tags: ReadonlyMap<string, string> | undefined): object | undefined =>
  tags === undefined || tags.size === 0 ? undefined : Object.fromEntries(tags);

/** A seed says what is there, and not what begins to be: it is not waited for. */
function settle(resource: { readonly record: ResourceRecord; end(): void } | undefined): void {
  while (resource?.record.statusEnds?.to === 'ACTIVE') resource.end();
}

/** Takes back what was made. */
export type Undo = () => unknown;

export async function makeStream(
  { call, streams, controls, showing }: SeedParts,
  scope: Scope,
  { read, given }: Placed<StreamSeed>,
  media: readonly PlannedMedia[],
  undo: (how: Undo) => void,
): Promise<number> {
  const { name, retention, storageTier, shards } = read;
  const here = (): Stream | undefined => streams.traces(scope, name).here;
  await call('CreateStream', scope, {
    ...said({ StreamName: name, DeviceName: read.deviceName, MediaType: read.mediaType, KmsKeyId: read.kmsKeyId }),
    ...said({
      DataRetentionInHours: retention === undefined ? undefined : retention / HOUR_MS,
      Tags: filled(read.tags),
    }),
    ...(storageTier === undefined ? {} : { StreamStorageConfiguration: { DefaultStorageTier: storageTier } }),
  });
  undo(async () => {
    const stream = here();
    if (stream === undefined) return;
    settle(stream);
    await call('DeleteStream', scope, { StreamARN: stream.record.arn });
    here()?.end();
  });
  const update = async (operation: string, input: object): Promise<void> => {
    settle(here());
    await call(operation, scope, { StreamName: name, ...input });
  };
  if (shards !== undefined) controls.limits.changeStream(name, { shards }, scope);
  const { imageGeneration, notification } = given;
  if (read.imageGeneration)
    await update('UpdateImageGenerationConfiguration', { ImageGenerationConfiguration: imageGeneration });
  if (read.notification) await update('UpdateNotificationConfiguration', { NotificationConfiguration: notification });
  const stream = here();
  settle(stream);
  if (stream !== undefined && (read.imageGeneration || read.notification)) streams.activate(stream);
  let count = 0;
  for (const { recording, layout, tags } of stream === undefined ? [] : media) {
    count += (await showing.show(stream as Stream, recording, layout, tags)).fragments;
  }
  return count;
}

export async function makeChannel(
  { call, channels, streams }: SeedParts,
  scope: Scope,
  { read }: Placed<ChannelSeed>,
  undo: (how: Undo) => void,
): Promise<void> {
  const { name, messageTtl, storage } = read;
  const here = () => channels.traces(scope, name).here;
  await call('CreateSignalingChannel', scope, {
    ChannelName: name,
    Tags: [...(read.tags ?? [])].map(([Key, Value]) => ({ Key, Value })),
    ...(messageTtl === undefined ? {} : { SingleMasterConfiguration: { MessageTtlSeconds: messageTtl / 1000 } }),
  });
  const arn = here()?.record.arn;
  const map = (configuration: object): Promise<object> =>
    call('UpdateMediaStorageConfiguration', scope, { ChannelARN: arn, MediaStorageConfiguration: configuration });
  undo(async () => {
    settle(here());
    if (here()?.record.storageStreamArn) await map({ Status: 'DISABLED' });
    settle(here());
    await call('DeleteSignalingChannel', scope, { ChannelARN: arn });
    here()?.end();
  });
  settle(here());
  if (storage) await map({ Status: 'ENABLED', StreamARN: streams.traces(scope, storage).here?.record.arn });
  settle(here());
  if (storage) settle(streams.traces(scope, storage).here);
}
