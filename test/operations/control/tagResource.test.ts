import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { refusesInvalidArn, refusesMistyped } from './refs.ts';
import { needsAResource } from './resourceTags.ts';

const NAME = 'TagResource';
const { mistyped, invalid } = refusalsOf(NAME);
const ResourceARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:stream/a/1';
const Tags = [{ Key: 'k', Value: 'v' }];
const tags = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({ Key: `k${from + i}`, Value: 'v' }));

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, { Tags }, 'ResourceARN');
  it('refuses tags given as a map', () =>
    mistyped({ ResourceARN, Tags: { k: 'v' } }, "The member 'tags' must be a list, not an object."));
  it('refuses a value that is a number', () =>
    mistyped(
      { ResourceARN, Tags: [{ Key: 'k', Value: 1 }] },
      "The member 'tags.1.member.value' must be a string, not a number.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs an ARN and tags', () =>
    invalid(
      {},
      "Value null at 'resourceARN' failed to satisfy constraint: Member must not be null",
      "Value null at 'tags' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses an empty list', () =>
    invalid(
      { ResourceARN, Tags: [] },
      "Value '[]' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ));
  it('refuses an empty key and a value of 257 characters', () =>
    invalid(
      { ResourceARN, Tags: [{ Key: '', Value: 'v'.repeat(257) }] },
      "Value '' at 'tags.1.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1",
      `Value '${'v'.repeat(257)}' at 'tags.1.member.value' failed to satisfy constraint: Member must have length less than or equal to 256`,
    ));
  refusesInvalidArn(NAME, 'ResourceARN', { Tags });
});

describe(NAME, () => {
  it.each(['stream', 'channel'] as const)('adds tags to a %s and writes over those that are there', async (kind) => {
    const plane = controlPlane();
    const info = await plane[kind]('a');
    const arn = info.StreamARN ?? info.ChannelARN;
    await plane.call(NAME, { ResourceARN: arn, Tags: [...Tags, { Key: 'l', Value: '1' }] });
    expect(await plane.send(NAME, { ResourceARN: arn, Tags: [{ Key: 'l', Value: '2' }] })).toBe('{}');
    expect((await plane.call('ListTagsForResource', { ResourceARN: arn })).Tags).toEqual({ k: 'v', l: '2' });
  });
  it('shows what it added to a stream to the operations on streams', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    await plane.call(NAME, { ResourceARN: StreamARN, Tags });
    expect((await plane.call('ListTagsForStream', { StreamARN })).Tags).toEqual({ k: 'v' });
  });
  it('holds 50 tags; what would make more is refused as a whole', async () => {
    const plane = controlPlane();
    const { ChannelARN } = await plane.channel('a', { Tags: tags(0, 49) });
    expect(await errorOf(plane.call(NAME, { ResourceARN: ChannelARN, Tags: tags(48, 51) }))).toBe(
      '400 TagsPerResourceExceededLimitException: A resource can have at most 50 tags.',
    );
    await plane.call(NAME, { ResourceARN: ChannelARN, Tags: tags(48, 50) });
    expect(Object.keys((await plane.call('ListTagsForResource', { ResourceARN: ChannelARN })).Tags)).toHaveLength(50);
  });
  it('refuses tags that AWS keeps for itself', async () => {
    const plane = controlPlane();
    const { ChannelARN } = await plane.channel('a');
    const call = plane.call(NAME, { ResourceARN: ChannelARN, Tags: [{ Key: 'aws:x', Value: '' }] });
    expect(await errorOf(call)).toBe('400 InvalidArgumentException: Tag keys must not begin with aws: (aws:x).');
  });
  needsAResource(NAME, { Tags });
});
