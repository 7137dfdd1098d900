import { describe, expect, it } from 'vitest';
import { ACCOUNT, controlPlane, errorOf, START } from './harness.ts';
import { CHANNEL_NOT_FOUND, needsAChannel, refusesInvalidChannelRefs, refusesMistyped } from './refs.ts';

const NAME = 'DescribeSignalingChannel';

describe(`${NAME} serialization`, () => refusesMistyped(NAME, {}, 'ChannelName', 'ChannelARN'));

describe(`${NAME} validation`, () => refusesInvalidChannelRefs(NAME));

describe(NAME, () => {
  it('answers byte by byte as AWS does', async () => {
    const plane = controlPlane();
    const { Version } = await plane.channel('demo');
    expect(Version).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(await plane.send(NAME, { ChannelName: 'demo' })).toBe(
      `{"ChannelInfo":{"ChannelARN":"arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:channel/demo/${START}","ChannelName":"demo","ChannelStatus":"ACTIVE","ChannelType":"SINGLE_MASTER","CreationTime":1.705489836421E9,"FullMeshConfiguration":null,"SingleMasterConfiguration":{"MessageTtlSeconds":60},"Version":"${Version}"}}`,
    );
  });
  it('finds a channel by its ARN, and by name and ARN together', async () => {
    const plane = controlPlane();
    const ChannelInfo = await plane.channel('a');
    const { ChannelARN } = ChannelInfo;
    expect(await plane.call(NAME, { ChannelARN })).toEqual({ ChannelInfo });
    expect(await plane.call(NAME, { ChannelARN, ChannelName: 'a' })).toEqual({ ChannelInfo });
  });
  it('needs a name or an ARN, and both must agree', async () => {
    const plane = controlPlane();
    const { ChannelARN } = await plane.channel('a');
    expect(await errorOf(plane.call(NAME))).toBe(
      '400 InvalidArgumentException: Either ChannelName or ChannelARN must be given.',
    );
    expect(await errorOf(plane.call(NAME, { ChannelName: 'b', ChannelARN }))).toBe(
      `400 InvalidArgumentException: ChannelName b and ChannelARN ${ChannelARN} are not the same channel.`,
    );
  });
  it('does not find a stream, nor a channel of another account or region', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    const { ChannelARN } = await plane.channel('b');
    expect(await errorOf(plane.call(NAME, { ChannelName: 'a' }))).toBe(CHANNEL_NOT_FOUND);
    for (const who of [{ account: '999999999999' }, { region: 'eu-west-1' }]) {
      expect(await errorOf(plane.call(NAME, { ChannelARN }, who))).toBe(CHANNEL_NOT_FOUND);
    }
  });
  it('shows a channel in every status', async () => {
    const plane = controlPlane({ transitions: { creating: 10, updating: 10, deleting: 10 } });
    const { ChannelARN, ChannelStatus, Version } = await plane.channel('a');
    const status = async () => (await plane.call(NAME, { ChannelARN })).ChannelInfo.ChannelStatus;
    expect(ChannelStatus).toBe('CREATING');
    await plane.clock.advance(10);
    expect(await status()).toBe('ACTIVE');
    const SingleMasterConfiguration = { MessageTtlSeconds: 5 };
    await plane.call('UpdateSignalingChannel', { ChannelARN, CurrentVersion: Version, SingleMasterConfiguration });
    expect(await status()).toBe('UPDATING');
    await plane.clock.advance(10);
    await plane.call('DeleteSignalingChannel', { ChannelARN });
    expect(await status()).toBe('DELETING');
    await plane.clock.advance(10);
    expect(await errorOf(status())).toBe(CHANNEL_NOT_FOUND);
  });
  needsAChannel(NAME);
});
