import { type Fragment, withWhole } from '../../domain/fragments/fragment.ts';
import type { TimeAxis } from '../../domain/fragments/fragmentIndex.ts';
import type { FragmentMedia } from '../../domain/fragments/media.ts';
import type { DecodeJob } from '../../domain/ports.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { type PictureSource, pictureJobs } from '../../packaging/images.ts';
import { runSliced, sliceOver, turn } from '../../runtime/slices.ts';
import type { Context } from '../operation.ts';

/** A picture stays on the screen so much longer than its fragment says, since times of arrival waver. Milliseconds. */
const HOLD_MS = 500;

export interface ImagesWanted extends Pick<DecodeJob, 'format' | 'quality' | 'size'> {
  readonly axis: TimeAxis;
  /** Ascending on the axis. */
  readonly fragments: readonly Fragment[];
  /** Behind them. It gives no picture, but where it goes on the last of theirs stays. */
  readonly following: Fragment | undefined;
  /** Ascending, ms since the epoch. */
  readonly times: readonly number[];
}
/** What of the service makes pictures, and for whom. */
export type ImageMakers = Pick<Context, 'sessions' | 'decoder' | 'limits' | 'log' | 'signal' | 'principal'>;

export interface ImageFound {
  readonly time: number;
  /** Base64. */
  readonly content: string | undefined;
  readonly error: 'NO_MEDIA' | 'MEDIA_ERROR' | undefined;
}

/** The picture on screen at each of the times, or why there is none. */
export async function imagesAt(context: ImageMakers, stream: Stream, wanted: ImagesWanted): Promise<ImageFound[]> {
  const { times } = wanted;
  const outcomes = new Map<number, string | 'NO_MEDIA' | 'MEDIA_ERROR'>();
  const found = [...(await byFragment(context, wanted))];
  for (const [, shown] of found) for (const { key } of shown) outcomes.set(key, 'MEDIA_ERROR');
  const fragments = found.map(([fragment]) => fragment);
  const onFault = ({ message }: Error): void => {
    context.log.warn('A fragment has no pictures that could be decoded.', { reason: message });
  };
  const longest = context.limits.of('GetImages.imageBytes', stream);
  const jobs = await withWhole(fragments, context.principal, (all) => {
    const sources: PictureSource<number>[] = [];
    stream.counts.mediaRead += all.length;
    for (const [at, whole] of all.entries()) {
      const [fragment, shown] = found[at] ?? [];
      if (whole !== undefined && shown !== undefined && fragment?.persisted) sources.push({ ...whole, wanted: shown });
    }
    return runSliced(pictureJobs(sources, onFault));
  });
  for (const { video, times: pictureTimes, keys } of jobs) {
    const { format, quality, size } = wanted;
    const job = { stream: stream.record.arn, video, times: pictureTimes, format, quality, size };
    const pictures = await context.decoder.decode(job, context.signal);
    for (const [time, pictureTime] of keys) {
      const picture = pictures[pictureTimes.indexOf(pictureTime)];
      const content = picture && Buffer.from(picture.buffer, picture.byteOffset, picture.length).toString('base64');
      if (content !== undefined && content.length <= longest) outcomes.set(time, content);
    }
  }
  return times.map((time) => {
    const outcome = outcomes.get(time) ?? 'NO_MEDIA';
    const failed = outcome === 'NO_MEDIA' || outcome === 'MEDIA_ERROR';
    return { time, content: failed ? undefined : outcome, error: failed ? outcome : undefined };
  });
}

type Shown = PictureSource<number>['wanted'][number];

/** The times that have a picture, or should have one, by the fragment that it is in; ascending. */
async function byFragment(
  context: ImageMakers,
  { fragments, following, times, axis }: ImagesWanted,
): Promise<Map<Fragment, readonly Shown[]>> {
  const found = new Map<Fragment, Shown[]>();
  const all = following === undefined ? fragments : [...fragments, following];
  let at = -1;
  for (const time of times) {
    while ((fragments[at + 1]?.[axis] ?? Number.POSITIVE_INFINITY) <= time) at += 1;
    const fragment = await fragmentShownAt(context, all, at, time, axis);
    if (fragment === undefined) continue;
    const list = found.get(fragment) ?? [];
    found.set(fragment, list);
    list.push({ key: time, offsetMs: time - fragment[axis] });
  }
  return found;
}

/**
 * Whose picture is on screen: that of the last fragment that has begun, or until that has one, as sound may come before it,
 * and pictures that cannot be decoded alone, the last of one before. It stays there as long as pictures follow on from it.
 */
async function fragmentShownAt(
  { sessions, principal }: ImageMakers,
  fragments: readonly Fragment[],
  at: number,
  time: number,
  axis: TimeAxis,
): Promise<Fragment | undefined> {
  const picturesAt = async (index: number): Promise<Pictures | undefined> => {
    const fragment = fragments[index];
    const media = fragment && (await sessions.inspect(fragment, principal));
    if (sliceOver()) await turn();
    return media && picturesOf(media, fragment[axis]);
  };
  const begun = fragments[at];
  if (begun === undefined || (await sessions.inspect(begun, principal)) === undefined) return undefined;
  const pictures = await picturesAt(at);
  // Sound alone: that is for the decoder to say.
  if (pictures === undefined) return time <= begun[axis] + begun.lengthMs + HOLD_MS ? begun : undefined;
  const held = pictures.end + HOLD_MS;
  if (time > held && ((await picturesAt(at + 1))?.start ?? Number.POSITIVE_INFINITY) > held) return undefined;
  if (time >= pictures.first) return begun;
  let since = Math.min(time, pictures.start);
  for (let before = at - 1; before >= 0; before--) {
    const last = await picturesAt(before);
    if (last === undefined || since > last.end + HOLD_MS) break;
    if (Number.isFinite(last.first)) return fragments[before];
    since = Math.min(since, last.start);
  }
  return Number.isFinite(pictures.first) ? undefined : begun;
}

/** Times on the axis. */
interface Pictures {
  /** When the first is shown, and the last is over. */
  readonly start: number;
  readonly end: number;
  /** When the first is shown that can be decoded without those of another fragment; infinitely late if there is none. */
  readonly first: number;
}

function picturesOf({ tracks }: FragmentMedia, timestamp: number): Pictures | undefined {
  const track = tracks.find(({ number, kind }) => number === 1 && kind === 'video');
  if (track === undefined) return undefined;
  const { first, duration, firstPicture = Number.POSITIVE_INFINITY, timescale } = track;
  const time = (value: number): number => timestamp + Math.round((value * 1000) / timescale);
  return { start: time(first), end: time(first + duration), first: time(firstPicture) };
}
