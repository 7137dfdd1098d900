import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { refusesInvalidArn, refusesMistyped } from './refs.ts';
import { needsAResource } from './resourceTags.ts';

const NAME = 'ListTagsForResource';
const { invalid } = refusalsOf(NAME);

describe(`${NAME} serialization`, () =>
  refusesMistyped(
    NAME,
    { ResourceARN: 'arn:aws:kinesisvideo:us-east-1:111122223333:stream/a/1' },
    'ResourceARN',
    'NextToken',
  ));

describe(`${NAME} validation`, () => {
  it('needs an ARN', () =>
    invalid({}, "Value null at 'resourceARN' failed to satisfy constraint: Member must not be null"));
  refusesInvalidArn(NAME, 'ResourceARN');
});

describe(NAME, () => {
  it.each(['stream', 'channel'] as const)('answers an empty map for a %s without tags', async (kind) => {
    const plane = controlPlane();
    const info = await plane[kind]('a');
    expect(await plane.send(NAME, { ResourceARN: info.StreamARN ?? info.ChannelARN })).toBe(
      '{"NextToken":null,"Tags":{}}',
    );
  });
  it('answers the tags of a stream as a map, though other operations take them as a list', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a', { Tags: { b: '2', a: '1' } });
    expect(await plane.send(NAME, { ResourceARN: StreamARN, NextToken: '' })).toBe(
      '{"NextToken":null,"Tags":{"a":"1","b":"2"}}',
    );
  });
  it('refuses every token, since it never gave one', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    expect(await errorOf(plane.call(NAME, { ResourceARN: StreamARN, NextToken: 'AAAA' }))).toBe(
      '400 InvalidArgumentException: The NextToken is not one that this request returned.',
    );
  });
  needsAResource(NAME);
});
