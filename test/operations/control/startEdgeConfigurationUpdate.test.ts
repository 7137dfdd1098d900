import { describe, expect, it } from 'vitest';
import { AGENT, DEVICE, EDGE_CONFIG, LEAST } from './edge.ts';
import { ACCOUNT, controlPlane, errorOf, refusalsOf, START } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'StartEdgeConfigurationUpdate';
const { mistyped, invalid } = refusalsOf(NAME);
const REST = { EdgeConfig: EDGE_CONFIG };
const request = (change: object) => ({ StreamName: 'a', EdgeConfig: { ...EDGE_CONFIG, ...change } });

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, REST, 'StreamName', 'StreamARN');
  it('refuses a configuration that is a list', () =>
    mistyped({ EdgeConfig: [EDGE_CONFIG] }, "The member 'edgeConfig' must be an object, not a list."));
  it('refuses yes and no in words', () =>
    mistyped(
      request({ DeletionConfig: { DeleteAfterUpload: 'true' } }),
      "The member 'edgeConfig.deletionConfig.deleteAfterUpload' must be true or false, not a string.",
    ));
  it('refuses a number in quotes, however deep', () =>
    mistyped(
      request({ DeletionConfig: { LocalSizeConfig: { MaxLocalMediaSizeInMB: '64' } } }),
      "The member 'edgeConfig.deletionConfig.localSizeConfig.maxLocalMediaSizeInMB' must be an integer, not a string.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs a configuration', () =>
    invalid({ StreamName: 'a' }, "Value null at 'edgeConfig' failed to satisfy constraint: Member must not be null"));
  it('needs a device, a recorder with a source, and a schedule for an uploader', () =>
    invalid(
      { StreamName: 'a', EdgeConfig: { RecorderConfig: {}, UploaderConfig: {} } },
      "Value null at 'edgeConfig.hubDeviceArn' failed to satisfy constraint: Member must not be null",
      "Value null at 'edgeConfig.recorderConfig.mediaSourceConfig' failed to satisfy constraint: Member must not be null",
      "Value null at 'edgeConfig.uploaderConfig.scheduleConfig' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses a device that is no thing', () =>
    invalid(
      request({ HubDeviceArn: 'hub-1' }),
      "Value 'hub-1' at 'edgeConfig.hubDeviceArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:[a-z\\d-]+:iot:[a-z0-9-]+:[0-9]+:thing/[a-zA-Z0-9_.-]+",
    ));
  it('does not repeat a secret that it refuses', () =>
    invalid(
      request({
        RecorderConfig: { MediaSourceConfig: { MediaUriSecretArn: 'rtsp://user:pw@cam', MediaUriType: 'X' } },
      }),
      "Value at 'edgeConfig.recorderConfig.mediaSourceConfig.mediaUriSecretArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:[a-z\\d-]+:secretsmanager:[a-z0-9-]+:[0-9]+:secret:[a-zA-Z0-9_.-]+",
      "Value at 'edgeConfig.recorderConfig.mediaSourceConfig.mediaUriSecretArn' failed to satisfy constraint: Member must have length greater than or equal to 20",
      "Value 'X' at 'edgeConfig.recorderConfig.mediaSourceConfig.mediaUriType' failed to satisfy constraint: Member must satisfy enum value set: [RTSP_URI, FILE_URI]",
    ));
  it('refuses schedules and sizes out of bounds', () =>
    invalid(
      request({
        UploaderConfig: { ScheduleConfig: { ScheduleExpression: 'daily', DurationInSeconds: 59 } },
        DeletionConfig: {
          EdgeRetentionInHours: 721,
          LocalSizeConfig: { MaxLocalMediaSizeInMB: 63, StrategyOnFullSize: 'PANIC' },
        },
      }),
      "Value 'daily' at 'edgeConfig.uploaderConfig.scheduleConfig.scheduleExpression' failed to satisfy constraint: Member must satisfy regular expression pattern: [^\\n]{11,100}",
      "Value 'daily' at 'edgeConfig.uploaderConfig.scheduleConfig.scheduleExpression' failed to satisfy constraint: Member must have length greater than or equal to 11",
      "Value '59' at 'edgeConfig.uploaderConfig.scheduleConfig.durationInSeconds' failed to satisfy constraint: Member must have value greater than or equal to 60",
      "Value '721' at 'edgeConfig.deletionConfig.edgeRetentionInHours' failed to satisfy constraint: Member must have value less than or equal to 720",
      "Value '63' at 'edgeConfig.deletionConfig.localSizeConfig.maxLocalMediaSizeInMB' failed to satisfy constraint: Member must have value greater than or equal to 64",
      "Value 'PANIC' at 'edgeConfig.deletionConfig.localSizeConfig.strategyOnFullSize' failed to satisfy constraint: Member must satisfy enum value set: [DELETE_OLDEST_MEDIA, DENY_NEW_MEDIA]",
    ));
  refusesInvalidStreamRefs(NAME, REST);
});

