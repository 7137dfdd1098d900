import { long, oneOf, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';
import { openSession, sessionMembers, sessionSelector, sessionUrl } from './openSession.ts';

/** A URL that any DASH player plays until the session expires. */
export const getDASHStreamingSessionURL = jsonOperation({
  name: 'GetDASHStreamingSessionURL',
  plane: 'archived',
  path: '/getDASHStreamingSessionURL',
  actsOn: 'activeStream',
  kind: 'json',
  input: structure({
    ...sessionMembers,
    DASHFragmentSelector: sessionSelector,
    DisplayFragmentNumber: oneOf('ALWAYS', 'NEVER'),
    MaxManifestFragmentResults: long({ min: 1, max: 5000 }),
  }),
  async handle(context, given, stream) {
    const session = await openSession(context, stream, given, given.DASHFragmentSelector, {
      protocol: 'DASH',
      selectorName: 'DASHFragmentSelector',
      container: 'FRAGMENTED_MP4',
      // A manifest's timeline has no gaps to mark.
      discontinuity: 'NEVER',
      max: given.MaxManifestFragmentResults,
      showNumbers: given.DisplayFragmentNumber === 'ALWAYS',
    });
    return { DASHStreamingSessionURL: sessionUrl(context, session, '/dash/v1/getDASHManifest.mpd') };
  },
});
