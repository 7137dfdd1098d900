import type { Clock } from '../../runtime/clock.ts';
import type { Ids } from '../../runtime/ids.ts';
import type { Fragment } from '../fragments/fragment.ts';
import { IMAGE_PREFIX_TAG, IMAGE_TAG, type Metadata, NOTIFICATION_TAG } from '../fragments/fragmentTags.ts';
import type { Delivered } from '../journal/journal.ts';
import type { Delivery } from '../ports.ts';
import { isEverywhere, type Where } from '../resources/scope.ts';
import { effective } from '../streams/activation.ts';
import type { ImageGeneration } from '../streams/configurations.ts';
import type { Stream } from '../streams/stream.ts';
import type { Events } from './events.ts';

const SUBJECT = 'Kinesis Video Streams Notification';

/** Pictures that a fragment asks for. */
export interface ImagesAsked {
  readonly stream: Stream;
  readonly fragment: Fragment;
  readonly config: ImageGeneration;
  /** In front of each key, if there is one. */
  readonly prefix: string | undefined;
  /** The producer's own metadata. */
  readonly metadata: Metadata;
  /** To be told of each of them. */
  readonly note: Note;
}

type Note = (delivered: Delivered) => void;

export interface AnnouncementParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Events;
  readonly ids: Ids;
  readonly delivery: Delivery;
  /** Takes what is asked for and comes to it when there is time. */
  readonly images: (asked: ImagesAsked) => void;
}

/** What fragments in the archive have the service tell the world, by their metadata and the configuration of their stream. */
export class Announcements {
  readonly #parts: AnnouncementParts;
  #ids: Ids;

  constructor(parts: AnnouncementParts) {
    this.#parts = parts;
    this.#ids = parts.ids.of('notifications');
  }

  reset(which: Where): void {
    if (isEverywhere(which)) this.#ids = this.#parts.ids.of('notifications');
  }

  save(): string {
    return this.#ids.save();
  }

  load(saved: string): void {
    this.#ids.load(saved);
  }

  /**
   * To be told of each fragment of a stream that has come into the archive with metadata.
   * @param note is told what was delivered because of one
   */
  of(stream: Stream, note: Note): (fragment: Fragment, metadata: Metadata) => void {
    return (fragment, metadata) => {
      const { record } = stream;
      const now = this.#parts.clock.now();
      const notification = effective(record.notification, record.formerNotification, now);
      const imageGeneration = effective(record.imageGeneration, record.formerImageGeneration, now);
      if (metadata.has(NOTIFICATION_TAG) && notification?.Status === 'ENABLED') {
        note(this.#notify(stream, fragment, metadata, notification.DestinationConfig.Uri));
      }
      if (metadata.has(IMAGE_TAG) && imageGeneration?.Status === 'ENABLED') {
        const prefix = metadata.get(IMAGE_PREFIX_TAG);
        this.#parts.images({ stream, fragment, config: imageGeneration, prefix, metadata: ownOf(metadata), note });
      }
    };
  }

  #notify(
    { record }: Stream,
    { number, producerTime, serverTime }: Fragment,
    metadata: Metadata,
    uri: string,
  ): Delivered {
    const { scope, name, arn } = record;
    const message = {
      StreamArn: arn,
      FragmentNumber: number,
      FragmentStartProducerTimestamp: producerTime,
      FragmentStartServerTimestamp: serverTime,
      NotificationType: 'PERSISTED',
      NotificationPayload: Object.fromEntries(ownOf(metadata)),
    };
    const whose = { account: scope.account, region: scope.region, stream: name };
    this.#parts.events.tell('notification', whose, () => ({ message }));
    this.#parts.delivery.notification({
      id: this.#ids.uuid(),
      topic: uri.replace(/^sns:(\/\/)?/, ''),
      region: scope.region,
      subject: SUBJECT,
      message: JSON.stringify(message),
    });
    return { notification: message };
  }
}

/** Without the words to the service. */
const ownOf = (metadata: Metadata): Metadata =>
  new Map([...metadata].filter(([name]) => ![NOTIFICATION_TAG, IMAGE_TAG, IMAGE_PREFIX_TAG].includes(name)));