describe(NAME, () => {
  async function withStream(options: Parameters<typeof controlPlane>[0] = {}) {
    const plane = controlPlane(options);
    await plane.stream('a', { DataRetentionInHours: 1 });
    return plane;
  }
  const status = async (plane: ReturnType<typeof controlPlane>) => {
    const { SyncStatus, FailedStatusDetails } = await plane.call('DescribeEdgeConfiguration', { StreamName: 'a' });
    return [SyncStatus, FailedStatusDetails];
  };

  it('answers the whole configuration, SYNCING', async () => {
    const plane = await withStream();
    expect(await plane.call(NAME, request({}))).toEqual({
      StreamName: 'a',
      StreamARN: `arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:stream/a/${START}`,
      CreationTime: START / 1000,
      LastUpdatedTime: START / 1000,
      SyncStatus: 'SYNCING',
      FailedStatusDetails: null,
      EdgeConfig: EDGE_CONFIG,
    });
  });

  it('shows null for what was left out', async () => {
    const plane = await withStream();
    const { EdgeConfig } = await plane.call(NAME, { StreamName: 'a', EdgeConfig: LEAST });
    expect(EdgeConfig).toEqual({
      ...LEAST,
      RecorderConfig: { ...LEAST.RecorderConfig, ScheduleConfig: null },
      UploaderConfig: null,
      DeletionConfig: null,
    });
  });

  it('fills in what the service assumes of a deletion', async () => {
    const plane = await withStream();
    const { EdgeConfig } = await plane.call(NAME, request({ DeletionConfig: {} }));
    expect(EdgeConfig.DeletionConfig).toEqual({
      EdgeRetentionInHours: 720,
      DeleteAfterUpload: true,
      LocalSizeConfig: null,
    });
  });

  it('fails after 15 minutes without an agent, not a millisecond earlier', async () => {
    const plane = await withStream();
    await plane.call(NAME, request({}));
    await plane.clock.advance(15 * 60_000 - 1);
    expect(await status(plane)).toEqual(['SYNCING', null]);
    await plane.clock.advance(1);
    expect(await status(plane)).toEqual(['SYNC_FAILED', 'The Edge Agent could not be reached for 15 minutes.']);
  });

  it('walks through the states as an agent answers', async () => {
    const plane = await withStream({ edgeAgent: AGENT });
    await plane.call(NAME, request({}));
    await plane.clock.advance(1000);
    expect(await status(plane)).toEqual(['ACKNOWLEDGED', null]);
    await plane.clock.advance(2000);
    expect(await status(plane)).toEqual(['IN_SYNC', null]);
    await plane.clock.advance(3_600_000);
    expect(await status(plane)).toEqual(['IN_SYNC', null]);
  });

  it('refuses another configuration until the first is in sync or has failed', async () => {
    const plane = await withStream({ edgeAgent: AGENT });
    const busy = (state: string) => `400 ResourceInUseException: The edge configuration of the stream a is ${state}.`;
    await plane.call(NAME, request({}));
    expect(await errorOf(plane.call(NAME, request({})))).toBe(busy('SYNCING'));
    await plane.clock.advance(1000);
    expect(await errorOf(plane.call(NAME, request({})))).toBe(busy('ACKNOWLEDGED'));
    await plane.clock.advance(2000);
    const { CreationTime, LastUpdatedTime } = await plane.call(NAME, request({}));
    expect([CreationTime, LastUpdatedTime]).toEqual([START / 1000, (START + 3000) / 1000]);
  });

  it('tries again after a failure', async () => {
    const plane = await withStream();
    await plane.call(NAME, request({}));
    await plane.clock.advance(15 * 60_000);
    await plane.call(NAME, request({}));
    expect(await status(plane)).toEqual(['SYNCING', null]);
  });

  it('does not move to another device', async () => {
    const plane = await withStream();
    await plane.call(NAME, request({}));
    await plane.clock.advance(15 * 60_000);
    expect(await errorOf(plane.call(NAME, request({ HubDeviceArn: `${DEVICE}2` })))).toBe(
      `400 InvalidArgumentException: The stream is configured for ${DEVICE}. Delete that edge configuration first.`,
    );
  });

  it('refuses a stream without retention, and one that is not ACTIVE', async () => {
    const plane = controlPlane({ transitions: { creating: 10, updating: 0, deleting: 0 } });
    await plane.stream('a');
    expect(await errorOf(plane.call(NAME, request({})))).toBe(
      '400 ResourceInUseException: The stream a is CREATING. Wait until it is ACTIVE.',
    );
    await plane.clock.advance(10);
    expect(await errorOf(plane.call(NAME, request({})))).toMatch(/^400 NoDataRetentionException: /);
  });
  needsAStream(NAME, REST);
});
