import { snapshotNamed, snapshotOptions, snapshotTaken } from '../emulator/snapshotShapes.ts';
import { boolean, integer, string } from '../protocol/shapes.ts';
import { nothing, route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

const CONTENT_TYPE = 'application/x-tar';
/** As large as it likes: there is room for it, or there is not. */
const LARGEST = 2 ** 40;

const members = {
  time: string({ means: 'the emulator’s, when it was taken' }),
  streams: integer(),
  fragments: integer(),
  bytes: integer({ means: 'of media' }),
  bytesAlone: integer({ means: 'of those, what it alone still holds' }),
  journal: boolean(),
  secrets: boolean(),
};
const content = told(members);
const named = told({ name: string(), ...members });
const example = {
  ...{ time: '2030-01-01T00:00:00.000Z', streams: 2, fragments: 40, bytes: 4_096_000, bytesAlone: 0 },
  ...{ journal: false, secrets: true },
};
const ofName = { name: 'two-cameras', ...example };

export const snapshotRoutes = [
  route({
    kind: 'stream',
    method: 'GET',
    path: '/snapshot',
    summary:
      'all of the state as an archive: streams and their media, channels, keys, credentials, faults, limits, clock, ids',
    input: snapshotOptions,
    contentType: CONTENT_TYPE,
    example: '(tar)',
    library: ['snapshot({ journal: true, secrets: false })'],
    command: ['snapshot save state.tar', 'snapshot save state.tar --journal --without-secrets'],
    async handle({ snapshot }, options) {
      const taken = await snapshot(options);
      return released(taken.stream(), () => taken.release());
    },
  }),
  route({
    kind: 'json',
    method: 'PUT',
    path: '/snapshot',
    summary: 'makes everything as an archive says; if anything is wrong with it, nothing has changed',
    input: nothing('An archive'),
    bytes: { contentType: CONTENT_TYPE, most: LARGEST },
    answer: content,
    example,
    library: ['snapshots.load(archive)'],
    command: ['snapshot load state.tar'],
    handle: ({ snapshots }, _given, { body }) => snapshots.load(body),
  }),
  route({
    kind: 'json',
    method: 'GET',
    path: '/snapshots',
    summary: 'snapshots in memory, by name',
    input: nothing('The list of snapshots'),
    answer: told({ snapshots: listOf(named) }),
    example: { snapshots: [ofName] },
    library: ['snapshots.list()'],
    command: ['snapshot', 'snapshot list --json'],
    handle: ({ snapshots }) => ({ snapshots: snapshots.list() }),
  }),
  route({
    kind: 'json',
    method: 'POST',
    path: '/snapshots/{name}',
    summary: 'takes one, which costs next to nothing: it shares media with the streams',
    input: snapshotTaken,
    query: ['journal', 'secrets'],
    answer: named,
    example: ofName,
    library: ['snapshots.take(name, { journal: true })'],
    command: ['snapshot take two-cameras'],
    handle: ({ snapshots }, { name, ...options }) => snapshots.take(name, options),
  }),
  route({
    kind: 'json',
    method: 'POST',
    path: '/snapshots/{name}/restore',
    summary: 'makes everything as it was then, clock and ids too; connections end as with a reset',
    input: snapshotNamed,
    answer: named,
    example: ofName,
    library: ['snapshots.restore(name)'],
    command: ['snapshot restore two-cameras'],
    handle: ({ snapshots }, { name }) => snapshots.restore(name),
  }),
  route({
    kind: 'json',
    method: 'DELETE',
    path: '/snapshots/{name}',
    summary: 'forgets one, and what it alone still held',
    input: snapshotNamed,
    answer: named,
    example: ofName,
    library: ['snapshots.remove(name)'],
    command: ['snapshot remove two-cameras'],
    handle: ({ snapshots }, { name }) => snapshots.remove(name),
  }),
];

/** Lets go when it has been read, or given up. */
async function* released(pieces: AsyncIterable<Uint8Array>, release: () => void): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } finally {
    release();
  }
}
