import { describe, expect, it } from 'vitest';
import { badArn, badStreamNames, controlPlane, errorOf, NEITHER, NOT_FOUND, refusalsOf } from './harness.ts';

const { mistyped, invalid } = refusalsOf('UpdateStream');

describe('UpdateStream serialization', () => {
  it.each(['StreamName', 'StreamARN', 'CurrentVersion', 'DeviceName', 'MediaType'])(
    'refuses a %s that is no string',
    (member) => mistyped({ [member]: 1 }, `The member '${lower(member)}' must be a string, not a number.`),
  );
});

describe('UpdateStream validation', () => {
  it('needs a CurrentVersion', () =>
    invalid(
      { StreamName: 'a' },
      "Value null at 'currentVersion' failed to satisfy constraint: Member must not be null",
    ));
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) =>
    invalid({ StreamName, CurrentVersion: 'a' }, ...texts),
  );
  it('refuses an ARN of another service', () => invalid({ StreamARN: badArn[0], CurrentVersion: 'a' }, badArn[1]));
  it('refuses a CurrentVersion with other characters', () =>
    invalid(
      { StreamName: 'a', CurrentVersion: 'a-b' },
      "Value 'a-b' at 'currentVersion' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9]+",
    ));
  it('refuses a CurrentVersion of 65 characters', () =>
    invalid(
      { StreamName: 'a', CurrentVersion: 'a'.repeat(65) },
      `Value '${'a'.repeat(65)}' at 'currentVersion' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ));
  it('refuses an empty DeviceName and a MediaType of 129 characters', () =>
    invalid(
      { StreamName: 'a', CurrentVersion: 'a', DeviceName: '', MediaType: `video/${'x'.repeat(123)}` },
      "Value '' at 'deviceName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      "Value '' at 'deviceName' failed to satisfy constraint: Member must have length greater than or equal to 1",
      `Value 'video/${'x'.repeat(123)}' at 'mediaType' failed to satisfy constraint: Member must have length less than or equal to 128`,
    ));
});

describe('UpdateStream', () => {
  it('changes what is given, keeps the rest and gives a new version', async () => {
    const plane = controlPlane();
    const before = await plane.stream('a', { DeviceName: 'dev', MediaType: 'video/h264' });
    const answer = await plane.send('UpdateStream', {
      StreamName: 'a',
      CurrentVersion: before.Version,
      MediaType: 'video/h265',
    });
    const { StreamInfo: after } = await plane.call('DescribeStream', { StreamName: 'a' });
    expect(answer).toBe('{}');
    expect(after).toEqual({ ...before, MediaType: 'video/h265', Version: after.Version });
    expect(after.Version).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(after.Version).not.toBe(before.Version);
  });

  it('gives a new version even if it changes nothing', async () => {
    const plane = controlPlane();
    const { StreamARN, Version } = await plane.stream('a');
    await plane.call('UpdateStream', { StreamARN, CurrentVersion: Version });
    expect((await plane.call('DescribeStream', { StreamARN })).StreamInfo.Version).not.toBe(Version);
  });

  it('refuses a version that is not the latest, and changes nothing', async () => {
    const plane = controlPlane();
    const { Version } = await plane.stream('a');
    await plane.call('UpdateStream', { StreamName: 'a', CurrentVersion: Version });
    const { StreamInfo } = await plane.call('DescribeStream', { StreamName: 'a' });
    const late = plane.call('UpdateStream', { StreamName: 'a', CurrentVersion: Version, DeviceName: 'late' });
    expect(await errorOf(late)).toBe(
      `400 VersionMismatchException: The version ${Version} is not the latest version of the stream. Describe the stream to get the latest version.`,
    );
    expect((await plane.call('DescribeStream', { StreamName: 'a' })).StreamInfo).toEqual(StreamInfo);
  });

  it('refuses a stream that is not ACTIVE', async () => {
    const plane = controlPlane({ transitions: { creating: 10, updating: 10, deleting: 10 } });
    const { StreamARN, Version } = await plane.stream('a');
    const update = async () => {
      const { StreamInfo } = await plane.call('DescribeStream', { StreamARN });
      return plane.call('UpdateStream', { StreamARN, CurrentVersion: StreamInfo.Version });
    };
    const busy = (status: string) => `400 ResourceInUseException: The stream a is ${status}. Wait until it is ACTIVE.`;
    expect(Version).toBeDefined();
    expect(await errorOf(update())).toBe(busy('CREATING'));
    await plane.clock.advance(10);
    await update();
    expect(await errorOf(update())).toBe(busy('UPDATING'));
    await plane.clock.advance(10);
    await plane.call('DeleteStream', { StreamARN });
    expect(await errorOf(update())).toBe(busy('DELETING'));
  });

  it('needs a stream that exists', async () => {
    expect(await errorOf(controlPlane().call('UpdateStream', { StreamName: 'a', CurrentVersion: 'v' }))).toBe(
      NOT_FOUND,
    );
    expect(await errorOf(controlPlane().call('UpdateStream', { CurrentVersion: 'v' }))).toBe(NEITHER);
  });
});

function lower(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
