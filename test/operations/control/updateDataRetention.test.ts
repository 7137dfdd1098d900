import { describe, expect, it } from 'vitest';
import { badStreamNames, controlPlane, errorOf, NEITHER, NOT_FOUND, refusalsOf } from './harness.ts';

const { mistyped, invalid } = refusalsOf('UpdateDataRetention');
const WHOLE = {
  StreamName: 'a',
  CurrentVersion: 'v',
  Operation: 'INCREASE_DATA_RETENTION',
  DataRetentionChangeInHours: 1,
};

async function change(
  plane: ReturnType<typeof controlPlane>,
  Operation: 'INCREASE_DATA_RETENTION' | 'DECREASE_DATA_RETENTION',
  DataRetentionChangeInHours: number,
): Promise<number> {
  const { StreamInfo } = await plane.call('DescribeStream', { StreamName: 'a' });
  const request = { StreamName: 'a', CurrentVersion: StreamInfo.Version, Operation, DataRetentionChangeInHours };
  expect(await plane.send('UpdateDataRetention', request)).toBe('{}');
  const after = await plane.call('DescribeStream', { StreamName: 'a' });
  expect(after.StreamInfo.Version).not.toBe(StreamInfo.Version);
  return after.StreamInfo.DataRetentionInHours;
}

describe('UpdateDataRetention serialization', () => {
  it('refuses a change in quotes', () =>
    mistyped(
      { ...WHOLE, DataRetentionChangeInHours: '1' },
      "The member 'dataRetentionChangeInHours' must be an integer, not a string.",
    ));
  it('refuses an Operation that is a boolean', () =>
    mistyped({ ...WHOLE, Operation: true }, "The member 'operation' must be a string, not a boolean."));
  it('refuses a CurrentVersion that is a number', () =>
    mistyped({ ...WHOLE, CurrentVersion: 1 }, "The member 'currentVersion' must be a string, not a number."));
});

describe('UpdateDataRetention validation', () => {
  it('needs a version, an operation and a number of hours', () =>
    invalid(
      { StreamName: 'a' },
      "Value null at 'currentVersion' failed to satisfy constraint: Member must not be null",
      "Value null at 'operation' failed to satisfy constraint: Member must not be null",
      "Value null at 'dataRetentionChangeInHours' failed to satisfy constraint: Member must not be null",
    ));
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) => invalid({ ...WHOLE, StreamName }, ...texts));
  it('refuses an unknown operation', () =>
    invalid(
      { ...WHOLE, Operation: 'SET' },
      "Value 'SET' at 'operation' failed to satisfy constraint: Member must satisfy enum value set: [INCREASE_DATA_RETENTION, DECREASE_DATA_RETENTION]",
    ));
  it('refuses a change of 0 hours', () =>
    invalid(
      { ...WHOLE, DataRetentionChangeInHours: 0 },
      "Value '0' at 'dataRetentionChangeInHours' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ));
});

describe('UpdateDataRetention', () => {
  it('adds to the retention and takes from it, down to nothing', async () => {
    const plane = controlPlane();
    await plane.stream('a', { DataRetentionInHours: 24 });
    expect(await change(plane, 'INCREASE_DATA_RETENTION', 2)).toBe(26);
    expect(await change(plane, 'DECREASE_DATA_RETENTION', 25)).toBe(1);
    expect(await change(plane, 'DECREASE_DATA_RETENTION', 1)).toBe(0);
    expect(await change(plane, 'INCREASE_DATA_RETENTION', 87600)).toBe(87600);
  });

  it('refuses less than nothing and more than ten years, and changes nothing', async () => {
    const plane = controlPlane();
    const { Version } = await plane.stream('a', { DataRetentionInHours: 24 });
    const request = { ...WHOLE, CurrentVersion: Version };
    const less = { ...request, Operation: 'DECREASE_DATA_RETENTION', DataRetentionChangeInHours: 25 };
    const more = { ...request, DataRetentionChangeInHours: 87600 - 23 };
    const range = '400 InvalidArgumentException: The data retention must be from 0 to 87600 hours; it would be';
    expect(await errorOf(plane.call('UpdateDataRetention', less))).toBe(`${range} -1.`);
    expect(await errorOf(plane.call('UpdateDataRetention', more))).toBe(`${range} 87601.`);
    expect((await plane.call('DescribeStream', { StreamName: 'a' })).StreamInfo).toMatchObject({
      DataRetentionInHours: 24,
      Version,
    });
  });

  it('refuses a version that is not the latest', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call('UpdateDataRetention', WHOLE))).toBe(
      '400 VersionMismatchException: The version v is not the latest version of the stream. Describe the stream to get the latest version.',
    );
  });

  it('refuses a stream that is still UPDATING', async () => {
    const plane = controlPlane({ transitions: { creating: 0, updating: 10, deleting: 0 } });
    await plane.stream('a', { DataRetentionInHours: 1 });
    await change(plane, 'INCREASE_DATA_RETENTION', 1);
    await expect(change(plane, 'INCREASE_DATA_RETENTION', 1)).rejects.toMatchObject({
      code: 'ResourceInUseException',
      message: 'The stream a is UPDATING. Wait until it is ACTIVE.',
    });
    await plane.clock.advance(10);
    expect(await change(plane, 'INCREASE_DATA_RETENTION', 1)).toBe(3);
  });

  it('needs a stream that exists', async () => {
    const { StreamName: _, ...nameless } = WHOLE;
    expect(await errorOf(controlPlane().call('UpdateDataRetention', WHOLE))).toBe(NOT_FOUND);
    expect(await errorOf(controlPlane().call('UpdateDataRetention', nameless))).toBe(NEITHER);
  });
});
