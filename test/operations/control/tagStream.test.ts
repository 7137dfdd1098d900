import { describe, expect, it } from 'vitest';
import { badStreamNames, controlPlane, errorOf, NEITHER, NOT_FOUND, refusalsOf } from './harness.ts';

const { mistyped, invalid } = refusalsOf('TagStream');
const tagged = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from }, (_, i) => [`k${from + i}`, 'v']));

describe('TagStream serialization', () => {
  it('refuses tags given as a list of keys and values', () =>
    mistyped(
      { StreamName: 'a', Tags: [{ Key: 'k', Value: 'v' }] },
      "The member 'tags' must be an object, not a list.",
    ));
  it('refuses a value that is an object', () =>
    mistyped({ StreamName: 'a', Tags: { k: {} } }, "The member 'tags.k.member' must be a string, not an object."));
  it('refuses half a surrogate pair in a value', () =>
    mistyped('{"Tags":{"k":"\\udc00"}}', "The string at 'tags.k.member' holds half of a surrogate pair."));
});

describe('TagStream validation', () => {
  it('needs tags', () =>
    invalid({ StreamName: 'a' }, "Value null at 'tags' failed to satisfy constraint: Member must not be null"));
  it('refuses an empty map', () =>
    invalid(
      { StreamName: 'a', Tags: {} },
      "Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ));
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) =>
    invalid({ StreamName, Tags: { k: 'v' } }, ...texts),
  );
  it('refuses a key of 129 characters', () => {
    const key = 'k'.repeat(129);
    return invalid(
      { StreamName: 'a', Tags: { [key]: 'v' } },
      `Value '{${key}=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$]`,
    );
  });
});

describe('TagStream', () => {
  it('adds tags and writes over those that are there', async () => {
    const plane = controlPlane();
    await plane.stream('a', { Tags: { one: '1', two: '2' } });
    expect(await plane.send('TagStream', { StreamName: 'a', Tags: { two: 'zwei', three: '' } })).toBe('{}');
    expect(await plane.send('ListTagsForStream', { StreamName: 'a' })).toBe(
      '{"NextToken":null,"Tags":{"one":"1","three":"","two":"zwei"}}',
    );
  });

  it('takes letters of every script, up to 128 characters of two UTF-16 units', async () => {
    const plane = controlPlane();
    const key = '𐐀'.repeat(128);
    await plane.stream('a');
    await plane.call('TagStream', { StreamName: 'a', Tags: { [key]: 'größe_.:/=+-@ 東京' } });
    expect((await plane.call('ListTagsForStream', { StreamName: 'a' })).Tags).toEqual({ [key]: 'größe_.:/=+-@ 東京' });
  });

  it('does not change the version', async () => {
    const plane = controlPlane();
    const before = await plane.stream('a');
    await plane.call('TagStream', { StreamName: 'a', Tags: { k: 'v' } });
    expect((await plane.call('DescribeStream', { StreamName: 'a' })).StreamInfo).toEqual(before);
  });

  it('holds 50 tags; what would make more is refused as a whole', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    await plane.call('TagStream', { StreamARN, Tags: tagged(0, 30) });
    expect(await errorOf(plane.call('TagStream', { StreamARN, Tags: tagged(20, 51) }))).toBe(
      '400 TagsPerResourceExceededLimitException: A resource can have at most 50 tags.',
    );
    expect(Object.keys((await plane.call('ListTagsForStream', { StreamARN })).Tags)).toHaveLength(30);
    await plane.call('TagStream', { StreamARN, Tags: tagged(20, 50) });
    expect(Object.keys((await plane.call('ListTagsForStream', { StreamARN })).Tags)).toHaveLength(50);
  });

  it('refuses tags that AWS keeps for itself, in any letters', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call('TagStream', { StreamName: 'a', Tags: { 'AWS:x': 'y' } }))).toBe(
      '400 InvalidArgumentException: Tag keys must not begin with aws: (AWS:x).',
    );
  });

  it('says that the ARN of a channel has the wrong format', async () => {
    const StreamARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:channel/a/1';
    expect(await errorOf(controlPlane().call('TagStream', { StreamARN, Tags: { k: 'v' } }))).toBe(
      `400 InvalidResourceFormatException: The format of the StreamARN is invalid: ${StreamARN}`,
    );
  });

  it('needs a stream that exists', async () => {
    expect(await errorOf(controlPlane().call('TagStream', { StreamName: 'a', Tags: { k: 'v' } }))).toBe(NOT_FOUND);
    expect(await errorOf(controlPlane().call('TagStream', { Tags: { k: 'v' } }))).toBe(NEITHER);
  });
});
