import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  badArn,
  badStreamNames,
  controlPlane,
  errorOf,
  NEITHER,
  NOT_FOUND,
  refusalsOf,
  START,
} from './harness.ts';

const { mistyped, invalid } = refusalsOf('DescribeStream');

describe('DescribeStream serialization', () => {
  it('refuses a StreamName that is no string', () =>
    mistyped({ StreamName: true }, "The member 'streamName' must be a string, not a boolean."));
  it('refuses a StreamARN that is no string', () =>
    mistyped({ StreamARN: { a: 1 } }, "The member 'streamARN' must be a string, not an object."));
});

describe('DescribeStream validation', () => {
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) => invalid({ StreamName }, ...texts));
  it('refuses an ARN of another service', () => invalid({ StreamARN: badArn[0] }, badArn[1]));
  it('names all that is wrong in one answer', () =>
    invalid(
      { StreamName: 'a b', StreamARN: badArn[0] },
      "Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
      badArn[1],
    ));
});

describe('DescribeStream', () => {
  it('answers byte by byte as AWS does', async () => {
    const plane = controlPlane();
    await plane.call('CreateStream', { StreamName: 'camera_101', DataRetentionInHours: 24 });
    const { StreamInfo } = await plane.call('DescribeStream', { StreamName: 'camera_101' });
    expect(StreamInfo.Version).toMatch(/^[A-Za-z0-9]{20}$/);
    expect(await plane.send('DescribeStream', { StreamName: 'camera_101' })).toBe(
      `{"StreamInfo":{"CreationTime":1.705489836421E9,"DataRetentionInHours":24,"DeviceName":null,"IngestionConfiguration":null,"KmsKeyId":"arn:aws:kms:us-east-1:${ACCOUNT}:alias/aws/kinesisvideo","MediaType":null,"Status":"ACTIVE","StreamARN":"arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:stream/camera_101/${START}","StreamName":"camera_101","Version":"${StreamInfo.Version}"}}`,
    );
  });

  it('finds a stream by its ARN, and by name and ARN together', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    expect((await plane.call('DescribeStream', { StreamARN })).StreamInfo.StreamName).toBe('a');
    expect((await plane.call('DescribeStream', { StreamARN, StreamName: 'a' })).StreamInfo.StreamName).toBe('a');
  });

  it('needs a name or an ARN', async () => {
    expect(await errorOf(controlPlane().call('DescribeStream', {}))).toBe(NEITHER);
    expect(await errorOf(controlPlane().call('DescribeStream', ''))).toBe(NEITHER);
  });

  it('refuses a name and an ARN that disagree', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    await plane.stream('b');
    expect(await errorOf(plane.call('DescribeStream', { StreamName: 'b', StreamARN }))).toBe(
      `400 InvalidArgumentException: StreamName b and StreamARN ${StreamARN} are not the same stream.`,
    );
  });

  it('does not find a name in other letters, another account or another region', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    expect(await errorOf(plane.call('DescribeStream', { StreamName: 'A' }))).toBe(NOT_FOUND);
    for (const who of [{ account: '999999999999' }, { region: 'eu-west-1' }]) {
      expect(await errorOf(plane.call('DescribeStream', { StreamName: 'a' }, who))).toBe(NOT_FOUND);
      expect(await errorOf(plane.call('DescribeStream', { StreamARN }, who))).toBe(NOT_FOUND);
    }
  });

  it('does not find an ARN with another creation time, of a channel, or of another region', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    const others = [
      StreamARN.replace(String(START), String(START + 1)),
      StreamARN.replace(String(START), `0${START}`),
      StreamARN.replace(':stream/', ':channel/'),
      StreamARN.replace('us-east-1', 'us-east-2'),
      StreamARN.replace(ACCOUNT, '999999999999'),
    ];
    for (const other of others) {
      expect(await errorOf(plane.call('DescribeStream', { StreamARN: other }))).toBe(NOT_FOUND);
    }
  });

  it('does not find the old ARN of a stream that was made anew', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a');
    await plane.call('DeleteStream', { StreamARN });
    await plane.stream('a');
    expect(await errorOf(plane.call('DescribeStream', { StreamARN }))).toBe(NOT_FOUND);
  });

  it('shows a stream in every status', async () => {
    const plane = controlPlane({ transitions: { creating: 10, updating: 10, deleting: 10 } });
    const { StreamARN } = await plane.stream('a');
    const status = async () => (await plane.call('DescribeStream', { StreamARN })).StreamInfo;
    expect((await status()).Status).toBe('CREATING');
    await plane.clock.advance(10);
    await plane.call('UpdateStream', { StreamARN, CurrentVersion: (await status()).Version });
    expect((await status()).Status).toBe('UPDATING');
    await plane.clock.advance(10);
    await plane.call('DeleteStream', { StreamARN });
    expect((await status()).Status).toBe('DELETING');
    await plane.clock.advance(10);
    expect(await errorOf(status())).toBe(NOT_FOUND);
  });
});
