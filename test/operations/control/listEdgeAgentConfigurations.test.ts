import { describe, expect, it } from 'vitest';
import { DEVICE, LEAST } from './edge.ts';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { refusesMistyped } from './refs.ts';

const NAME = 'ListEdgeAgentConfigurations';
const { mistyped, invalid } = refusalsOf(NAME);

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, { HubDeviceArn: DEVICE }, 'HubDeviceArn', 'NextToken');
  it('refuses MaxResults in quotes', () =>
    mistyped({ HubDeviceArn: DEVICE, MaxResults: '5' }, "The member 'maxResults' must be an integer, not a string."));
});

describe(`${NAME} validation`, () => {
  it('needs a device', () =>
    invalid({}, "Value null at 'hubDeviceArn' failed to satisfy constraint: Member must not be null"));
  it.each([
    [0, 'greater than or equal to 1'],
    [11, 'less than or equal to 10'],
  ])('refuses MaxResults of %d', (MaxResults, bound) =>
    invalid(
      { HubDeviceArn: DEVICE, MaxResults },
      `Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}`,
    ),
  );
  it('refuses a device that is no thing', () =>
    invalid(
      { HubDeviceArn: 'hub' },
      "Value 'hub' at 'hubDeviceArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:[a-z\\d-]+:iot:[a-z0-9-]+:[0-9]+:thing/[a-zA-Z0-9_.-]+",
    ));
});

describe(NAME, () => {
  async function configured(...names: string[]) {
    const plane = controlPlane();
    for (const StreamName of names) {
      await plane.stream(StreamName, { DataRetentionInHours: 1 });
      await plane.call('StartEdgeConfigurationUpdate', { StreamName, EdgeConfig: LEAST });
    }
    return plane;
  }
  const names = (page: { EdgeConfigs: { StreamName: string }[] }) => page.EdgeConfigs.map((one) => one.StreamName);

  it('lists what DescribeEdgeConfiguration shows of each stream of the device, and of no other', async () => {
    const plane = await configured('b', 'a');
    await plane.stream('c');
    await plane.stream('d', { DataRetentionInHours: 1 });
    await plane.call('StartEdgeConfigurationUpdate', {
      StreamName: 'd',
      EdgeConfig: { ...LEAST, HubDeviceArn: `${DEVICE}2` },
    });
    const page = await plane.call(NAME, { HubDeviceArn: DEVICE });
    expect(names(page)).toEqual(['a', 'b']);
    expect(page.NextToken).toBeNull();
    const { EdgeAgentStatus: _, ...described } = await plane.call('DescribeEdgeConfiguration', { StreamName: 'a' });
    expect(page.EdgeConfigs[0]).toEqual(described);
  });

  it('gives five on a page when not asked for more or less, and stays right while they go', async () => {
    const plane = await configured('a', 'b', 'c', 'd', 'e', 'f', 'g');
    const first = await plane.call(NAME, { HubDeviceArn: DEVICE });
    expect(names(first)).toEqual(['a', 'b', 'c', 'd', 'e']);
    await plane.call('DeleteEdgeConfiguration', { StreamName: 'e' });
    const second = await plane.call(NAME, { HubDeviceArn: DEVICE, NextToken: first.NextToken, MaxResults: 1 });
    expect(names(second)).toEqual(['f']);
    const third = await plane.call(NAME, { HubDeviceArn: DEVICE, NextToken: second.NextToken, MaxResults: 1 });
    expect(names(third)).toEqual(['g']);
    expect(third.NextToken).toBeNull();
  });

  it('refuses the token of another device, account or operation', async () => {
    const plane = await configured('a', 'b');
    const { NextToken } = await plane.call(NAME, { HubDeviceArn: DEVICE, MaxResults: 1 });
    const foreign = '400 InvalidArgumentException: The NextToken is not one that this request returned.';
    expect(await errorOf(plane.call(NAME, { HubDeviceArn: `${DEVICE}2`, NextToken }))).toBe(foreign);
    expect(await errorOf(plane.call(NAME, { HubDeviceArn: DEVICE, NextToken }, { account: '999999999999' }))).toBe(
      foreign,
    );
    expect(await errorOf(plane.call('ListStreams', { NextToken }))).toBe(foreign);
  });

  it('answers an empty list for a device that nobody configured', async () => {
    expect(await controlPlane().send(NAME, { HubDeviceArn: DEVICE })).toBe('{"EdgeConfigs":[],"NextToken":null}');
  });
});
