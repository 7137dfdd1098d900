import { FIXTURES, type Fixture, fixture, fixturePath } from '../../support/fixtures.ts';
import { fragmentsOf, tracksOf } from './fragments.ts';
import { type Packet, packetsOf } from './judge.ts';

/** ffprobe counts whole milliseconds inside a lace, so it is asked about the file that was laced. */
const UNLACED: Partial<Record<Fixture, Fixture>> = {
  'mkvmerge-lacing.mkv': 'h264-aac-gop1s.mkv',
  'mkvmerge-blockgroups.mkv': 'h264-aac-gop1s.mkv',
};

/** What ffprobe finds in the fixture. */
export const sourcePackets = (name: Fixture, kind: 'video' | 'audio'): Packet[] =>
  packetsOf(fixturePath(UNLACED[name] ?? name), kind);

/** Every track of every fixture: name, kind, configuration. */
export const fixtureTracks = () =>
  FIXTURES.flatMap((name) =>
    tracksOf(fragmentsOf(fixture(name))[0]!).map(({ config }) => [name, config.kind, config] as const),
  );
