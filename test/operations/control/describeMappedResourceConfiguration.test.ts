import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'DescribeMappedResourceConfiguration';
const { mistyped, invalid } = refusalsOf(NAME);

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, {}, 'StreamName', 'StreamARN', 'NextToken');
  it('refuses MaxResults in quotes', () =>
    mistyped({ StreamName: 'a', MaxResults: '1' }, "The member 'maxResults' must be an integer, not a string."));
});

describe(`${NAME} validation`, () => {
  it.each([
    [0, 'greater'],
    [2, 'less'],
  ])('refuses MaxResults of %d', (MaxResults, bound) =>
    invalid(
      { StreamName: 'a', MaxResults },
      `Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound} than or equal to 1`,
    ),
  );
  refusesInvalidStreamRefs(NAME);
});

describe(NAME, () => {
  it('answers an empty list for a stream that is mapped to nothing', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await plane.send(NAME, { StreamName: 'a', MaxResults: 1 })).toBe(
      '{"MappedResourceConfigurationList":[],"NextToken":null}',
    );
  });
  it('answers the channel that is mapped to the stream', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a', { DataRetentionInHours: 1 });
    const { ChannelARN } = await plane.channel('c');
    await plane.call('UpdateMediaStorageConfiguration', {
      ChannelARN,
      MediaStorageConfiguration: { Status: 'ENABLED', StreamARN },
    });
    expect(await plane.send(NAME, { StreamName: 'a' })).toBe(
      `{"MappedResourceConfigurationList":[{"ARN":"${ChannelARN}","Type":"SIGNALING_CHANNEL"}],"NextToken":null}`,
    );
  });
  it('refuses every token, since it never gave one', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call(NAME, { StreamName: 'a', NextToken: 'AAAA' }))).toBe(
      '400 InvalidArgumentException: The NextToken is not one that this request returned.',
    );
  });
  needsAStream(NAME);
});
