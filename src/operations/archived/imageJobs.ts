import type { ImagesAsked } from '../../domain/events/announcements.ts';
import type { Events } from '../../domain/events/events.ts';
import type { Delivery } from '../../domain/ports.ts';
import { accountRoot, isEverywhere, type Where } from '../../domain/resources/scope.ts';
import type { Ids } from '../../runtime/ids.ts';
import { axisOf } from '../axis.ts';
import { type ImageMakers, imagesAt } from './imagesAt.ts';

/** So many fragments may wait for their pictures; those that come then have none. */
const MOST_WAITING = 100;
const DEFAULT_QUALITY = 80;

interface Parts extends Omit<ImageMakers, 'principal'> {
  readonly events: Events;
  readonly delivery: Delivery;
  readonly ids: Ids;
}

/** Makes the pictures that fragments ask for, one fragment after the other, when nobody else needs the decoder. */
export class ImageJobs {
  readonly #parts: Parts;
  #ids: Ids;
  readonly #waiting: ImagesAsked[] = [];
  #busy = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#ids = parts.ids.of('images');
  }

  reset(which: Where): void {
    if (isEverywhere(which)) this.#ids = this.#parts.ids.of('images');
  }

  save(): string {
    return this.#ids.save();
  }

  load(saved: string): void {
    this.#ids.load(saved);
  }

  ask(asked: ImagesAsked): void {
    const { delivery, events, log } = this.#parts;
    if (!delivery.takesImages && !events.heard) return;
    if (this.#waiting.length >= MOST_WAITING) {
      log.warn('Too many fragments wait for their pictures: one has none.', { fragment: asked.fragment.number });
      return;
    }
    this.#waiting.push(asked);
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    const { log, signal } = this.#parts;
    for (let next = this.#waiting.shift(); next !== undefined && !signal.aborted; next = this.#waiting.shift()) {
      try {
        await this.#make(next);
      } catch (error) {
        log.warn('The pictures of a fragment could not be made.', { fragment: next.fragment.number, error });
      }
    }
    this.#busy = false;
  }

  async #make({ stream, fragment, config, prefix, metadata, note }: ImagesAsked): Promise<void> {
    const { events, delivery, sessions } = this.#parts;
    const axis = axisOf(config.ImageSelectorType);
    const principal = accountRoot(stream.record.scope);
    const media = await sessions.inspect(fragment, principal);
    const video = media?.tracks.find(({ kind }) => kind === 'video');
    // Without a picture to begin with there is none.
    if (video?.firstPicture === undefined) return;
    const first = fragment[axis] + Math.max(0, Math.ceil((video.firstPicture * 1000) / video.timescale));
    const times: number[] = [];
    for (let at = first; at <= fragment[axis] + fragment.lengthMs; at += config.SamplingInterval) times.push(at);
    const quality = Number(config.FormatConfig?.JPEGQuality ?? DEFAULT_QUALITY);
    const size = sizeOf(config, video);
    const wanted = { axis, fragments: [fragment], following: undefined, times, format: config.Format, quality, size };
    const { scope, name } = stream.record;
    const whose = { account: scope.account, region: scope.region, stream: name };
    const [bucket = '', path] = split(config.DestinationConfig.Uri);
    for (const { time, content } of await imagesAt({ ...this.#parts, principal }, stream, wanted)) {
      if (content === undefined) continue;
      const bytes = Buffer.from(content, 'base64');
      const ending = config.Format === 'PNG' ? 'png' : 'jpg';
      const parts = [...(prefix ? [prefix] : []), scope.account, name, String(time), `${this.#ids.uuid()}.${ending}`];
      const key = path + parts.join('_');
      const told = {
        aws_kinesisvideo_fragment_number: fragment.number,
        aws_kinesisvideo_producer_timestamp: String(fragment.producerTime),
        aws_kinesisvideo_server_timestamp: String(fragment.serverTime),
        ...Object.fromEntries(metadata),
      };
      const image = { key, bytes: bytes.length, metadata: told };
      events.tell('image', whose, () => image);
      note({ image });
      const contentType = config.Format === 'PNG' ? 'image/png' : 'image/jpeg';
      delivery.image({ bucket, region: scope.region, key, contentType, bytes, metadata: told });
    }
  }
}

/** Bucket and path of `s3://bucket/path`; the path ends with a slash if there is one. */
function split(uri: string): [bucket: string, path: string] {
  const [, bucket = '', path = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(uri) ?? [];
  return [bucket, path === '' || path.endsWith('/') ? path : `${path}/`];
}

/** Both: stretched to; one: the other as it has to be; none: as they are. */
function sizeOf(
  { WidthPixels: width, HeightPixels: height }: ImagesAsked['config'],
  video: { readonly width?: number; readonly height?: number },
): { width: number; height: number } | undefined {
  if (width !== undefined && height !== undefined) return { width, height };
  const { width: w, height: h } = video;
  if (w === undefined || h === undefined) return undefined;
  if (width !== undefined) return { width, height: Math.max(1, Math.round((h * width) / w)) };
  return height === undefined ? undefined : { width: Math.max(1, Math.round((w * height) / h)), height };
}
