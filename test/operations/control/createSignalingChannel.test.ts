import { describe, expect, it } from 'vitest';
import { ACCOUNT, badStreamNames, controlPlane, errorOf, refusalsOf, START } from './harness.ts';
import { refusesMistyped } from './refs.ts';

const NAME = 'CreateSignalingChannel';
const { mistyped, invalid } = refusalsOf(NAME);

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, {}, 'ChannelName', 'ChannelType');
  it('refuses tags given as a map', () =>
    mistyped({ ChannelName: 'a', Tags: { k: 'v' } }, "The member 'tags' must be a list, not an object."));
  it('refuses a tag that is a string', () =>
    mistyped({ ChannelName: 'a', Tags: ['k'] }, "The member 'tags.1.member' must be an object, not a string."));
  it('refuses a time to live in quotes', () =>
    mistyped(
      { ChannelName: 'a', SingleMasterConfiguration: { MessageTtlSeconds: '60' } },
      "The member 'singleMasterConfiguration.messageTtlSeconds' must be an integer, not a string.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs a ChannelName', () =>
    invalid({}, "Value null at 'channelName' failed to satisfy constraint: Member must not be null"));
  it.each(badStreamNames)('refuses %s', (_what, ChannelName, texts) =>
    invalid({ ChannelName }, ...texts.map((text) => text.replace('streamName', 'channelName'))),
  );
  it('refuses an unknown type', () =>
    invalid(
      { ChannelName: 'a', ChannelType: 'MESH' },
      "Value 'MESH' at 'channelType' failed to satisfy constraint: Member must satisfy enum value set: [SINGLE_MASTER, FULL_MESH]",
    ));
  it.each([
    [4, 'greater than or equal to 5'],
    [121, 'less than or equal to 120'],
  ])('refuses a time to live of %d seconds', (MessageTtlSeconds, bound) =>
    invalid(
      { ChannelName: 'a', SingleMasterConfiguration: { MessageTtlSeconds } },
      `Value '${MessageTtlSeconds}' at 'singleMasterConfiguration.messageTtlSeconds' failed to satisfy constraint: Member must have value ${bound}`,
    ),
  );
  it('refuses tags without key or value, one by one', () =>
    invalid(
      { ChannelName: 'a', Tags: [{ Key: 'k' }, { Value: 'v' }, null] },
      "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
      "Value null at 'tags.2.member.key' failed to satisfy constraint: Member must not be null",
      "Value null at 'tags.3.member' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses 51 tags', () => {
    const Tags = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: 'v' }));
    const shown = Tags.map(({ Key }) => `{Key=${Key}, Value=v}`).join(', ');
    return invalid(
      { ChannelName: 'a', Tags },
      `Value '[${shown}]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50`,
    );
  });
});

describe(NAME, () => {
  it('answers with an ARN that ends in the creation time', async () => {
    expect(await controlPlane().send(NAME, { ChannelName: 'door' })).toBe(
      `{"ChannelARN":"arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:channel/door/${START}"}`,
    );
  });
  it('keeps what it was given; an empty list of tags is one', async () => {
    const plane = controlPlane();
    const info = await plane.channel('a', {
      ChannelType: 'SINGLE_MASTER',
      SingleMasterConfiguration: { MessageTtlSeconds: 5 },
      Tags: [],
    });
    expect(info.SingleMasterConfiguration).toEqual({ MessageTtlSeconds: 5 });
    const { ChannelARN } = await plane.channel('b', { Tags: [{ Key: 'k', Value: '' }] });
    expect((await plane.call('ListTagsForResource', { ResourceARN: ChannelARN })).Tags).toEqual({ k: '' });
  });
  it('refuses FULL_MESH', async () => {
    expect(await errorOf(controlPlane().call(NAME, { ChannelName: 'a', ChannelType: 'FULL_MESH' }))).toBe(
      '400 InvalidArgumentException: ChannelType FULL_MESH is not supported. Use SINGLE_MASTER.',
    );
  });
  it('refuses a name that is taken by a channel, not one that is taken by a stream', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    await plane.channel('a');
    expect(await errorOf(plane.call(NAME, { ChannelName: 'a' }))).toBe(
      '400 ResourceInUseException: The channel a already exists.',
    );
    await plane.call(NAME, { ChannelName: 'a' }, { region: 'eu-west-1' });
  });
  it('gives a channel made anew in the same millisecond another ARN', async () => {
    const plane = controlPlane();
    const { ChannelARN } = await plane.channel('a');
    await plane.call('DeleteSignalingChannel', { ChannelARN });
    expect((await plane.channel('a')).ChannelARN).not.toBe(ChannelARN);
  });
  it('stops at the number of channels the account may have; streams do not count', async () => {
    const plane = controlPlane({ quota: () => 1 });
    await plane.stream('a');
    await plane.channel('a');
    expect(await errorOf(plane.call(NAME, { ChannelName: 'b' }))).toBe(
      '400 AccountChannelLimitExceededException: The account has reached its limit of 1 signaling channels in this region.',
    );
  });
  it('refuses tags that AWS keeps for itself', async () => {
    const call = controlPlane().call(NAME, { ChannelName: 'a', Tags: [{ Key: 'aws:x', Value: 'y' }] });
    expect(await errorOf(call)).toBe('400 InvalidArgumentException: Tag keys must not begin with aws: (aws:x).');
  });
});
