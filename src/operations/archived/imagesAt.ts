import { type Fragment, fragmentPieces } from '../../domain/fragments/fragment.ts';
import type { TimeAxis } from '../../domain/fragments/fragmentIndex.ts';
import type { DecodeJob } from '../../domain/ports.ts';
import { durationMs } from '../../domain/sessions/media.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { type PictureSource, pictureJobs } from '../../packaging/images.ts';
import type { Context } from '../operation.ts';

/** Of base64, as the service model says. */
const LONGEST_CONTENT = 6_291_456;
/** A picture stays on the screen so much longer than its fragment says, since times of arrival waver. Milliseconds. */
const HOLD_MS = 500;

export interface ImagesWanted extends Pick<DecodeJob, 'format' | 'quality' | 'size'> {
  readonly axis: TimeAxis;
  /** Ascending on the axis. */
  readonly fragments: readonly Fragment[];
  /** Ascending, ms since the epoch. */
  readonly times: readonly number[];
}
export interface ImageFound {
  readonly time: number;
  /** Base64. */
  readonly content: string | undefined;
  readonly error: 'NO_MEDIA' | 'MEDIA_ERROR' | undefined;
}

/** The picture on screen at each of the times, or why there is none. */
export async function imagesAt(context: Context, stream: Stream, wanted: ImagesWanted): Promise<ImageFound[]> {
  const { times } = wanted;
  const outcomes = new Map<number, string | 'NO_MEDIA' | 'MEDIA_ERROR'>();
  const sources: PictureSource<number>[] = [];
  for (const [fragment, inside] of byFragment(wanted)) {
    const source = await sourceOf(context, fragment, inside, wanted.axis);
    if (source === undefined) continue;
    sources.push(source);
    for (const { key } of source.wanted) outcomes.set(key, 'MEDIA_ERROR');
  }
  const jobs = pictureJobs(sources, ({ message }) => {
    context.log.warn('A fragment has no pictures that could be decoded.', { reason: message });
  });
  for (const { video, times: pictureTimes, keys } of jobs) {
    const { format, quality, size } = wanted;
    const job = { stream: stream.record.arn, video, times: pictureTimes, format, quality, size };
    const pictures = await context.decoder.decode(job, context.signal);
    for (const [time, pictureTime] of keys) {
      const picture = pictures[pictureTimes.indexOf(pictureTime)];
      const content = picture && Buffer.from(picture.buffer, picture.byteOffset, picture.length).toString('base64');
      if (content !== undefined && content.length <= LONGEST_CONTENT) outcomes.set(time, content);
    }
  }
  return times.map((time) => {
    const outcome = outcomes.get(time) ?? 'NO_MEDIA';
    const failed = outcome === 'NO_MEDIA' || outcome === 'MEDIA_ERROR';
    return { time, content: failed ? undefined : outcome, error: failed ? outcome : undefined };
  });
}

/** Each time with the last fragment that had begun by then; times before the first have none. */
function byFragment({ fragments, times, axis }: ImagesWanted): Map<Fragment, number[]> {
  const inside = new Map<Fragment, number[]>();
  let at = -1;
  for (const time of times) {
    while ((fragments[at + 1]?.[axis] ?? Number.POSITIVE_INFINITY) <= time) at += 1;
    const fragment = fragments[at];
    if (fragment === undefined) continue;
    const list = inside.get(fragment) ?? [];
    inside.set(fragment, list);
    list.push(time);
  }
  return inside;
}

/** The fragment with those of the times that it lasts to; undefined if it is gone or lasts to none. */
async function sourceOf(
  { sessions }: Context,
  fragment: Fragment,
  times: readonly number[],
  axis: TimeAxis,
): Promise<PictureSource<number> | undefined> {
  const media = await sessions.inspect(fragment);
  if (media === undefined) return undefined;
  const track = media.tracks.find(({ number }) => number === 1);
  const length = track ? durationMs(track) + Math.round((track.first * 1000) / track.timescale) : fragment.lengthMs;
  const start = fragment[axis];
  const wanted = times
    .filter((time) => time <= start + length + HOLD_MS)
    .map((time) => ({ key: time, offsetMs: time - start }));
  if (wanted.length === 0) return undefined;
  const pieces = await fragmentPieces(fragment);
  return fragment.persisted ? { header: fragment.header, pieces, wanted } : undefined;
}
