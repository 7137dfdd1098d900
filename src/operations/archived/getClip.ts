import { type Fragment, withWhole } from '../../domain/fragments/fragment.ts';
import { type FragmentMedia, lengthened } from '../../domain/fragments/media.ts';
import { rangeAt, select } from '../../domain/fragments/selection.ts';
import { ClosedTimeline } from '../../domain/segments/timeline.ts';
import { CodecError } from '../../media/codec/error.ts';
import type { Mp4File } from '../../media/fmp4/progressive.ts';
import { MatroskaError } from '../../media/matroska/error.ts';
import { type ClipFragment, clip } from '../../packaging/clip.ts';
import { refusalOf } from '../../packaging/trackRules.ts';
import { streamRef } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { object, oneOf, required, structure, timestamp } from '../../protocol/shapes.ts';
import { runSliced, sliceOver, turn } from '../../runtime/slices.ts';
import { axisOf } from '../axis.ts';
import { bytesOperation, type Context } from '../operation.ts';
import { checkRange } from './timeRange.ts';

/** Of all tracks: more than 200 fragments of 20 s have. */
const MOST_FRAMES = 600_000;

/** A range of time as one MP4 file. */
export const getClip = bytesOperation({
  name: 'GetClip',
  plane: 'archived',
  path: '/getClip',
  actsOn: 'activeStream',
  kind: 'bytes',
  contentType: 'video/mp4',
  input: structure({
    ...streamRef,
    ClipFragmentSelector: required(
      object({
        FragmentSelectorType: required(oneOf('PRODUCER_TIMESTAMP', 'SERVER_TIMESTAMP')),
        TimestampRange: required(
          object({ StartTimestamp: required(timestamp()), EndTimestamp: required(timestamp()) }),
        ),
      }),
    ),
  }),
  async handle(context, { ClipFragmentSelector: selector }, stream) {
    const { StartTimestamp: start, EndTimestamp: end } = selector.TimestampRange;
    const range = { axis: axisOf(selector.FragmentSelectorType), start, end };
    checkRange(context, stream, 'GetClip', range);
    const { limits, now } = context;
    // What is more is left out, without a word.
    const most = limits.of('GetClip.fragments', stream);
    const clipped = await select(stream.fragments, rangeAt(now, stream.fragments, range), most);
    const fitting = upTo(clipped, limits.of('GetClip.bytes', stream));
    context.spend(stream, { metadata: fitting.length, media: fitting.length });
    context.readWhole(
      stream,
      fitting.map(({ number, size }) => ({ number, bytes: size })),
    );
    const found = await playable(context, fitting);
    const file = await makeClip(context, found);
    stream.counts.of('GetClip').bytes += file.size;
    stream.counts.mediaRead += found.length;
    // What is in the clear of it is there until it is sent.
    context.room.occupy(file.size);
    context.atEnd(() => context.room.release(file.size));
    return pieces(file);
  },
});

async function* pieces(file: Mp4File): AsyncGenerator<Uint8Array> {
  yield* file.pieces;
}

/** As many as fit, and one at least. */
function upTo(fragments: readonly Fragment[], most: number): readonly Fragment[] {
  let bytes = 0;
  const end = fragments.findIndex(({ size }, at) => {
    bytes += size;
    return at > 0 && bytes > most;
  });
  return end < 0 ? fragments : fragments.slice(0, end);
}

interface Found {
  readonly fragment: Fragment;
  readonly media: FragmentMedia;
}

/** The fragments with what is in them, all of one kind; throws for the first that cannot be part of the clip. */
async function playable({ sessions, principal }: Context, fragments: readonly Fragment[]): Promise<Found[]> {
  const found: Found[] = [];
  let frames = 0;
  for (const fragment of fragments) {
    const media = await sessions.inspect(fragment, principal);
    if (media === undefined) continue;
    for (const track of media.tracks) frames += track.frames;
    if (found.length > 0 && frames > MOST_FRAMES) break;
    const refusal = refusalOf(media, 'CLIP');
    if (refusal?.error === 'missingCodecPrivateData') throw serviceError(refusal.error, refusal.track);
    if (refusal !== undefined) throw serviceError(refusal.error, `Fragment ${fragment.number}: ${refusal.text}`);
    const first = found[0]?.media ?? media;
    if (media.layout !== first.layout) {
      const change = `from ${first.layout} to ${media.layout}`;
      throw serviceError('unsupportedStreamMediaType', `The tracks change within the clip, ${change}.`);
    }
    for (const track of media.tracks) {
      const before = first.tracks.find(({ number }) => number === track.number);
      if (before !== undefined && before.configuration !== track.configuration) {
        const text = `The codec private data of track ${track.number} change within the clip.`;
        throw serviceError('invalidCodecPrivateData', text);
      }
    }
    if (media.tracks.length > 0) found.push({ fragment, media: lengthened(media, found.at(-1)?.media) });
    if (sliceOver()) await turn();
  }
  if (found.length === 0) throw serviceError('noFragments', 'clip');
  return found;
}

async function makeClip({ now, principal }: Context, found: readonly Found[]): Promise<Mp4File> {
  const timeline = new ClosedTimeline();
  const piece = ({ fragment, media }: Found) => ({ producerTime: fragment.producerTime, tracks: media.tracks });
  const placements = found.map((one, at) => {
    const next = found[at + 1];
    return timeline.place(piece(one), next && piece(next));
  });
  const fragments = found.map(({ fragment }) => fragment);
  try {
    return await withWhole(fragments, principal, (all) => {
      const parts: ClipFragment[] = [];
      for (const [at, whole] of all.entries()) {
        const placement = placements[at];
        if (whole !== undefined && placement !== undefined && fragments[at]?.persisted) {
          parts.push({ ...whole, placement });
        }
      }
      // They went while they were read.
      if (parts.length === 0) throw serviceError('noFragments', 'clip');
      return runSliced(clip(parts, now));
    });
  } catch (error) {
    if (error instanceof MatroskaError || error instanceof CodecError) {
      throw serviceError('invalidMediaFrame', error.message);
    }
    throw error;
  }
}
