// What the resources of a session share: their parameters, and how a fragment becomes a segment.

import { admit, withWhole } from '../../domain/fragments/fragment.ts';
import type { FragmentHeader } from '../../domain/fragments/sharedHeader.ts';
import type { Entry, Session } from '../../domain/sessions/session.ts';
import { CodecError } from '../../media/codec/error.ts';
import { MatroskaError } from '../../media/matroska/error.ts';
import type { Steps } from '../../media/steps.ts';
import { serviceError } from '../../protocol/errors.ts';
import { integer, string } from '../../protocol/shapes.ts';
import { runSliced } from '../../runtime/slices.ts';
import type { Context } from '../operation.ts';

export const PLAYLIST_TYPE = 'application/x-mpegURL';
export const MANIFEST_TYPE = 'application/dash+xml';
export const MP4_TYPE = 'video/mp4';
export const TS_TYPE = 'video/MP2T';

// Their checks are not those of the model, which has none of these: a token that is wrong in any way gets the same 403.
export const sessionToken = string();
export const trackNumber = integer({ min: 1 });
export const fragmentNumber = string({ min: 1, max: 128, pattern: '^[0-9]+$' });

export const noSuchFragment = () =>
  serviceError('resourceNotFound', 'The fragment is not part of the session, or no longer in the stream.');
export const noSuchTrack = (track: number) =>
  serviceError('resourceNotFound', `The session has no media of track ${track} there.`);

/**
 * The bytes of a segment of a listed fragment, made once for all who ask at about the same time.
 * @param what everything that decides the bytes, besides the fragment
 */
export async function segmentOf(
  context: Pick<Context, 'segments' | 'log' | 'spend' | 'readWhole'>,
  session: Session,
  entry: Entry,
  what: string,
  make: (header: FragmentHeader, pieces: readonly Uint8Array[]) => Steps<Uint8Array | undefined>,
): Promise<Uint8Array> {
  const { segments, log } = context;
  const { stream, reader, opening } = session;
  const fragment = stream.fragments.archivedFragment(entry.number);
  if (fragment === undefined) throw noSuchFragment();
  stream.counts.mediaRead += 1;
  if (entry.media.layout !== opening.media.layout) {
    const change = `from ${opening.media.layout} to ${entry.media.layout}`;
    throw serviceError('unsupportedStreamMediaType', `The stream's tracks changed within the session, ${change}.`);
  }
  context.spend(stream, { media: 1 });
  context.readWhole(stream, [{ number: fragment.number, bytes: fragment.size }]);
  // What has been made of it is for those who may read it.
  await admit(fragment, reader);
  try {
    return await segments.get(`${stream.record.arn} ${entry.number} ${what}`, async () => {
      const made = await withWhole([fragment], reader, ([whole]) =>
        whole && fragment.persisted ? runSliced(make(whole.header, whole.pieces)) : undefined,
      );
      if (made === undefined) throw noSuchFragment();
      return made;
    });
  } catch (error) {
    if (!(error instanceof MatroskaError || error instanceof CodecError)) throw error;
    log.warn('A fragment cannot be played.', { fragment: entry.number, reason: error.message });
    throw serviceError('unsupportedStreamMediaType', error.message);
  }
}
