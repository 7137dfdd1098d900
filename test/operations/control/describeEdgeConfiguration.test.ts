import { describe, expect, it } from 'vitest';
import { EDGE_CONFIG, NO_EDGE } from './edge.ts';
import { controlPlane, errorOf } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'DescribeEdgeConfiguration';

describe(`${NAME} serialization`, () => refusesMistyped(NAME, {}, 'StreamName', 'StreamARN'));

describe(`${NAME} validation`, () => refusesInvalidStreamRefs(NAME));

describe(NAME, () => {
  it('says that a stream has none', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call(NAME, { StreamName: 'a' }))).toBe(NO_EDGE);
  });
  it('answers what starting it answered, and what its agent last said', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a', { DataRetentionInHours: 1 });
    const started = await plane.call('StartEdgeConfigurationUpdate', { StreamARN, EdgeConfig: EDGE_CONFIG });
    expect(await plane.call(NAME, { StreamARN })).toEqual({ ...started, EdgeAgentStatus: null });
  });
  it('does not find the configuration of a stream of the same name made anew', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a', { DataRetentionInHours: 1 });
    await plane.call('StartEdgeConfigurationUpdate', { StreamARN, EdgeConfig: EDGE_CONFIG });
    await plane.call('DeleteStream', { StreamARN });
    await plane.stream('a');
    await plane.clock.advance(15 * 60_000);
    expect(await errorOf(plane.call(NAME, { StreamName: 'a' }))).toBe(NO_EDGE);
  });
  needsAStream(NAME);
});
