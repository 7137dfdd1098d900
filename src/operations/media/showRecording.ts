// Media of a seed: a file is read once, as PutMedia reads what is sent to it, and streams show it.

import type { FragmentLog } from '../../domain/fragments/fragmentLog.ts';
import { FragmentTags } from '../../domain/fragments/fragmentTags.ts';
import { IngestError } from '../../domain/fragments/ingestError.ts';
import { type Layout, layOut, type Recording, timeIn } from '../../domain/fragments/recording.ts';
import type { FileFacts, Recordings } from '../../domain/recordings/recordings.ts';
import { accountRoot, type Scope } from '../../domain/resources/scope.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { writeTags } from '../../media/matroska/tags.ts';
import { turn } from '../../runtime/slices.ts';
import { toIso } from '../../runtime/time.ts';
import { PlaceError, type PlaceServices, pass } from './pass.ts';
import type { Placing } from './place.ts';

type Metadata = ReadonlyMap<string, string>;

const NO_TAGS = new Uint8Array();
const SEVERAL =
  'The times of its fragments do not go up: it is several recordings in one file. Give each a file of its own, or place ' +
  'it with kvs-emulator put --start.';

/** What the emulator's own API needs of all this. */
export const showingOf = (services: PlaceServices, recordings: Recordings, own: Scope) => ({
  /** To be let go again. Rejects with what `isRefusal` knows. */
  read: (file: Uint8Array) => recordings.take(file, (into) => readInto(services, accountRoot(own), into, file)),
  letGo: (recording: Recording) => recordings.letGo(recording),
  plan,
  checkTags,
  show({ fragments, record }: Stream, recording: Recording, layout: Layout, tags: Metadata) {
    const leading = tags.size === 0 ? NO_TAGS : writeTags([...tags]);
    return fragments.show(recording, layout, { leading, writer: accountRoot(record.scope) });
  },
  isRefusal: (error: unknown): error is Error => error instanceof PlaceError,
});

/** @throws PlaceError */
async function readInto(
  services: PlaceServices,
  writer: string,
  into: FragmentLog,
  file: Uint8Array,
): Promise<FileFacts> {
  if (file.length === 0) throw new PlaceError('It is empty.');
  const warnings = new Map<string, string>();
  const { first, last, durationMs, keyless } = await pass(
    services,
    into,
    { start: 0, until: undefined, writer, warnings },
    [file],
  );
  if (first === undefined) throw new PlaceError('There is no fragment in it.');
  const why = keyless ? warnings.get('noKeyFrame') : undefined;
  if (why !== undefined) throw new PlaceError(`Nobody can begin with it. ${why}`);
  for (const one of into.all('serverTime', 0, Number.POSITIVE_INFINITY)) {
    if (one === undefined) await turn();
    else if (one.serverTime !== one.producerTime) throw new PlaceError(SEVERAL);
  }
  return { durationMs: Math.max(durationMs, last - first + 1), warnings };
}

/**
 * Where a recording is to be shown, behind what ends at a time, up to now at most.
 * @throws PlaceError if that cannot be
 */
function plan(recording: Recording, placing: Placing, behind: number, now: number): Layout & { readonly last: number } {
  const layout = layOut(recording, placing);
  const { start, count } = layout;
  if (count === 0) throw new PlaceError(`Its first fragment begins at ${toIso(start)}, which is not before "until".`);
  const [first, last] = [timeIn(recording, start, 0), timeIn(recording, start, count - 1)];
  if (first < 0) throw new PlaceError('It begins before 1970.');
  if (first <= behind) {
    throw new PlaceError(`It begins at ${toIso(first)}, and what stands before it goes on until ${toIso(behind)}.`);
  }
  if (last > now)
    throw new PlaceError(`It goes on until ${toIso(last)}, and the emulator’s clock is at ${toIso(now)}.`);
  return { ...layout, last };
}

/** @throws PlaceError for metadata that PutMedia would refuse */
function checkTags(limit: FragmentLog['limit'], tags: Metadata): void {
  const size = (text: string): number => Buffer.byteLength(text);
  const all = [...tags].map(([name, value]) => ({
    ...{ name, value, nameSize: size(name), valueSize: size(value), targeted: false },
  }));
  try {
    new FragmentTags(limit).add(all);
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    throw new PlaceError(`PutMedia would refuse it: ${error.ack}, ${error.message}.`);
  }
}
