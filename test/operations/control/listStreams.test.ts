import { describe, expect, it } from 'vitest';
import { type ControlPlane, controlPlane, errorOf, refusalsOf } from './harness.ts';

const { mistyped, invalid } = refusalsOf('ListStreams');
const FOREIGN = '400 InvalidArgumentException: The NextToken is not one that this request returned.';

const names = (page: { StreamInfoList: { StreamName: string }[] }) =>
  page.StreamInfoList.map(({ StreamName }) => StreamName);

async function withStreams(...streams: string[]): Promise<ControlPlane> {
  const plane = controlPlane();
  for (const StreamName of streams) await plane.call('CreateStream', { StreamName });
  return plane;
}
const numbered = (count: number) => Array.from({ length: count }, (_, i) => `s${String(i).padStart(4, '0')}`);

describe('ListStreams serialization', () => {
  it('refuses MaxResults in quotes', () =>
    mistyped({ MaxResults: '1' }, "The member 'maxResults' must be an integer, not a string."));
  it('refuses a NextToken that is a number', () =>
    mistyped({ NextToken: 1 }, "The member 'nextToken' must be a string, not a number."));
  it('refuses a condition that is a string', () =>
    mistyped({ StreamNameCondition: 'a' }, "The member 'streamNameCondition' must be an object, not a string."));
  it('refuses an operator that is a list', () =>
    mistyped(
      { StreamNameCondition: { ComparisonOperator: [] } },
      "The member 'streamNameCondition.comparisonOperator' must be a string, not a list.",
    ));
});

