import { describe, expect, it } from 'vitest';
import { badStreamNames, controlPlane, errorOf, NEITHER, NOT_FOUND, refusalsOf } from './harness.ts';

const { mistyped, invalid } = refusalsOf('ListTagsForStream');

describe('ListTagsForStream serialization', () => {
  it('refuses a StreamName that is no string', () =>
    mistyped({ StreamName: [] }, "The member 'streamName' must be a string, not a list."));
  it('refuses a NextToken that is no string', () =>
    mistyped({ StreamName: 'a', NextToken: 1 }, "The member 'nextToken' must be a string, not a number."));
});

describe('ListTagsForStream validation', () => {
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) => invalid({ StreamName }, ...texts));
  it('refuses a NextToken with other characters than base64 has', () =>
    invalid(
      { StreamName: 'a', NextToken: '?' },
      "Value '?' at 'nextToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9+/=]*",
    ));
});

describe('ListTagsForStream', () => {
  it('answers an empty map for a stream without tags', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await plane.send('ListTagsForStream', { StreamName: 'a' })).toBe('{"NextToken":null,"Tags":{}}');
  });

  it('answers all tags at once, by name or ARN, in order of their keys', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a', { Tags: { b: '2', 1: 'x', a: '1' } });
    const text = '{"NextToken":null,"Tags":{"1":"x","a":"1","b":"2"}}';
    expect(await plane.send('ListTagsForStream', { StreamName: 'a' })).toBe(text);
    expect(await plane.send('ListTagsForStream', { StreamARN, NextToken: '' })).toBe(text);
  });

  it('refuses every token, since it never gave one', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call('ListTagsForStream', { StreamName: 'a', NextToken: 'AAAA' }))).toBe(
      '400 InvalidArgumentException: The NextToken is not one that this request returned.',
    );
  });

  it('says that the ARN of a channel has the wrong format', async () => {
    const StreamARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:channel/a/1';
    expect(await errorOf(controlPlane().call('ListTagsForStream', { StreamARN }))).toBe(
      `400 InvalidResourceFormatException: The format of the StreamARN is invalid: ${StreamARN}`,
    );
  });

  it('needs a stream that exists', async () => {
    expect(await errorOf(controlPlane().call('ListTagsForStream', { StreamName: 'a' }))).toBe(NOT_FOUND);
    expect(await errorOf(controlPlane().call('ListTagsForStream'))).toBe(NEITHER);
  });
});
