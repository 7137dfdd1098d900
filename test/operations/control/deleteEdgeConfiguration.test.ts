import { describe, expect, it } from 'vitest';
import { AGENT, EDGE_CONFIG, NO_EDGE } from './edge.ts';
import { controlPlane, errorOf, NOT_FOUND } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'DeleteEdgeConfiguration';

describe(`${NAME} serialization`, () => refusesMistyped(NAME, {}, 'StreamName', 'StreamARN'));

describe(`${NAME} validation`, () => refusesInvalidStreamRefs(NAME));

describe(NAME, () => {
  async function configured(options: Parameters<typeof controlPlane>[0] = {}) {
    const plane = controlPlane(options);
    await plane.stream('a', { DataRetentionInHours: 1 });
    await plane.call('StartEdgeConfigurationUpdate', { StreamName: 'a', EdgeConfig: EDGE_CONFIG });
    return plane;
  }
  const status = async (plane: ReturnType<typeof controlPlane>) =>
    (await plane.call('DescribeEdgeConfiguration', { StreamName: 'a' })).SyncStatus;

  it('deletes at once what no agent ever took, for good', async () => {
    const plane = await configured();
    expect(await plane.send(NAME, { StreamName: 'a' })).toBe('{}');
    expect(await errorOf(status(plane))).toBe(NO_EDGE);
    expect(await errorOf(plane.call(NAME, { StreamName: 'a' }))).toBe(NO_EDGE);
    await plane.clock.advance(15 * 60_000);
    expect(await errorOf(status(plane))).toBe(NO_EDGE);
  });

  it('shows DELETING for as long as the configured delay', async () => {
    const plane = await configured({ transitions: { creating: 0, updating: 0, deleting: 10 } });
    await plane.call(NAME, { StreamName: 'a' });
    expect(await status(plane)).toBe('DELETING');
    await plane.clock.advance(10);
    expect(await errorOf(status(plane))).toBe(NO_EDGE);
  });

  it('hears no more of what it was doing before', async () => {
    const plane = await configured({ transitions: { creating: 0, updating: 0, deleting: 20 * 60_000 } });
    await plane.clock.advance(60_000);
    await plane.call(NAME, { StreamName: 'a' });
    await plane.clock.advance(15 * 60_000);
    expect(await status(plane)).toBe('DELETING');
  });

  it('goes with its stream', async () => {
    const plane = await configured({ transitions: { creating: 0, updating: 0, deleting: 20 * 60_000 } });
    const { StreamInfo } = await plane.call('DescribeStream', { StreamName: 'a' });
    await plane.call('DeleteStream', { StreamARN: StreamInfo.StreamARN });
    await plane.clock.advance(15 * 60_000);
    expect(await status(plane)).toBe('SYNCING');
    await plane.clock.advance(5 * 60_000);
    expect(await errorOf(status(plane))).toBe(NOT_FOUND);
  });

  it('walks through the states as an agent answers, and asking again changes nothing', async () => {
    const plane = await configured({ edgeAgent: AGENT });
    await plane.clock.advance(3000);
    await plane.call(NAME, { StreamName: 'a' });
    expect(await status(plane)).toBe('DELETING');
    await plane.clock.advance(1000);
    expect(await status(plane)).toBe('DELETING_ACKNOWLEDGED');
    await plane.call(NAME, { StreamName: 'a' });
    await plane.clock.advance(2000);
    expect(await errorOf(status(plane))).toBe(NO_EDGE);
  });

  it('makes room for another device', async () => {
    const plane = await configured();
    await plane.call(NAME, { StreamName: 'a' });
    const HubDeviceArn = 'arn:aws:iot:us-east-1:111122223333:thing/other';
    await plane.call('StartEdgeConfigurationUpdate', {
      StreamName: 'a',
      EdgeConfig: { ...EDGE_CONFIG, HubDeviceArn },
    });
    expect((await plane.call('DescribeEdgeConfiguration', { StreamName: 'a' })).EdgeConfig.HubDeviceArn).toBe(
      HubDeviceArn,
    );
  });

  it('needs a configuration', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call(NAME, { StreamName: 'a' }))).toBe(NO_EDGE);
  });
  needsAStream(NAME);
});
