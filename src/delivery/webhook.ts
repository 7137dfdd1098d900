import type { NotificationMessage } from '../domain/ports.ts';
import { toIso } from '../runtime/time.ts';
import { wallNow } from '../runtime/wall.ts';

const PATIENCE_MS = 5000;
/** Nobody has signed it. A receiver that checks signatures has to be told not to. */
const NO_SIGNATURE = Buffer.from('not signed: this comes from an emulator').toString('base64');

/** What SNS sends to a subscriber over HTTP. */
function envelope({ id, topic, region, subject, message }: NotificationMessage): Record<string, string> {
  return {
    Type: 'Notification',
    MessageId: id,
    TopicArn: topic,
    Subject: subject,
    Message: message,
    Timestamp: toIso(wallNow()),
    SignatureVersion: '1',
    Signature: NO_SIGNATURE,
    SigningCertURL: `https://sns.${region}.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem`,
    UnsubscribeURL: `https://sns.${region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${encodeURIComponent(`${topic}:${id}`)}`,
  };
}

/** Posts it as SNS would. Rejects unless it is taken. */
export async function postEnvelope(url: string, message: NotificationMessage, stopped: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': 'Notification',
      'x-amz-sns-message-id': message.id,
      'x-amz-sns-topic-arn': message.topic,
      'user-agent': 'Amazon Simple Notification Service Agent',
    },
    body: JSON.stringify(envelope(message)),
    redirect: 'error',
    signal: AbortSignal.any([stopped, AbortSignal.timeout(PATIENCE_MS)]),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`it answers with ${response.status}`);
}
