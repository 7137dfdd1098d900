import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesInvalidVersions, refusesMistyped } from './refs.ts';

const NAME = 'UpdateStreamStorageConfiguration';
const { mistyped, invalid } = refusalsOf(NAME);
const StreamStorageConfiguration = { DefaultStorageTier: 'WARM' };
const REST = { CurrentVersion: 'v', StreamStorageConfiguration };

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, REST, 'StreamName', 'StreamARN', 'CurrentVersion');
  it('refuses a configuration that is a list', () =>
    mistyped(
      { ...REST, StreamStorageConfiguration: [] },
      "The member 'streamStorageConfiguration' must be an object, not a list.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs a version and a configuration', () =>
    invalid(
      { StreamName: 'a' },
      "Value null at 'currentVersion' failed to satisfy constraint: Member must not be null",
      "Value null at 'streamStorageConfiguration' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses an unknown tier', () =>
    invalid(
      { ...REST, StreamStorageConfiguration: { DefaultStorageTier: 'hot' } },
      "Value 'hot' at 'streamStorageConfiguration.defaultStorageTier' failed to satisfy constraint: Member must satisfy enum value set: [HOT, WARM]",
    ));
  refusesInvalidStreamRefs(NAME, REST);
  refusesInvalidVersions(NAME, REST);
});

describe(NAME, () => {
  it('changes the tier and gives a new version', async () => {
    const plane = controlPlane();
    const { Version } = await plane.stream('a');
    expect(await plane.send(NAME, { ...REST, StreamName: 'a', CurrentVersion: Version })).toBe('{}');
    const described = await plane.call('DescribeStreamStorageConfiguration', { StreamName: 'a' });
    expect(described.StreamStorageConfiguration).toEqual(StreamStorageConfiguration);
    expect((await plane.call('DescribeStream', { StreamName: 'a' })).StreamInfo.Version).not.toBe(Version);
  });
  it('refuses a version that is not the latest', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call(NAME, { ...REST, StreamName: 'a' }))).toMatch(/^400 VersionMismatchException/);
  });
  it('makes the stream UPDATING, and refuses one that is', async () => {
    const plane = controlPlane({ transitions: { creating: 0, updating: 10, deleting: 0 } });
    const { Version } = await plane.stream('a');
    await plane.call(NAME, { ...REST, StreamName: 'a', CurrentVersion: Version });
    expect(await errorOf(plane.call(NAME, { ...REST, StreamName: 'a' }))).toBe(
      '400 ResourceInUseException: The stream a is UPDATING. Wait until it is ACTIVE.',
    );
  });
  needsAStream(NAME, REST);
});
