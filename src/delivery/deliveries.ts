import type { Delivery, ImageObject, NotificationMessage } from '../domain/ports.ts';
import type { Log } from '../runtime/log.ts';
import { s3Sender, snsSender } from './aws.ts';
import { writeImage } from './folder.ts';
import { Outbox } from './outbox.ts';
import { postEnvelope } from './webhook.ts';

/** Where things go. Nowhere else, whatever a configuration of the service says. */
export interface Destinations {
  readonly eventsWebhook: string | undefined;
  readonly sns: string | undefined;
  readonly s3: string | undefined;
  readonly imagesDir: string | undefined;
}

export function makeDelivery(
  { eventsWebhook, sns, s3, imagesDir }: Destinations,
  parts: { readonly log: Log; readonly stopped: AbortSignal },
): Delivery {
  const messages: Outbox<NotificationMessage>[] = [];
  const images: Outbox<ImageObject>[] = [];
  if (eventsWebhook !== undefined) {
    messages.push(new Outbox(eventsWebhook, (message) => postEnvelope(eventsWebhook, message, parts.stopped), parts));
  }
  if (sns !== undefined) messages.push(new Outbox(sns, snsSender(sns), parts));
  if (s3 !== undefined) images.push(new Outbox(s3, s3Sender(s3), parts));
  if (imagesDir !== undefined) images.push(new Outbox(imagesDir, (image) => writeImage(imagesDir, image), parts));
  return {
    takesImages: images.length > 0,
    notification(message) {
      for (const outbox of messages) outbox.put(message);
    },
    image(image) {
      for (const outbox of images) outbox.put(image);
    },
  };
}
