import { admit, type Fragment, withWhole } from '../../domain/fragments/fragment.ts';
import type { Session } from '../../domain/sessions/session.ts';
import { initOf } from '../../packaging/segments.ts';
import { integer, structure } from '../../protocol/shapes.ts';
import { runSliced } from '../../runtime/slices.ts';
import { type Context, resourceOperation } from '../operation.ts';
import { MP4_TYPE, noSuchFragment, noSuchTrack, sessionToken, trackNumber } from './resources.ts';

/** Parameter sets may stand in front of key frames alone, so the fragment is looked into while it is there. */
async function initFor(
  { segments }: Context,
  { stream, reader }: Session,
  { number, header }: Pick<Fragment, 'number' | 'header'>,
  track: number,
): Promise<Uint8Array> {
  const there = stream.fragments.archivedFragment(number);
  if (there !== undefined) await admit(there, reader);
  return segments.get(`${stream.record.arn} ${number} init ${track}`, async () => {
    const fragment = stream.fragments.archivedFragment(number);
    const made = await withWhole(fragment === undefined ? [] : [fragment], reader, async ([whole]) => {
      const clear = whole?.header ?? (await header.open(stream.fragments.shelf, reader));
      return runSliced(initOf(clear, whole?.pieces ?? [], track));
    });
    if (made === undefined) throw noSuchTrack(track);
    return made;
  });
}

/** What a decoder must know of a track, from the codec private data of the fragment that SequenceNumber names. */
export const getHLSInitFragment = resourceOperation({
  name: 'GetMP4InitFragment',
  plane: 'archived',
  path: '/hls/v1/getMP4InitFragment.mp4',
  actsOn: 'hlsSession',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken, TrackNumber: trackNumber, SequenceNumber: integer({ min: 0 }) }),
  async handle(context, { TrackNumber = 1, SequenceNumber }, session) {
    const named = SequenceNumber === undefined ? session.opening.fragment : session.entryAt(SequenceNumber);
    if (named === undefined) throw noSuchFragment();
    return { contentType: MP4_TYPE, body: await initFor(context, session, named, TrackNumber) };
  },
});

/** The same of a DASH session, in which it never changes. */
export const getDASHInitFragment = resourceOperation({
  name: 'GetMP4InitFragment',
  plane: 'archived',
  path: '/dash/v1/getMP4InitFragment.mp4',
  actsOn: 'dashSession',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken, TrackNumber: trackNumber }),
  async handle(context, { TrackNumber = 1 }, session) {
    return { contentType: MP4_TYPE, body: await initFor(context, session, session.opening.fragment, TrackNumber) };
  },
});
