import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { needsAChannel, refusesInvalidArn, refusesInvalidVersions, refusesMistyped } from './refs.ts';

const NAME = 'UpdateSignalingChannel';
const { mistyped, invalid } = refusalsOf(NAME);
const ChannelARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:channel/a/1';
const SingleMasterConfiguration = { MessageTtlSeconds: 30 };
const REST = { CurrentVersion: 'v', SingleMasterConfiguration };

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, { ...REST, ChannelARN }, 'ChannelARN', 'CurrentVersion');
  it('refuses a configuration that is a number', () =>
    mistyped(
      { ...REST, ChannelARN, SingleMasterConfiguration: 30 },
      "The member 'singleMasterConfiguration' must be an object, not a number.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs an ARN and a version', () =>
    invalid(
      { SingleMasterConfiguration },
      "Value null at 'channelARN' failed to satisfy constraint: Member must not be null",
      "Value null at 'currentVersion' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses a time to live of 4 seconds', () =>
    invalid(
      { ...REST, ChannelARN, SingleMasterConfiguration: { MessageTtlSeconds: 4 } },
      "Value '4' at 'singleMasterConfiguration.messageTtlSeconds' failed to satisfy constraint: Member must have value greater than or equal to 5",
    ));
  refusesInvalidArn(NAME, 'ChannelARN', REST);
  refusesInvalidVersions(NAME, { ...REST, ChannelARN });
});

describe(NAME, () => {
  it('changes the time to live and gives a new version', async () => {
    const plane = controlPlane();
    const before = await plane.channel('a');
    const request = { ChannelARN: before.ChannelARN, CurrentVersion: before.Version, SingleMasterConfiguration };
    expect(await plane.send(NAME, request)).toBe('{}');
    const { ChannelInfo } = await plane.call('DescribeSignalingChannel', { ChannelName: 'a' });
    expect(ChannelInfo).toEqual({ ...before, SingleMasterConfiguration, Version: ChannelInfo.Version });
    expect(ChannelInfo.Version).not.toBe(before.Version);
    expect(await errorOf(plane.call(NAME, request))).toBe(
      `400 VersionMismatchException: The version ${before.Version} is not the latest version of the channel. Describe the channel to get the latest version.`,
    );
  });
  it('needs a time to live', async () => {
    const plane = controlPlane();
    const channel = await plane.channel('a');
    const request = { ChannelARN: channel.ChannelARN, CurrentVersion: channel.Version };
    for (const bad of [request, { ...request, SingleMasterConfiguration: {} }]) {
      expect(await errorOf(plane.call(NAME, bad))).toBe(
        '400 InvalidArgumentException: A SINGLE_MASTER channel needs SingleMasterConfiguration.MessageTtlSeconds.',
      );
    }
  });
  it('refuses a channel that is not ACTIVE', async () => {
    const plane = controlPlane({ transitions: { creating: 10, updating: 0, deleting: 0 } });
    const channel = await plane.channel('a');
    const request = { ChannelARN: channel.ChannelARN, CurrentVersion: channel.Version, SingleMasterConfiguration };
    expect(await errorOf(plane.call(NAME, request))).toBe(
      '400 ResourceInUseException: The channel a is CREATING. Wait until it is ACTIVE.',
    );
  });
  needsAChannel(NAME, REST);
});
