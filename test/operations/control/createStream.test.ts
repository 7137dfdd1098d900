import { describe, expect, it } from 'vitest';
import { ACCOUNT, badStreamNames, controlPlane, errorOf, refusalsOf, START } from './harness.ts';

const { mistyped, invalid } = refusalsOf('CreateStream');

describe('CreateStream serialization', () => {
  it('refuses a StreamName that is no string', () =>
    mistyped({ StreamName: 1 }, "The member 'streamName' must be a string, not a number."));
  it('refuses a DeviceName that is a list', () =>
    mistyped({ StreamName: 'a', DeviceName: [] }, "The member 'deviceName' must be a string, not a list."));
  it('refuses a MediaType that is an object', () =>
    mistyped({ StreamName: 'a', MediaType: {} }, "The member 'mediaType' must be a string, not an object."));
  it('refuses a KmsKeyId that is a boolean', () =>
    mistyped({ StreamName: 'a', KmsKeyId: true }, "The member 'kmsKeyId' must be a string, not a boolean."));
  it('refuses a retention in quotes', () =>
    mistyped(
      { StreamName: 'a', DataRetentionInHours: '24' },
      "The member 'dataRetentionInHours' must be an integer, not a string.",
    ));
  it('refuses a retention with a fraction', () =>
    mistyped(
      { StreamName: 'a', DataRetentionInHours: 1.5 },
      "The member 'dataRetentionInHours' must be an integer, not a number.",
    ));
  it('refuses a retention beyond 32 bits', () =>
    mistyped(
      { StreamName: 'a', DataRetentionInHours: 2147483648 },
      "The number 2147483648 at 'dataRetentionInHours' does not fit into its type, integer.",
    ));
  it('refuses tags given as a list', () =>
    mistyped({ StreamName: 'a', Tags: [] }, "The member 'tags' must be an object, not a list."));
  it('refuses a tag value that is a number', () =>
    mistyped({ StreamName: 'a', Tags: { k: 1 } }, "The member 'tags.k.member' must be a string, not a number."));
  it('refuses half a surrogate pair in a tag key', () =>
    mistyped('{"StreamName":"a","Tags":{"\\ud800":"v"}}', "The string at 'tags' holds half of a surrogate pair."));
  it('refuses a storage configuration that is a string', () =>
    mistyped(
      { StreamName: 'a', StreamStorageConfiguration: 'HOT' },
      "The member 'streamStorageConfiguration' must be an object, not a string.",
    ));
  it('speaks of the wrong type before it speaks of a missing name', () =>
    mistyped({ DeviceName: 1 }, "The member 'deviceName' must be a string, not a number."));
});

