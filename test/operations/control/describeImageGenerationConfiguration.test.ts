import { describe, expect, it } from 'vitest';
import { controlPlane } from './harness.ts';
import { needsAStream, refusesInvalidStreamRefs, refusesMistyped } from './refs.ts';

const NAME = 'DescribeImageGenerationConfiguration';

describe(`${NAME} serialization`, () => refusesMistyped(NAME, {}, 'StreamName', 'StreamARN'));

describe(`${NAME} validation`, () => refusesInvalidStreamRefs(NAME));

describe(NAME, () => {
  it('answers null for a stream that never had one', async () => {
    const plane = controlPlane();
    await plane.stream('a');
    expect(await plane.send(NAME, { StreamName: 'a' })).toBe('{"ImageGenerationConfiguration":null}');
  });
  it('answers what was set, with null for what was left out', async () => {
    const plane = controlPlane();
    const { StreamARN } = await plane.stream('a', { DataRetentionInHours: 1 });
    await plane.call('UpdateImageGenerationConfiguration', {
      StreamARN,
      ImageGenerationConfiguration: {
        Status: 'ENABLED',
        ImageSelectorType: 'SERVER_TIMESTAMP',
        DestinationConfig: { Uri: 's3://bucket/prefix', DestinationRegion: 'us-east-1' },
        SamplingInterval: 200,
        Format: 'JPEG',
        FormatConfig: { JPEGQuality: '80' },
      },
    });
    expect(await plane.send(NAME, { StreamARN })).toBe(
      '{"ImageGenerationConfiguration":{"DestinationConfig":{"DestinationRegion":"us-east-1","Uri":"s3://bucket/prefix"},"Format":"JPEG","FormatConfig":{"JPEGQuality":"80"},"HeightPixels":null,"ImageSelectorType":"SERVER_TIMESTAMP","SamplingInterval":200,"Status":"ENABLED","WidthPixels":null}}',
    );
  });
  needsAStream(NAME);
});
