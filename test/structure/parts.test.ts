// What holds state says what becomes of it in a snapshot, and so does the page about snapshots.
import { expect, it } from 'vitest';
import { assemble } from '../../src/assemble.ts';
import { readOptions } from '../../src/config/options.ts';
import { silentLog } from '../../src/runtime/log.ts';
import { read, sources } from './sources.ts';

const documented = new Map(
  [...read('docs/snapshots.md').matchAll(/^\| ([a-z ]+?) +\| (saved|remade|ends) /gm)].map(([, name, kind]) => [
    name,
    kind,
  ]),
);

/** Whoever forgets something with a reset; a new one belongs into the list of parts, or says here why not. */
const RESETS = [
  'src/domain/channels/channels.ts',
  'src/domain/credentials/credentials.ts',
  'src/domain/events/announcements.ts',
  'src/domain/events/events.ts',
  'src/domain/faults/faults.ts',
  'src/domain/journal/journal.ts',
  // A part of kms.ts.
  'src/domain/keys/keyRing.ts',
  'src/domain/keys/kms.ts',
  'src/domain/keys/streamKeys.ts',
  'src/domain/limits/limits.ts',
  'src/domain/limits/throttle.ts',
  'src/domain/recordings/recordings.ts',
  'src/domain/segments/segmentCache.ts',
  'src/domain/sessions/sessions.ts',
  'src/domain/signaling/signaling.ts',
  'src/domain/streams/streams.ts',
  'src/http/requestLog.ts',
  'src/liveOptions.ts',
  'src/makeMachine.ts',
  'src/operations/archived/imageJobs.ts',
  'src/operations/road/requestIds.ts',
  'src/operations/road/warnings.ts',
  'src/relay/turnRelay.ts',
  // Time is taken back by the reset itself, and by a snapshot.
  'src/runtime/clock.ts',
];

it('each part is on the page about snapshots, with what becomes of it', () => {
  const world = assemble(readOptions({}), silentLog);
  world.stop();
  const parts = new Map(world.parts.map(({ name, snapshot }) => [name, snapshot as string]));
  // Those that are there with an option, or where it listens, and the clock, which is none.
  const others = [...documented].filter(([name]) => !parts.has(name ?? ''));
  expect(others).toEqual([
    ['clock', 'saved'],
    ['relay', 'ends'],
    ['log', 'ends'],
  ]);
  for (const [name, kind] of parts) expect(documented.get(name), name).toBe(kind);
});

it('names of parts and tables are names of files', () => {
  const world = assemble(readOptions({}), silentLog);
  world.stop();
  const names = world.parts.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^[a-z ]+$/.test(name))).toEqual([]);
});

it('whatever is reset is known', () => {
  const found = sources().filter((path) =>
    /^ {2,4}reset\((which: Where[^)]*|\{ keepTime[^)]*)?\)(: void)? \{/m.test(read(path)),
  );
  expect(found.sort()).toEqual([...RESETS].sort());
});
