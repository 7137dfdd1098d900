import { transportSegment } from '../../packaging/segments.ts';
import { required, structure } from '../../protocol/shapes.ts';
import { resourceOperation } from '../operation.ts';
import { fragmentNumber, noSuchFragment, segmentOf, sessionToken, TS_TYPE } from './resources.ts';

/** All tracks of a fragment that the session has listed. */
export const getTSFragment = resourceOperation({
  name: 'GetTSFragment',
  plane: 'archived',
  path: '/hls/v1/getTSFragment.ts',
  actsOn: 'hlsSession',
  kind: 'resource',
  input: structure({ SessionToken: sessionToken, FragmentNumber: required(fragmentNumber) }),
  async handle(context, { FragmentNumber }, session) {
    const entry = session.entry(FragmentNumber);
    if (entry === undefined) throw noSuchFragment();
    const { startMs, delayMs } = entry;
    const body = await segmentOf(context, session, entry, `ts ${startMs} ${delayMs}`, (header, pieces) =>
      transportSegment(header, pieces, { startMs, delayMs }),
    );
    return { contentType: TS_TYPE, body };
  },
});

/** Some clients know the name without its ending. */
export const getTSFragmentUnended = resourceOperation({ ...getTSFragment, path: '/hls/v1/getTSFragment' });