describe('ListStreams validation', () => {
  it('refuses MaxResults of 0', () =>
    invalid(
      { MaxResults: 0 },
      "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ));
  it('refuses MaxResults of 10001', () =>
    invalid(
      { MaxResults: 10001 },
      "Value '10001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 10000",
    ));
  it('refuses a NextToken with other characters than base64 has', () =>
    invalid(
      { NextToken: 'a-b' },
      "Value 'a-b' at 'nextToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9+/=]*",
    ));
  it('refuses a NextToken of 1025 characters', () => {
    const token = 'a'.repeat(1025);
    return invalid(
      { NextToken: token },
      `Value '${token}' at 'nextToken' failed to satisfy constraint: Member must have length less than or equal to 1024`,
    );
  });
  it('refuses an unknown operator and an empty value, both in one answer', () =>
    invalid(
      { StreamNameCondition: { ComparisonOperator: 'ENDS_WITH', ComparisonValue: '' } },
      "Value 'ENDS_WITH' at 'streamNameCondition.comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: [BEGINS_WITH]",
      "Value '' at 'streamNameCondition.comparisonValue' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      "Value '' at 'streamNameCondition.comparisonValue' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ));
});

describe('ListStreams', () => {
  it('answers an empty list where there is none', async () => {
    expect(await controlPlane().send('ListStreams', '')).toBe('{"NextToken":null,"StreamInfoList":[]}');
  });

  it('lists streams as DescribeStream shows them, in order of names', async () => {
    const plane = await withStreams('b', 'a', 'C', 'a.1', '_');
    const page = await plane.call('ListStreams');
    expect(names(page)).toEqual(['C', '_', 'a', 'a.1', 'b']);
    expect(page.StreamInfoList[2]).toEqual((await plane.call('DescribeStream', { StreamName: 'a' })).StreamInfo);
    expect(page.NextToken).toBeNull();
  });

  it('gives ten on a page when not asked for more', async () => {
    const plane = await withStreams(...numbered(11));
    const first = await plane.call('ListStreams');
    expect(names(first)).toEqual(numbered(10));
    const second = await plane.call('ListStreams', { NextToken: first.NextToken });
    expect(names(second)).toEqual(['s0010']);
    expect(second.NextToken).toBeNull();
  });

  it('gives no token when the last page is exactly full', async () => {
    const plane = await withStreams(...numbered(4));
    const first = await plane.call('ListStreams', { MaxResults: 2 });
    const second = await plane.call('ListStreams', { MaxResults: 2, NextToken: first.NextToken });
    expect(names(second)).toHaveLength(2);
    expect(second.NextToken).toBeNull();
  });

  it('gives a thousand on a page at most', async () => {
    const plane = await withStreams(...numbered(1001));
    const first = await plane.call('ListStreams', { MaxResults: 10_000 });
    expect(names(first)).toHaveLength(1000);
    const second = await plane.call('ListStreams', { MaxResults: 10_000, NextToken: first.NextToken });
    expect(names(second)).toEqual(['s1000']);
  });

  it('takes an empty token for the first page', async () => {
    const plane = await withStreams('a');
    expect(names(await plane.call('ListStreams', { NextToken: '' }))).toEqual(['a']);
  });

  it('lists only names that begin as asked, with page after page', async () => {
    const plane = await withStreams('ab', 'abc', 'abd', 'b', 'Ab', 'a');
    const StreamNameCondition = { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'ab' };
    const first = await plane.call('ListStreams', { StreamNameCondition, MaxResults: 2 });
    expect(names(first)).toEqual(['ab', 'abc']);
    const second = await plane.call('ListStreams', { StreamNameCondition, NextToken: first.NextToken });
    expect(names(second)).toEqual(['abd']);
    expect(second.NextToken).toBeNull();
  });

  it('refuses a condition without operator or without value', async () => {
    const text = '400 InvalidArgumentException: StreamNameCondition needs both ComparisonOperator and ComparisonValue.';
    for (const StreamNameCondition of [{}, { ComparisonOperator: 'BEGINS_WITH' }, { ComparisonValue: 'a' }]) {
      expect(await errorOf(controlPlane().call('ListStreams', { StreamNameCondition }))).toBe(text);
    }
  });

  it('stays right while streams come and go between pages', async () => {
    const plane = await withStreams('a', 'b', 'c', 'd', 'e');
    const first = await plane.call('ListStreams', { MaxResults: 2 });
    for (const gone of [first.StreamInfoList[0], first.StreamInfoList[1]]) {
      await plane.call('DeleteStream', { StreamARN: gone.StreamARN });
    }
    await plane.call('CreateStream', { StreamName: 'aa' });
    await plane.call('CreateStream', { StreamName: 'cc' });
    const second = await plane.call('ListStreams', { NextToken: first.NextToken });
    expect(names(second)).toEqual(['c', 'cc', 'd', 'e']);
  });

  it('refuses a token of another account, region or filter', async () => {
    const plane = await withStreams('aa', 'ab', 'ac');
    const { NextToken } = await plane.call('ListStreams', { MaxResults: 1 });
    const filtered = {
      NextToken,
      StreamNameCondition: { ComparisonOperator: 'BEGINS_WITH', ComparisonValue: 'a' },
    };
    expect(await errorOf(plane.call('ListStreams', { NextToken }, { account: '999999999999' }))).toBe(FOREIGN);
    expect(await errorOf(plane.call('ListStreams', { NextToken }, { region: 'eu-west-1' }))).toBe(FOREIGN);
    expect(await errorOf(plane.call('ListStreams', filtered))).toBe(FOREIGN);
    expect(names(await plane.call('ListStreams', { NextToken }))).toEqual(['ab', 'ac']);
  });

  it('refuses a token with any character changed, cut off or added, and one of its own making', async () => {
    const plane = await withStreams('aa', 'ab', 'ac');
    const { NextToken: token } = await plane.call('ListStreams', { MaxResults: 1 });
    expect(token).toMatch(/^[A-Za-z0-9+/]+=*$/);
    const changed = Array.from(token as string, (character, i) => {
      return `${token.slice(0, i)}${character === 'A' ? 'B' : 'A'}${token.slice(i + 1)}`;
    });
    for (const NextToken of [...changed, token.slice(0, -1), `${token}A`, `${token}=`, 'AAAA', '====', 'YWE=']) {
      expect(await errorOf(plane.call('ListStreams', { NextToken })), NextToken).toBe(FOREIGN);
    }
  });

  it('shows the names of one account and region only', async () => {
    const plane = await withStreams('a');
    expect(names(await plane.call('ListStreams', {}, { account: '999999999999' }))).toEqual([]);
    expect(names(await plane.call('ListStreams', {}, { region: 'eu-west-1' }))).toEqual([]);
  });

  it('shows a stream that is being deleted', async () => {
    const plane = controlPlane({ transitions: { creating: 0, updating: 0, deleting: 10 } });
    const { StreamARN } = await plane.stream('a');
    await plane.call('DeleteStream', { StreamARN });
    expect((await plane.call('ListStreams')).StreamInfoList[0].Status).toBe('DELETING');
  });
});
