import { describe, expect, it } from 'vitest';
import { controlPlane, errorOf, refusalsOf } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'UpdateImageGenerationConfiguration';
const { mistyped, invalid } = refusalsOf(NAME);
const WHOLE = {
  Status: 'ENABLED',
  ImageSelectorType: 'PRODUCER_TIMESTAMP',
  DestinationConfig: { Uri: 's3://bucket', DestinationRegion: 'us-east-1' },
  SamplingInterval: 3000,
  Format: 'PNG',
};
const request = (change: object) => ({
  StreamName: 'a',
  ImageGenerationConfiguration: { ...WHOLE, ...change },
});

describe(`${NAME} serialization`, () => {
  refusesMistyped(NAME, {}, 'StreamName', 'StreamARN');
  it('refuses a configuration that is a string', () =>
    mistyped(
      { ImageGenerationConfiguration: 'ENABLED' },
      "The member 'imageGenerationConfiguration' must be an object, not a string.",
    ));
  it('refuses a sampling interval in quotes', () =>
    mistyped(
      request({ SamplingInterval: '3000' }),
      "The member 'imageGenerationConfiguration.samplingInterval' must be an integer, not a string.",
    ));
  it('refuses a quality that is a number', () =>
    mistyped(
      request({ FormatConfig: { JPEGQuality: 80 } }),
      "The member 'imageGenerationConfiguration.formatConfig.JPEGQuality.member' must be a string, not a number.",
    ));
});

