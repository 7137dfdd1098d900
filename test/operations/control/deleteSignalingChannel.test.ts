import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import {
  CHANNEL_NOT_FOUND,
  needsAChannel,
  refusesInvalidArn,
  refusesInvalidVersions,
  refusesMistyped,
} from './refs.ts';

const NAME = 'DeleteSignalingChannel';
const { invalid } = refusalsOf(NAME);
const ChannelARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:channel/a/1';

describe(`${NAME} serialization`, () => refusesMistyped(NAME, { ChannelARN }, 'ChannelARN', 'CurrentVersion'));

describe(`${NAME} validation`, () => {
  it('needs an ARN; a name does not do', () =>
    invalid({ ChannelName: 'a' }, "Value null at 'channelARN' failed to satisfy constraint: Member must not be null"));
  refusesInvalidArn(NAME, 'ChannelARN');
  refusesInvalidVersions(NAME, { ChannelARN });
});

describe(NAME, () => {
  it('makes the channel disappear, and leaves a stream of that name', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    const channel = await plane.channel('a');
    expect(await plane.send(NAME, { ChannelARN: channel.ChannelARN })).toBe('{}');
    expect(await errorOf(plane.call('DescribeSignalingChannel', { ChannelName: 'a' }))).toBe(CHANNEL_NOT_FOUND);
    await plane.call('DescribeStream', { StreamName: 'a' });
  });
  it('takes the latest version and no other', async () => {
    const plane = controlPlane();
    const { ChannelARN: arn, Version } = await plane.channel('a');
    expect(await errorOf(plane.call(NAME, { ChannelARN: arn, CurrentVersion: 'other' }))).toMatch(
      /^400 VersionMismatchException: The version other /,
    );
    await plane.call(NAME, { ChannelARN: arn, CurrentVersion: Version });
  });
  it('refuses a channel whose media are stored', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('s', { DataRetentionInHours: 1 });
    const channel = await plane.channel('a');
    await plane.call('UpdateMediaStorageConfiguration', {
      ChannelARN: channel.ChannelARN,
      MediaStorageConfiguration: { Status: 'ENABLED', StreamARN },
    });
    expect(await errorOf(plane.call(NAME, { ChannelARN: channel.ChannelARN }))).toBe(
      '400 ResourceInUseException: Disable MediaStorageConfiguration to delete the channel',
    );
  });
  it('refuses a channel that is DELETING already', async () => {
    const plane = controlPlane({ transitions: { creating: 0, updating: 0, deleting: 10 } });
    const channel = await plane.channel('a');
    await plane.call(NAME, { ChannelARN: channel.ChannelARN });
    expect(await errorOf(plane.call(NAME, { ChannelARN: channel.ChannelARN }))).toBe(
      '400 ResourceInUseException: The channel a is DELETING. Wait until it is ACTIVE.',
    );
  });
  needsAChannel(NAME);
});
