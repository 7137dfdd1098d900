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

interface Parts {
  readonly log: Log;
  readonly stopped: AbortSignal;
}

export class Deliveries implements Delivery {
  readonly #parts: Parts;
  #messages: Outbox<NotificationMessage>[] = [];
  #images: Outbox<ImageObject>[] = [];

  constructor(destinations: Destinations, parts: Parts) {
    this.#parts = parts;
    this.use(destinations);
  }

  /** From now on things go there. What is on its way elsewhere still goes there. */
  use({ eventsWebhook, sns, s3, imagesDir }: Destinations): void {
    const parts = this.#parts;
    this.#messages = [];
    this.#images = [];
    if (eventsWebhook !== undefined) {
      const post = (message: NotificationMessage) => postEnvelope(eventsWebhook, message, parts.stopped);
      this.#messages.push(new Outbox(eventsWebhook, post, parts));
    }
    if (sns !== undefined) this.#messages.push(new Outbox(sns, snsSender(sns), parts));
    if (s3 !== undefined) this.#images.push(new Outbox(s3, s3Sender(s3), parts));
    if (imagesDir !== undefined) {
      this.#images.push(new Outbox(imagesDir, (image) => writeImage(imagesDir, image), parts));
    }
  }

  get takesImages(): boolean {
    return this.#images.length > 0;
  }

  notification(message: NotificationMessage): void {
    for (const outbox of this.#messages) outbox.put(message);
  }

  image(image: ImageObject): void {
    for (const outbox of this.#images) outbox.put(image);
  }
}
