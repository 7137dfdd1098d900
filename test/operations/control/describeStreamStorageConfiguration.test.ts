import { describe, expect, it } from 'vitest';
import { controlPlane } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'DescribeStreamStorageConfiguration';

describe(`${NAME} serialization`, () => refusesMistyped(NAME, {}, 'StreamName', 'StreamARN'));

describe(`${NAME} validation`, () => refusesInvalidStreamRefs(NAME));

describe(NAME, () => {
  it('answers HOT for a stream that was made without a tier', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    expect(await plane.send(NAME, { StreamName: 'a' })).toBe(
      `{"StreamARN":"${StreamARN}","StreamName":"a","StreamStorageConfiguration":{"DefaultStorageTier":"HOT"}}`,
    );
  });
  it('answers the tier that the stream was made with', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a', { StreamStorageConfiguration: { DefaultStorageTier: 'WARM' } });
    expect((await plane.call(NAME, { StreamARN })).StreamStorageConfiguration).toEqual({ DefaultStorageTier: 'WARM' });
  });
  needsAStream(NAME);
});
