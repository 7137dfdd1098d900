import type { Entry, Session } from '../../domain/sessions/session.ts';
import { manifest } from '../../packaging/dash.ts';
import { describeTracks } from '../../packaging/measures.ts';
import { structure } from '../../protocol/shapes.ts';
import { toIso } from '../../runtime/time.ts';
import { resourceOperation } from '../operation.ts';
import { MANIFEST_TYPE, sessionToken } from './resources.ts';

/** The fragments of a DASH session that can be played now. */
export const getDASHManifest = resourceOperation({
  name: 'GetDASHManifest',
  plane: 'archived',
  path: '/dash/v1/getDASHManifest.mpd',
  actsOn: 'dashSession',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken }),
  async handle(context, _input, session) {
    const { token, settings, stream } = session;
    context.spend(stream, { metadata: settings.max });
    const { entries, complete, longestMs } = await session.list(context.now);
    session.stream.counts.metadataRead += entries.length;
    const tracks = describeTracks(session.opening.media).map((track) => ({
      ...track,
      spans: entries.flatMap((entry) => entry.placement?.spans.get(track.number) ?? []),
    }));
    const body = manifest({
      token,
      complete,
      availabilityStart: toIso(availabilityStart(session, entries, complete)),
      published: toIso(context.now),
      startNumber: (entries[0]?.sequence ?? 0) + 1,
      longestMs,
      tracks,
      timestamps: settings.showTimestamps ? entries.map(({ startMs }) => startMs) : undefined,
      numbers: settings.showNumbers ? entries.map(({ number }) => number) : undefined,
    });
    return { contentType: MANIFEST_TYPE, body };
  },
});

/**
 * When the timeline began: of a recording the time of its first fragment. While it goes on, such that the newest
 * fragment ended when it came, since gaps that were closed up have moved it.
 */
function availabilityStart({ settings }: Session, entries: readonly Entry[], complete: boolean): number {
  const first = entries[0];
  const newest = entries.at(-1);
  if (settings.mode === 'ON_DEMAND' || complete || newest === undefined) return first?.startMs ?? 0;
  const [span] = newest.placement?.spans.entries() ?? [];
  const timescale = newest.media.tracks.find(({ number }) => number === span?.[0])?.timescale ?? 1000;
  const end = span ? ((span[1].from + span[1].duration) * 1000) / timescale : 0;
  return Math.round(newest.availableAt - end);
}
