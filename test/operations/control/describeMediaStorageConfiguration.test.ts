import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf } from './harness.ts';
import { needsAChannel, refusesInvalidChannelRefs, refusesMistyped } from './refs.ts';

const NAME = 'DescribeMediaStorageConfiguration';

describe(`${NAME} serialization`, () => refusesMistyped(NAME, {}, 'ChannelName', 'ChannelARN'));

describe(`${NAME} validation`, () => refusesInvalidChannelRefs(NAME));

describe(NAME, () => {
  it('answers DISABLED for a channel that was never configured', async () => {
    const plane = controlPlane();
    await plane.channel('a');
    expect(await plane.send(NAME, { ChannelName: 'a' })).toBe(
      '{"MediaStorageConfiguration":{"Status":"DISABLED","StreamARN":null}}',
    );
  });
  it('answers the stream of a channel that is ENABLED', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('s', { DataRetentionInHours: 1 });
    const { ChannelARN } = await plane.channel('a');
    const MediaStorageConfiguration = { Status: 'ENABLED', StreamARN };
    await plane.call('UpdateMediaStorageConfiguration', { ChannelARN, MediaStorageConfiguration });
    expect(await plane.call(NAME, { ChannelARN })).toEqual({ MediaStorageConfiguration });
  });
  it('needs a name or an ARN', async () => {
    expect(await errorOf(controlPlane().call(NAME))).toBe(
      '400 InvalidArgumentException: Either ChannelName or ChannelARN must be given.',
    );
  });
  needsAChannel(NAME);
});