describe(`${NAME} validation`, () => {
  it('needs all of a configuration but its size and format details', () => {
    const missing = ['status', 'imageSelectorType', 'destinationConfig', 'samplingInterval', 'format'];
    return invalid(
      { StreamName: 'a', ImageGenerationConfiguration: {} },
      ...missing.map(
        (member) =>
          `Value null at 'imageGenerationConfiguration.${member}' failed to satisfy constraint: Member must not be null`,
      ),
    );
  });
  it('refuses unknown statuses, selectors and formats', () =>
    invalid(
      request({ Status: 'ON', ImageSelectorType: 'ANY', Format: 'GIF' }),
      "Value 'ON' at 'imageGenerationConfiguration.status' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]",
      "Value 'ANY' at 'imageGenerationConfiguration.imageSelectorType' failed to satisfy constraint: Member must satisfy enum value set: [SERVER_TIMESTAMP, PRODUCER_TIMESTAMP]",
      "Value 'GIF' at 'imageGenerationConfiguration.format' failed to satisfy constraint: Member must satisfy enum value set: [JPEG, PNG]",
    ));
  it('refuses sizes out of range', () =>
    invalid(
      request({ WidthPixels: 3841, HeightPixels: 0 }),
      "Value '3841' at 'imageGenerationConfiguration.widthPixels' failed to satisfy constraint: Member must have value less than or equal to 3840",
      "Value '0' at 'imageGenerationConfiguration.heightPixels' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ));
  it('refuses a destination that is no address and a region that is none', () =>
    invalid(
      request({ DestinationConfig: { Uri: 'bucket', DestinationRegion: 'nowhere' } }),
      "Value 'bucket' at 'imageGenerationConfiguration.destinationConfig.uri' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z_0-9]+:(//)?([^/]+)/?([^*]*)$",
      "Value 'nowhere' at 'imageGenerationConfiguration.destinationConfig.destinationRegion' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-z]+(-[a-z]+)?-[a-z]+-[0-9]$",
      "Value 'nowhere' at 'imageGenerationConfiguration.destinationConfig.destinationRegion' failed to satisfy constraint: Member must have length greater than or equal to 9",
    ));
  it('refuses format details of another name and an empty value', () =>
    invalid(
      request({ FormatConfig: { Quality: '' } }),
      "Value '{Quality=}' at 'imageGenerationConfiguration.formatConfig' failed to satisfy constraint: Map keys must satisfy constraint: [Member must satisfy enum value set: [JPEGQuality]]",
      "Value '{Quality=}' at 'imageGenerationConfiguration.formatConfig' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must satisfy regular expression pattern: ^[a-zA-Z_0-9]+]",
    ));
  it('refuses format details without any', () =>
    invalid(
      request({ FormatConfig: {} }),
      "Value '{}' at 'imageGenerationConfiguration.formatConfig' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ));
  refusesInvalidStreamRefs(NAME);
});

describe(NAME, () => {
  async function withStream() {
    const plane = controlPlane();
    await plane.stream('a', { DataRetentionInHours: 1 });
    return plane;
  }
  const described = async (plane: ReturnType<typeof controlPlane>) =>
    (await plane.call('DescribeImageGenerationConfiguration', { StreamName: 'a' })).ImageGenerationConfiguration;

  it('sets, replaces and, without a configuration, deletes', async () => {
    const plane = await withStream();
    expect(await plane.send(NAME, request({ WidthPixels: 320, HeightPixels: 180 }))).toBe('{}');
    expect(await described(plane)).toEqual({ ...WHOLE, FormatConfig: null, WidthPixels: 320, HeightPixels: 180 });
    await plane.call(NAME, request({ Status: 'DISABLED' }));
    expect(await described(plane)).toMatchObject({ Status: 'DISABLED', WidthPixels: null });
    await plane.call(NAME, { StreamName: 'a' });
    expect(await described(plane)).toBeNull();
  });
  it('does not change the version', async () => {
    const plane = await withStream();
    const before = await plane.call('DescribeStream', { StreamName: 'a' });
    await plane.call(NAME, request({}));
    expect(await plane.call('DescribeStream', { StreamName: 'a' })).toEqual(before);
  });
  it.each([
    [
      'a destination that is no bucket',
      { DestinationConfig: { Uri: 'https://bucket', DestinationRegion: 'us-east-1' } },
      'DestinationConfig.Uri must be s3://bucket or s3://bucket/prefix, not https://bucket.',
    ],
    [
      'a region that is not the one of the stream',
      { DestinationConfig: { Uri: 's3://bucket', DestinationRegion: 'eu-west-1' } },
      "DestinationRegion must be the stream's region, us-east-1, not eu-west-1.",
    ],
    ['an interval below 200 ms', { SamplingInterval: 199 }, 'SamplingInterval must be at least 200 ms, not 199.'],
    [
      'a quality of 0',
      { FormatConfig: { JPEGQuality: '0' } },
      'JPEGQuality must be a whole number from 1 to 100, not 0.',
    ],
    [
      'a quality of 101',
      { FormatConfig: { JPEGQuality: '101' } },
      'JPEGQuality must be a whole number from 1 to 100, not 101.',
    ],
  ])('refuses %s', async (_what, change, text) => {
    const plane = await withStream();
    expect(await errorOf(plane.call(NAME, request(change)))).toBe(`400 InvalidArgumentException: ${text}`);
    expect(await described(plane)).toBeNull();
  });
  it.each(['1', '100'])('takes a quality of %s', async (JPEGQuality) => {
    await (await withStream()).call(NAME, request({ FormatConfig: { JPEGQuality } }));
  });
  it('refuses a stream without retention, but lets it be without configuration', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await errorOf(plane.call(NAME, request({})))).toBe(
      '400 NoDataRetentionException: The stream has a data retention of 0 hours and keeps no data.',
    );
    await plane.call(NAME, { StreamName: 'a' });
  });
  it('makes the stream UPDATING, and refuses one that is', async () => {
    const plane = controlPlane({ transitions: { creating: 0, updating: 10, deleting: 0 } });
    await plane.stream('a', { DataRetentionInHours: 1 });
    await plane.call(NAME, request({}));
    expect(await errorOf(plane.call(NAME, request({})))).toBe(
      '400 ResourceInUseException: The stream a is UPDATING. Wait until it is ACTIVE.',
    );
  });
  needsAStream(NAME);
});
