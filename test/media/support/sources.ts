import { FIXTURES, type Fixture, fixture, fixturePath, UNLACED } from '../../support/fixtures.ts';
import { fragmentsOf, tracksOf } from './fragments.ts';
import { type Packet, packetsOf } from './judge.ts';

/** What ffprobe finds in the fixture. */
export const sourcePackets = (name: Fixture, kind: 'video' | 'audio'): Packet[] =>
  packetsOf(fixturePath(UNLACED[name] ?? name), kind);

/** Every track of every fixture: name, kind, configuration. */
export const fixtureTracks = () =>
  FIXTURES.flatMap((name) =>
    tracksOf(fragmentsOf(fixture(name))[0]!).map(({ config }) => [name, config.kind, config] as const),
  );
