import { serviceError } from '../../protocol/errors.ts';
import { partitionOf, type Scope } from '../resources/scope.ts';
import type { ImageGeneration, Notification } from './configurations.ts';

export const retentionMs = (hours: number): number => hours * 3_600_000;

export function checkRetention(hours: number, most: number): void {
  if (hours < 0 || hours > most) {
    throw serviceError('invalidArgument', `The data retention must be from 0 to ${most} hours; it would be ${hours}.`);
  }
}

/** The service's own key, for streams that name none. */
export const defaultKmsKeyId = ({ account, region }: Scope): string =>
  `arn:${partitionOf(region)}:kms:${region}:${account}:alias/aws/kinesisvideo`;

/** As a request has it. */
export type WantedImageGeneration = Omit<ImageGeneration, 'FormatConfig'> & {
  readonly FormatConfig?: ReadonlyMap<string, string>;
};

/** The configuration as it is kept, if it is what the service asks for beyond the model's constraints. */
export function checkImageGeneration(
  { region }: Scope,
  wanted: WantedImageGeneration,
  minInterval: number,
): ImageGeneration {
  const { Uri, DestinationRegion } = wanted.DestinationConfig;
  if (!/^s3:\/\/[^/]/.test(Uri)) {
    throw serviceError(
      'invalidArgument',
      `DestinationConfig.Uri must be s3://bucket or s3://bucket/prefix, not ${Uri}.`,
    );
  }
  if (DestinationRegion !== region) {
    throw serviceError(
      'invalidArgument',
      `DestinationRegion must be the stream's region, ${region}, not ${DestinationRegion}.`,
    );
  }
  if (wanted.SamplingInterval < minInterval) {
    throw serviceError(
      'invalidArgument',
      `SamplingInterval must be at least ${minInterval} ms, not ${wanted.SamplingInterval}.`,
    );
  }
  const quality = wanted.FormatConfig?.get('JPEGQuality');
  if (quality !== undefined && !/^([1-9]\d?|100)$/.test(quality)) {
    throw serviceError('invalidArgument', `JPEGQuality must be a whole number from 1 to 100, not ${quality}.`);
  }
  const { FormatConfig: formatConfig, ...rest } = wanted;
  return formatConfig === undefined ? rest : { ...rest, FormatConfig: Object.fromEntries(formatConfig) };
}

export function checkNotification({ DestinationConfig: { Uri } }: Notification): void {
  if (Uri.endsWith('.fifo')) {
    throw serviceError('invalidArgument', `Notifications go to standard SNS topics; ${Uri} is a FIFO topic.`);
  }
}
