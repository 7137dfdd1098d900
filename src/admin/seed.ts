import { seedRequest, seedShape } from '../emulator/seedShapes.ts';
import { anything } from '../protocol/ownShapes.ts';
import { integer, string } from '../protocol/shapes.ts';
import { nothing, route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';
import { schemaOf } from './jsonSchema.ts';

/** Of a seed that brings its media along. Bytes. */
const LARGEST = 2 ** 28;

/** What editors complete and check a seed file by. */
export const seedSchema = (): object => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A seed of kvs-emulator',
  ...schemaOf(seedShape, 'taken'),
});

export const seedRoutes = [
  route({
    kind: 'json',
    method: 'POST',
    path: '/seed',
    summary: 'makes what a seed says: streams with recordings, channels, keys, credentials, faults, limits, the time',
    input: { ...seedRequest, members: { ...seedRequest.members, seed: seedShape } },
    query: ['account', 'region'],
    body: 'seed',
    longest: LARGEST,
    answer: told({
      streams: integer({ means: 'how many have been made' }),
      channels: integer(),
      keys: integer(),
      faults: integer(),
      fragments: integer({ means: 'in those streams' }),
      left: listOf(told({ kind: string(), name: string(), account: string(), region: string() })),
      warnings: listOf(told({ path: string(), difference: string(), text: string() })),
    }),
    example: {
      streams: 1,
      channels: 1,
      keys: 0,
      faults: 0,
      fragments: 43_200,
      left: [{ kind: 'stream', name: 'yard', account: '000000000000', region: 'us-east-1' }],
      warnings: [],
    },
    library: ["seed({ streams: [{ name: 'door', retention: '24h' }] }, { account, region, folder })"],
    command: ['seed seed.json'],
    handle: (face, { seed = {}, ...where }) => face.seed(seed, where),
  }),
  route({
    kind: 'json',
    method: 'GET',
    path: '/seed/schema',
    summary: 'the JSON Schema of a seed, for `$schema` and editors',
    input: nothing('This'),
    answer: anything(),
    example: { $schema: 'http://json-schema.org/draft-07/schema#', title: 'A seed of kvs-emulator', type: 'object' },
    library: { none: 'the types of the library say the same' },
    command: ['seed --schema'],
    handle: () => seedSchema(),
  }),
];
