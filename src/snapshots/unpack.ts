import { createHash } from 'node:crypto';
import { ControlError } from '../emulator/controlError.ts';
import { fromText } from '../runtime/plain.ts';
import type { Room } from '../runtime/room.ts';
import type { Captured } from './captured.ts';
import { isClock } from './checks.ts';
import { CLOCK, FORMAT, MANIFEST, type Manifest, MEDIA, type MediaFile, PART, SUMS, TABLE, VERSION } from './layout.ts';
import { LineError, linesOf } from './lines.ts';
import { Staging } from './staging.ts';
import { tablesOf, type World } from './state.ts';
import { readTar, TarError, type TarFile } from './tar.ts';

/** Of one that is a text as a whole. */
const LONGEST_TEXT = 256 * 1024 * 1024;
const AGAIN = 'Take another snapshot, or another copy of this one.';

export type Unpacked = Captured & { done(): void };

interface Reading {
  manifest: Manifest | undefined;
  clock: Captured['clock'] | undefined;
  readonly parts: Map<string, string>;
  readonly tables: Map<string, (readonly [string, unknown])[]>;
  readonly staging: Staging;
  readonly hashes: Map<string, string>;
}

/** Reads an archive, all of it, before anything is done with it. Throws a ControlError that names what is wrong where. */
export async function unpack(
  source: AsyncIterable<Uint8Array>,
  { world, room }: { readonly world: World; readonly room: Room },
): Promise<Unpacked> {
  const staging = new Staging(world.bare, room);
  const read: Reading = {
    manifest: undefined,
    clock: undefined,
    parts: new Map(),
    tables: new Map(),
    staging,
    hashes: new Map(),
  };
  let sums: string | undefined;
  try {
    for await (const file of readTar(source)) {
      if (sums !== undefined) throw invalid(`${file.name} stands behind the end of the snapshot.`);
      if (file.name === SUMS) sums = await whole(file, staging);
      else await readFile(file, read, world);
    }
    return finish(read, sums, world);
  } catch (error) {
    staging.discard();
    throw error instanceof TarError ? invalid(error.message) : error;
  }
}

const invalid = (message: string, hint = AGAIN): ControlError => new ControlError(message, hint);

async function readFile(file: TarFile, read: Reading, world: World): Promise<void> {
  const { name } = file;
  if (read.hashes.has(name)) throw invalid(`${name} is in the archive twice.`);
  if (read.manifest === undefined && name !== MANIFEST) throw notOurs();
  const hash = createHash('sha256');
  const body = (async function* () {
    for await (const piece of file.body) {
      hash.update(piece);
      yield piece;
    }
  })();
  try {
    await take({ ...file, body }, read, world);
  } catch (error) {
    if (error instanceof ControlError || error instanceof TarError) throw error;
    // JSON that is none, or none of ours.
    if (!(error instanceof TypeError || error instanceof SyntaxError || error instanceof LineError)) throw error;
    throw invalid(`${name} in the archive is damaged, or was not made by an emulator: ${error.message.slice(0, 200)}`);
  }
  read.hashes.set(name, hash.digest('hex'));
}

async function take(file: TarFile, read: Reading, world: World): Promise<void> {
  const { name, body } = file;
  const [part, table, media] = [PART.exec(name), TABLE.exec(name), MEDIA.exec(name)];
  if (name === MANIFEST) read.manifest = manifestOf(JSON.parse(await whole(file, read.staging)));
  else if (name === CLOCK) {
    const clock = fromText(await whole(file, read.staging));
    if (!isClock(clock)) throw new TypeError('That is no state of a clock.');
    read.clock = clock;
  } else if (part !== null) {
    const text = await whole(file, read.staging);
    // Whether it is one at all.
    fromText(text);
    read.parts.set(partOf(String(part[1]), world), text);
  } else if (table !== null) {
    const entries: (readonly [string, unknown])[] = [];
    if (!tablesOf(world).some(([one]) => one === table[1])) throw unknown(name);
    for await (const line of linesOf(body)) {
      read.staging.take(2 * line.length);
      const [key, entry] = fromText(line) as [unknown, unknown];
      if (typeof key !== 'string' || typeof entry !== 'object' || entry === null)
        throw new TypeError('That is no entry.');
      entries.push([key, entry]);
    }
    read.tables.set(String(table[1]), entries);
  } else if (media !== null) await read.staging.read(Number(media[1]) - 1, media[2] as MediaFile, body);
  else throw unknown(name);
}

const unknown = (name: string): ControlError =>
  invalid(`There is no "${name.slice(0, 64)}" in a snapshot that this version knows.`, NEWER);
const NEWER = 'It was made by a newer version of kvs-emulator, or by something else: update kvs-emulator to load it.';
const notOurs = (): ControlError =>
  invalid(
    'This is no snapshot of kvs-emulator.',
    'Give what GET /_kvs/snapshot or `kvs-emulator snapshot save` wrote.',
  );

function manifestOf(given: Partial<Manifest> | null): Manifest {
  if (given?.format !== FORMAT || !Number.isSafeInteger(given.version)) throw notOurs();
  const { version = 0, journal = false, secrets = true } = given;
  if (version > VERSION) {
    throw invalid(`The snapshot has version ${version}; this emulator reads none above ${VERSION}.`, NEWER);
  }
  if (version < 1) throw invalid(`The snapshot has version ${version}, which there never was.`);
  return { format: FORMAT, version, journal, secrets };
}

function partOf(fileName: string, { parts }: World): string {
  const row = parts.find(({ name, snapshot }) => snapshot === 'saved' && name.replaceAll(' ', '-') === fileName);
  if (row === undefined) throw unknown(`parts/${fileName}.json`);
  return row.name;
}

async function whole({ size, body }: TarFile, staging: Staging): Promise<string> {
  if (size > LONGEST_TEXT) throw new TypeError('It is longer than any that a snapshot has.');
  staging.take(2 * size);
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** Everything has been read. */
function finish(
  { manifest, clock, parts, tables, staging, hashes }: Reading,
  sums: string | undefined,
  world: World,
): Unpacked {
  if (manifest === undefined) throw notOurs();
  if (sums === undefined) throw invalid(`The archive ends before it is over: ${SUMS} is not in it.`);
  const said = new Map(sums.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  for (const [name, hash] of hashes) {
    if (said.get(name) !== hash) throw invalid(`${name} in the archive is damaged: its SHA-256 is not as it was.`);
    said.delete(name);
  }
  const [missing] = [...said.keys()].filter((name) => name !== '');
  if (missing !== undefined) throw invalid(`${missing.slice(0, 64)} is missing in the archive.`);
  if (clock === undefined) throw invalid(`${CLOCK} is missing in the archive.`);
  for (const { name, snapshot } of world.parts) {
    const needed = snapshot === 'saved' && (name !== 'journal' || manifest.journal);
    if (needed && !parts.has(name)) throw invalid(`What it says of ${name} is missing in the archive.`);
  }
  const asked = { journal: manifest.journal, secrets: manifest.secrets };
  return { asked, clock, parts, tables, shelves: staging.shelves, done: () => staging.done() };
}
