import { Agent } from 'node:https';
import { KinesisVideoClient } from '@aws-sdk/client-kinesis-video';
import { KinesisVideoArchivedMediaClient } from '@aws-sdk/client-kinesis-video-archived-media';
import { KinesisVideoMediaClient } from '@aws-sdk/client-kinesis-video-media';

// The SDK's goodbye to Node 20 at every start is no news to whoever reads a test's output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

export interface SdkOptions {
  readonly endpoint: string;
  readonly region?: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly sessionToken?: string;
  /** PEM to trust, for https. */
  readonly ca?: string;
}

const credentialsOf = ({
  accessKeyId = 'test',
  secretAccessKey = 'test',
  sessionToken,
}: Pick<SdkOptions, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>) => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken === undefined ? {} : { sessionToken }),
});
const settings = ({ endpoint, region = 'us-east-1', ca, ...given }: SdkOptions) => ({
  endpoint,
  region,
  credentials: credentialsOf(given),
  // A test wants the answer, not three tries.
  maxAttempts: 1,
  ...(ca === undefined ? {} : { requestHandler: { httpsAgent: new Agent({ ca }) } }),
});

export const controlClient = (options: SdkOptions): KinesisVideoClient => new KinesisVideoClient(settings(options));
export const mediaClient = (options: SdkOptions): KinesisVideoMediaClient =>
  new KinesisVideoMediaClient(settings(options));
export const archivedClient = (options: SdkOptions): KinesisVideoArchivedMediaClient =>
  new KinesisVideoArchivedMediaClient(settings(options));
