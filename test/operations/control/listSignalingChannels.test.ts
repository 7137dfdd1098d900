import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { refusesMistyped } from './refs.ts';

const NAME = 'ListSignalingChannels';
const { mistyped, invalid } = refusalsOf(NAME);
const FOREIGN = '400 InvalidArgumentException: The NextToken is not one that this request returned.';
const names = (page: { ChannelInfoList: { ChannelName: string }[] }) =>
  page.ChannelInfoList.map((one) => one.ChannelName);

async function withChannels(...channels: string[]) {
  const plane = controlPlane();
  for (const ChannelName of channels) await plane.call('CreateSignalingChannel', { ChannelName });
  return plane;
}
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `c${String(i).padStart(4, '0')}`);

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, {}, 'NextToken');
  it('refuses MaxResults with a fraction', () =>
    mistyped({ MaxResults: 0.5 }, "The member 'maxResults' must be an integer, not a number."));
  it('refuses a condition that is a list', () =>
    mistyped({ ChannelNameCondition: [] }, "The member 'channelNameCondition' must be an object, not a list."));
});

describe(`${NAME} validation`, () => {
  it.each([
    [0, 'greater than or equal to 1'],
    [10001, 'less than or equal to 10000'],
  ])('refuses MaxResults of %d', (MaxResults, bound) =>
    invalid(
      { MaxResults },
      `Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`,
    ),
  );
  it('refuses an unknown operator and a value with a space', () =>
    invalid(
      { ChannelNameCondition: { ComparisonOperator: 'EQUALS', ComparisonValue: 'a b' } },
      "Value 'EQUALS' at 'channelNameCondition.comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: [BEGINS_WITH]",
      "Value 'a b' at 'channelNameCondition.comparisonValue' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ));
});

describe(NAME, () => {
  it('answers an empty list where there is none', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await plane.send(NAME, '')).toBe('{"ChannelInfoList":[],"NextToken":null}');
  });
  it('lists channels as DescribeSignalingChannel shows them, in order of names', async () => {
    const plane = await withChannels('b', 'a', 'B');
    const page = await plane.call(NAME);
    expect(names(page)).toEqual(['B', 'a', 'b']);
    expect(page.ChannelInfoList[1]).toEqual(
      (await plane.call('DescribeSignalingChannel', { ChannelName: 'a' })).ChannelInfo,
    );
  });
  it('gives 500 on a page when not asked for more, and a thousand at most', async () => {
    const plane = await withChannels(...numbered(1001));
    expect(names(await plane.call(NAME))).toEqual(numbered(500));
    const { NextToken, ...page } = await plane.call(NAME, { MaxResults: 10_000 });
    expect(names(page)).toEqual(numbered(1000));
    expect(names(await plane.call(NAME, { NextToken }))).toEqual(['c1000']);
  });
  it('lists only names that begin as asked, and stays right while channels come and go', async () => {
    const plane = await withChannels('ab', 'abc', 'abd', 'b');
    const ChannelNameCondition = { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'ab' };
    const first = await plane.call(NAME, { ChannelNameCondition, MaxResults: 2 });
    await plane.call('DeleteSignalingChannel', { ChannelARN: first.ChannelInfoList[1].ChannelARN });
    await plane.call('CreateSignalingChannel', { ChannelName: 'abx' });
    const second = await plane.call(NAME, { ChannelNameCondition, NextToken: first.NextToken });
    expect(names(second)).toEqual(['abd', 'abx']);
    expect(second.NextToken).toBeNull();
  });
  it('refuses a condition without value', async () => {
    const call = controlPlane().call(NAME, { ChannelNameCondition: { ComparisonOperator: 'BEGINS_WITH' } });
    expect(await errorOf(call)).toBe(
      '400 InvalidArgumentException: ChannelNameCondition needs both ComparisonOperator and ComparisonValue.',
    );
  });
  it('refuses a token of another region, filter or operation', async () => {
    const plane = await withChannels('aa', 'ab');
    await plane.stream('aa');
    await plane.stream('ab');
    const { NextToken } = await plane.call(NAME, { MaxResults: 1 });
    const { NextToken: ofStreams } = await plane.call('ListStreams', { MaxResults: 1 });
    const ChannelNameCondition = { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'a' };
    expect(await errorOf(plane.call(NAME, { NextToken }, { region: 'eu-west-1' }))).toBe(FOREIGN);
    expect(await errorOf(plane.call(NAME, { NextToken, ChannelNameCondition }))).toBe(FOREIGN);
    expect(await errorOf(plane.call(NAME, { NextToken: ofStreams }))).toBe(FOREIGN);
    expect(await errorOf(plane.call('ListStreams', { NextToken }))).toBe(FOREIGN);
  });
});
