import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, NOT_FOUND, refusalsOf } from './harness.ts';
import { needsAChannel, refusesInvalidArn, refusesMistyped } from './refs.ts';

const NAME = 'UpdateMediaStorageConfiguration';
const { mistyped, invalid } = refusalsOf(NAME);
const SOME_CHANNEL = 'arn:aws:kinesisvideo:us-east-1:111122223333:channel/a/1';
const OFF = { MediaStorageConfiguration: { Status: 'DISABLED' } };

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, OFF, 'ChannelARN');
  it('refuses a configuration that is a string', () =>
    mistyped(
      { ChannelARN: SOME_CHANNEL, MediaStorageConfiguration: 'ENABLED' },
      "The member 'mediaStorageConfiguration' must be an object, not a string.",
    ));
  it('refuses a StreamARN that is a list', () =>
    mistyped(
      { ChannelARN: SOME_CHANNEL, MediaStorageConfiguration: { StreamARN: [] } },
      "The member 'mediaStorageConfiguration.streamARN' must be a string, not a list.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs an ARN and a configuration', () =>
    invalid(
      {},
      "Value null at 'channelARN' failed to satisfy constraint: Member must not be null",
      "Value null at 'mediaStorageConfiguration' failed to satisfy constraint: Member must not be null",
    ));
  it('needs a status, and refuses a StreamARN that is none', () =>
    invalid(
      { ChannelARN: SOME_CHANNEL, MediaStorageConfiguration: { StreamARN: 'a' } },
      "Value 'a' at 'mediaStorageConfiguration.streamARN' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:[a-z\\d-]+:kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+/[a-zA-Z0-9_.-]+/[0-9]+",
      "Value null at 'mediaStorageConfiguration.status' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses an unknown status', () =>
    invalid(
      { ChannelARN: SOME_CHANNEL, MediaStorageConfiguration: { Status: 'ON' } },
      "Value 'ON' at 'mediaStorageConfiguration.status' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]",
    ));
  refusesInvalidArn(NAME, 'ChannelARN', OFF);
});

describe(NAME, () => {
  async function withBoth(options: Parameters<typeof controlPlane>[0] = {}) {
    const plane = controlPlane(options);
    const { StreamARN } = await plane.stream('s', { DataRetentionInHours: 1 });
    const { ChannelARN } = await plane.channel('c');
    await plane.clock.advance(1000);
    const enable = (channel = ChannelARN, stream = StreamARN) =>
      plane.call(NAME, {
        ChannelARN: channel,
        MediaStorageConfiguration: { Status: 'ENABLED', StreamARN: stream },
      });
    return { plane, StreamARN, ChannelARN, enable, disable: () => plane.call(NAME, { ChannelARN, ...OFF }) };
  }

  it('maps a channel to a stream, shown on both sides, and undoes it', async () => {
    const { plane, StreamARN, ChannelARN, enable, disable } = await withBoth();
    const shown = async () => [
      (await plane.call('DescribeMediaStorageConfiguration', { ChannelARN })).MediaStorageConfiguration,
      (await plane.call('DescribeMappedResourceConfiguration', { StreamARN })).MappedResourceConfigurationList,
    ];
    expect(await enable()).toEqual({});
    expect(await shown()).toEqual([{ Status: 'ENABLED', StreamARN }, [{ ARN: ChannelARN, Type: 'SIGNALING_CHANNEL' }]]);
    expect(await disable()).toEqual({});
    expect(await shown()).toEqual([{ Status: 'DISABLED', StreamARN: null }, []]);
  });
  it('may be said twice, either way', async () => {
    const { enable, disable } = await withBoth();
    await disable();
    await enable();
    await enable();
    await disable();
    await disable();
  });
  it('refuses a second stream for a channel and a second channel for a stream', async () => {
    const { plane, StreamARN, ChannelARN, enable, disable } = await withBoth();
    const { StreamARN: otherStream } = await plane.stream('s2', { DataRetentionInHours: 1 });
    const { ChannelARN: otherChannel } = await plane.channel('c2');
    const inUse = (arn: string) =>
      `400 ResourceInUseException: The resource is already mapped to ${arn}. Disable that MediaStorageConfiguration first.`;
    await enable();
    expect(await errorOf(enable(ChannelARN, otherStream))).toBe(inUse(StreamARN));
    expect(await errorOf(enable(otherChannel, StreamARN))).toBe(inUse(ChannelARN));
    await disable();
    await enable(otherChannel, StreamARN);
  });
  it('keeps the stream from being deleted until it is disabled', async () => {
    const { plane, StreamARN, enable, disable } = await withBoth();
    await enable();
    expect(await errorOf(plane.call('DeleteStream', { StreamARN }))).toBe(
      '400 ResourceInUseException: Disable MediaStorageConfiguration to delete the stream',
    );
    await disable();
    await plane.call('DeleteStream', { StreamARN });
  });
  it('needs a StreamARN to be ENABLED, of a stream that exists', async () => {
    const { plane, StreamARN, ChannelARN, enable } = await withBoth();
    const without = plane.call(NAME, { ChannelARN, MediaStorageConfiguration: { Status: 'ENABLED' } });
    expect(await errorOf(without)).toBe(
      '400 InvalidArgumentException: StreamARN must be given to enable media storage.',
    );
    expect(await errorOf(enable(ChannelARN, `${StreamARN}0`))).toBe(NOT_FOUND);
    expect(await errorOf(enable(ChannelARN, ChannelARN))).toBe(NOT_FOUND);
  });
  it('refuses a stream without retention', async () => {
    const { plane, ChannelARN, enable } = await withBoth();
    const { StreamARN } = await plane.stream('empty');
    expect(await errorOf(enable(ChannelARN, StreamARN))).toMatch(/^400 NoDataRetentionException: /);
  });
  it('makes the channel UPDATING, and refuses a channel or a stream that is not ACTIVE', async () => {
    const { plane, StreamARN, enable, disable } = await withBoth({
      transitions: { creating: 10, updating: 10, deleting: 0 },
    });
    await enable();
    expect(await errorOf(disable())).toBe(
      '400 ResourceInUseException: The channel c is UPDATING. Wait until it is ACTIVE.',
    );
    await plane.clock.advance(10);
    await disable();
    await plane.clock.advance(10);
    const { StreamInfo } = await plane.call('DescribeStream', { StreamARN });
    await plane.call('UpdateStream', { StreamARN, CurrentVersion: StreamInfo.Version });
    expect(await errorOf(enable())).toBe(
      '400 ResourceInUseException: The stream s is UPDATING. Wait until it is ACTIVE.',
    );
  });
  it('is forgotten by the stream when all channels are', async () => {
    const { plane, StreamARN, enable } = await withBoth();
    await enable();
    plane.channels.reset();
    await plane.call('DeleteStream', { StreamARN });
  });
  needsAChannel(NAME, OFF);
});