describe('CreateStream validation', () => {
  it('needs a StreamName', () =>
    invalid({}, "Value null at 'streamName' failed to satisfy constraint: Member must not be null"));
  it('takes a null for nothing', () =>
    invalid({ StreamName: null }, "Value null at 'streamName' failed to satisfy constraint: Member must not be null"));
  it.each(badStreamNames)('refuses %s', (_what, StreamName, texts) => invalid({ StreamName }, ...texts));
  it('refuses a DeviceName of a character too many and one not allowed, both in one answer', () => {
    const name = 'ä'.repeat(129);
    return invalid(
      { StreamName: 'a', DeviceName: name },
      `Value '${name}' at 'deviceName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+`,
      `Value '${name}' at 'deviceName' failed to satisfy constraint: Member must have length less than or equal to 128`,
    );
  });
  it('refuses a MediaType without a slash', () =>
    invalid(
      { StreamName: 'a', MediaType: 'video' },
      "Value 'video' at 'mediaType' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w\\-\\.\\+]+/[\\w\\-\\.\\+]+(,[\\w\\-\\.\\+]+/[\\w\\-\\.\\+]+)*",
    ));
  it('refuses an empty KmsKeyId', () =>
    invalid(
      { StreamName: 'a', KmsKeyId: '' },
      "Value '' at 'kmsKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: .+",
      "Value '' at 'kmsKeyId' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ));
  it('refuses a negative retention', () =>
    invalid(
      { StreamName: 'a', DataRetentionInHours: -1 },
      "Value '-1' at 'dataRetentionInHours' failed to satisfy constraint: Member must have value greater than or equal to 0",
    ));
  it('refuses an empty map of tags', () =>
    invalid(
      { StreamName: 'a', Tags: {} },
      "Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ));
  it('refuses 51 tags', () => {
    const tags = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, 'v']));
    const shown = Object.keys(tags)
      .map((key) => `${key}=v`)
      .join(', ');
    return invalid(
      { StreamName: 'a', Tags: tags },
      `Value '{${shown}}' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50`,
    );
  });
  it('refuses bad tag keys and bad tag values, each with all that they must be', () =>
    invalid(
      { StreamName: 'a', Tags: { '': 'v', b: '<' } },
      "Value '{=v, b=<}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ^([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*)$]",
      "Value '{=v, b=<}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*]",
    ));
  it('refuses a tag value of null', () =>
    invalid(
      { StreamName: 'a', Tags: { k: null, l: 'v' } },
      "Value null at 'tags.k.member' failed to satisfy constraint: Member must not be null",
    ));
  it('refuses a storage tier that does not exist', () =>
    invalid(
      { StreamName: 'a', StreamStorageConfiguration: { DefaultStorageTier: 'COLD' } },
      "Value 'COLD' at 'streamStorageConfiguration.defaultStorageTier' failed to satisfy constraint: Member must satisfy enum value set: [HOT, WARM]",
    ));
  it('refuses a storage configuration without a tier', () =>
    invalid(
      { StreamName: 'a', StreamStorageConfiguration: {} },
      "Value null at 'streamStorageConfiguration.defaultStorageTier' failed to satisfy constraint: Member must not be null",
    ));
});

describe('CreateStream', () => {
  it('answers with an ARN that ends in the creation time', async () => {
    const plane = controlPlane();
    expect(await plane.send('CreateStream', { StreamName: 'camera_101' })).toBe(
      `{"StreamARN":"arn:aws:kinesisvideo:us-east-1:${ACCOUNT}:stream/camera_101/${START}"}`,
    );
  });

  it('uses the partition of the region', async () => {
    const plane = controlPlane();
    const china = await plane.call('CreateStream', { StreamName: 'a' }, { region: 'cn-north-1' });
    const gov = await plane.call('CreateStream', { StreamName: 'a' }, { region: 'us-gov-west-1' });
    expect(china.StreamARN).toMatch(/^arn:aws-cn:kinesisvideo:cn-north-1:/);
    expect(gov.StreamARN).toMatch(/^arn:aws-us-gov:kinesisvideo:us-gov-west-1:/);
  });

  it('keeps what it was given', async () => {
    const plane = controlPlane();
    const info = await plane.stream('a', {
      DeviceName: 'dev',
      MediaType: 'video/h264,audio/aac',
      DataRetentionInHours: 48,
      KmsKeyId: 'alias/mine',
      Tags: { colour: 'red' },
    });
    expect(info).toMatchObject({
      DeviceName: 'dev',
      MediaType: 'video/h264,audio/aac',
      DataRetentionInHours: 48,
      KmsKeyId: 'alias/mine',
    });
    expect((await plane.call('ListTagsForStream', { StreamName: 'a' })).Tags).toEqual({ colour: 'red' });
  });

  it.each([
    '1234abcd-12ab-34cd-56ef-1234567890ab',
    'mrk-1234abcd12ab34cd56ef1234567890ab',
    'arn:aws:kms:eu-west-1:999999999999:key/other',
    'alias/mine',
    'alias/aws/kinesisvideo',
    'arn:aws:kms:us-east-1:999999999999:alias/mine',
    ' Key / ID ',
  ])('reports the key %j as it was given, in every answer', async (KmsKeyId) => {
    const plane = controlPlane();
    expect((await plane.stream('a', { KmsKeyId })).KmsKeyId).toBe(KmsKeyId);
    expect((await plane.call('ListStreams')).StreamInfoList[0].KmsKeyId).toBe(KmsKeyId);
    expect((await plane.stream('b')).KmsKeyId).toBe(`arn:aws:kms:us-east-1:${ACCOUNT}:alias/aws/kinesisvideo`);
  });

  it('refuses a name that is taken, in whatever status', async () => {
    const plane = controlPlane({ transitions: { creating: 1000, updating: 0, deleting: 1000 } });
    const { StreamARN } = await plane.stream('a');
    const taken = '400 ResourceInUseException: The stream a already exists.';
    expect(await errorOf(plane.call('CreateStream', { StreamName: 'a' }))).toBe(taken);
    await plane.clock.advance(1000);
    await plane.call('DeleteStream', { StreamARN });
    expect(await errorOf(plane.call('CreateStream', { StreamName: 'a' }))).toBe(taken);
  });

  it('takes the same name in another region, in another account, and in other letters', async () => {
    const plane = controlPlane();
    await plane.call('CreateStream', { StreamName: 'a' });
    await plane.call('CreateStream', { StreamName: 'a' }, { region: 'eu-west-1' });
    await plane.call('CreateStream', { StreamName: 'a' }, { account: '999999999999' });
    await plane.call('CreateStream', { StreamName: 'A' });
    expect((await plane.call('ListStreams')).StreamInfoList).toHaveLength(2);
  });

  it('gives a stream made anew in the same millisecond another ARN, however often', async () => {
    const plane = controlPlane();
    const arns = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const { StreamARN } = await plane.call('CreateStream', { StreamName: 'a' });
      arns.add(StreamARN);
      await plane.call('DeleteStream', { StreamARN });
    }
    expect(arns.size).toBe(5);
  });

  it('refuses more than ten years of retention', async () => {
    const plane = controlPlane();
    expect((await plane.stream('a', { DataRetentionInHours: 87600 })).DataRetentionInHours).toBe(87600);
    expect(await errorOf(plane.call('CreateStream', { StreamName: 'b', DataRetentionInHours: 87601 }))).toBe(
      '400 InvalidArgumentException: The data retention must be from 0 to 87600 hours; it would be 87601.',
    );
  });

  it('refuses tags that AWS keeps for itself', async () => {
    const call = controlPlane().call('CreateStream', { StreamName: 'a', Tags: { 'aws:x': 'y' } });
    expect(await errorOf(call)).toBe('400 InvalidArgumentException: Tag keys must not begin with aws: (aws:x).');
  });

  it('takes __proto__ as a tag key like any other', async () => {
    const plane = controlPlane();
    await plane.send('CreateStream', '{"StreamName":"a","Tags":{"__proto__":"x","constructor":"y"}}');
    expect(await plane.send('ListTagsForStream', { StreamName: 'a' })).toBe(
      '{"NextToken":null,"Tags":{"__proto__":"x","constructor":"y"}}',
    );
  });

  it('takes the last of duplicate keys', async () => {
    const plane = controlPlane();
    await plane.send('CreateStream', '{"StreamName":"a","StreamName":"b","Tags":{"k":"1","k":"2"}}');
    expect((await plane.call('ListTagsForStream', { StreamName: 'b' })).Tags).toEqual({ k: '2' });
  });

  it('ignores members it does not know', async () => {
    await controlPlane().call('CreateStream', { StreamName: 'a', Colour: 'red' });
  });

  it('stops at the number of streams the account may have, in that region alone', async () => {
    const plane = controlPlane({ quota: ({ region }) => (region === 'us-east-1' ? 2 : 3) });
    await plane.stream('a');
    await plane.stream('b');
    expect(await errorOf(plane.call('CreateStream', { StreamName: 'c' }))).toBe(
      '400 AccountStreamLimitExceededException: The account has reached its limit of 2 streams in this region.',
    );
    await plane.call('CreateStream', { StreamName: 'c' }, { region: 'eu-west-1' });
  });

  it('shows CREATING for as long as the configured delay, then ACTIVE', async () => {
    const plane = controlPlane({ transitions: { creating: 5000, updating: 0, deleting: 0 } });
    expect((await plane.stream('a')).Status).toBe('CREATING');
    await plane.clock.advance(4999);
    expect((await plane.call('DescribeStream', { StreamName: 'a' })).StreamInfo.Status).toBe('CREATING');
    await plane.clock.advance(1);
    expect((await plane.call('DescribeStream', { StreamName: 'a' })).StreamInfo.Status).toBe('ACTIVE');
  });
});
