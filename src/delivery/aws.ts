import type { ImageObject, NotificationMessage } from '../domain/ports.ts';
import { inTurn } from '../runtime/inTurn.ts';

// Endpoints that speak AWS's SNS and S3, such as moto or LocalStack. The SDK is loaded when it is wanted.

/** What such endpoints take, unless the environment says otherwise. */
const ANYBODY = { accessKeyId: 'test', secretAccessKey: 'test' };

const missing = (name: string, option: string) => (): never => {
  throw new Error(`${option} needs a package that is not installed: npm install ${name}`);
};

/** Publishes to the topic that the configuration names, at that endpoint. */
export function snsSender(endpoint: string): (message: NotificationMessage) => Promise<void> {
  const load = () => inTurn(() => import('@aws-sdk/client-sns')).catch(missing('@aws-sdk/client-sns', '--sns'));
  return async ({ topic, region, subject, message }) => {
    const { SNSClient, PublishCommand } = await load();
    const client = new SNSClient({ endpoint, region, credentials: ANYBODY, maxAttempts: 1 });
    try {
      await client.send(new PublishCommand({ TopicArn: topic, Subject: subject, Message: message }));
    } finally {
      client.destroy();
    }
  };
}

/** Puts the picture into the bucket that the configuration names, at that endpoint. */
export function s3Sender(endpoint: string): (image: ImageObject) => Promise<void> {
  const load = () => inTurn(() => import('@aws-sdk/client-s3')).catch(missing('@aws-sdk/client-s3', '--s3'));
  return async ({ bucket, region, key, contentType, bytes, metadata }) => {
    const { S3Client, PutObjectCommand } = await load();
    const client = new S3Client({ endpoint, region, credentials: ANYBODY, maxAttempts: 1, forcePathStyle: true });
    try {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentType: contentType, Metadata: metadata }),
      );
    } finally {
      client.destroy();
    }
  };
}
