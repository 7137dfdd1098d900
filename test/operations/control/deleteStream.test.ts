import { describe, expect, it } from 'vitest';
import { badArn, controlPlane, errorOf, NOT_FOUND, refusalsOf } from './harness.ts';

const { mistyped, invalid } = refusalsOf('DeleteStream');
const SOME_ARN = 'arn:aws:kinesisvideo:us-east-1:111122223333:stream/a/1';

describe('DeleteStream serialization', () => {
  it('refuses a StreamARN that is no string', () =>
    mistyped({ StreamARN: 1 }, "The member 'streamARN' must be a string, not a number."));
  it('refuses a CurrentVersion that is no string', () =>
    mistyped(
      { StreamARN: SOME_ARN, CurrentVersion: 1 },
      "The member 'currentVersion' must be a string, not a number.",
    ));
});

describe('DeleteStream validation', () => {
  it('needs an ARN; a name does not do', () =>
    invalid({ StreamName: 'a' }, "Value null at 'streamARN' failed to satisfy constraint: Member must not be null"));
  it('refuses an ARN of another service', () => invalid({ StreamARN: badArn[0] }, badArn[1]));
  it('refuses an empty CurrentVersion', () =>
    invalid(
      { StreamARN: SOME_ARN, CurrentVersion: '' },
      "Value '' at 'currentVersion' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9]+",
      "Value '' at 'currentVersion' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ));
});

describe('DeleteStream', () => {
  it('makes the stream disappear', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    expect(await plane.send('DeleteStream', { StreamARN })).toBe('{}');
    expect(await errorOf(plane.call('DescribeStream', { StreamName: 'a' }))).toBe(NOT_FOUND);
    expect((await plane.call('ListStreams')).StreamInfoList).toEqual([]);
    expect(await errorOf(plane.call('DeleteStream', { StreamARN }))).toBe(NOT_FOUND);
  });

  it('takes the latest version and no other', async () => {
    const plane = controlPlane();
    const { StreamARN, Version } = await plane.stream('a');
    expect(await errorOf(plane.call('DeleteStream', { StreamARN, CurrentVersion: 'other' }))).toBe(
      '400 VersionMismatchException: The version other is not the latest version of the stream. Describe the stream to get the latest version.',
    );
    await plane.call('DeleteStream', { StreamARN, CurrentVersion: Version });
  });

  it('shows DELETING with a new version for as long as the configured delay', async () => {
    const plane = controlPlane({ transitions: { creating: 0, updating: 0, deleting: 60_000 } });
    const { StreamARN, Version } = await plane.stream('a');
    await plane.call('DeleteStream', { StreamARN });
    const { StreamInfo } = await plane.call('DescribeStream', { StreamARN });
    expect(StreamInfo.Status).toBe('DELETING');
    expect(StreamInfo.Version).not.toBe(Version);
    expect(await errorOf(plane.call('DeleteStream', { StreamARN }))).toBe(
      '400 ResourceInUseException: The stream a is DELETING. Wait until it is ACTIVE.',
    );
    await plane.clock.advance(60_000);
    expect(await errorOf(plane.call('DescribeStream', { StreamARN }))).toBe(NOT_FOUND);
  });

  it('refuses a stream that is still CREATING', async () => {
    const plane = controlPlane({ transitions: { creating: 10, updating: 0, deleting: 0 } });
    const { StreamARN } = await plane.stream('a');
    expect(await errorOf(plane.call('DeleteStream', { StreamARN }))).toBe(
      '400 ResourceInUseException: The stream a is CREATING. Wait until it is ACTIVE.',
    );
  });
});
