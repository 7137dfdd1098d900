import type { EmulatorKeys } from '../emulator/keyControl.ts';
import { keyCallsQuery, keyChange, keyNamed, keysMade, keysQuery } from '../emulator/keyShapes.ts';
import { date, nullable, union } from '../protocol/ownShapes.ts';
import { integer, map, string } from '../protocol/shapes.ts';
import { route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

const key = told({
  id: string(),
  arn: string(),
  account: string(),
  region: string(),
  manager: string({ means: 'AWS or CUSTOMER' }),
  state: string(),
  usage: string(),
  spec: string(),
  aliases: listOf(string()),
  principals: listOf(string()),
  fails: nullable(string({ means: 'what each use is refused with' })),
  versions: integer({ means: 'how many there have been' }),
  calls: told({ GenerateDataKey: integer(), Decrypt: integer() }),
});
const example = {
  id: 'door',
  arn: 'arn:aws:kms:us-east-1:000000000000:key/door',
  account: '000000000000',
  region: 'us-east-1',
  manager: 'CUSTOMER',
  state: 'Enabled',
  usage: 'ENCRYPT_DECRYPT',
  spec: 'SYMMETRIC_DEFAULT',
  aliases: ['alias/door'],
  principals: ['*'],
  fails: null,
  versions: 1,
  calls: { GenerateDataKey: 1, Decrypt: 0 },
};

const act = (
  method: 'GET' | 'POST' | 'DELETE',
  path: '/keys/{id}' | '/keys/{id}/rotate',
  name: 'get' | 'rotate' | 'remove',
  summary: string,
  command: string,
) =>
  route({
    ...{ kind: 'json', method, path, summary, input: keyNamed, query: ['account', 'region'] as const },
    ...{ answer: key, example: name === 'rotate' ? { ...example, versions: 2 } : example },
    library: [`keys.${name}(id, { account, region })`],
    command: [command],
    handle: ({ keys }, { id, ...where }) => keys[name](id, where),
  });

export const keyRoutes = [
  route({
    kind: 'json',
    method: 'GET',
    path: '/keys',
    summary: 'keys of the built-in KMS: states, aliases, principals, how often each was used',
    input: keysQuery,
    answer: told({ keys: listOf(key), next: nullable(string({ means: 'to be given as `after`' })) }),
    example: { keys: [example], next: null },
    library: ['keys.list({ account, region })'],
    command: ['keys'],
    handle: ({ keys }, which) => keys.list(which),
  }),
  route({
    kind: 'json',
    method: 'POST',
    path: '/keys',
    summary: 'makes a key, or each of a list; all members are optional',
    input: keysMade,
    query: ['account', 'region'],
    body: 'keys',
    answer: union(key, told({ keys: listOf(key) })),
    example,
    library: ["keys.create({ id, aliases: ['alias/door'] })"],
    command: ['keys create --id door --alias alias/door'],
    handle: ({ keys }, { keys: wanted, ...where }) =>
      (keys.create as (...given: unknown[]) => ReturnType<EmulatorKeys['create']>)(wanted, where),
  }),
  act(
    'GET',
    '/keys/{id}',
    'get',
    'one of them, by its id, its ARN or an alias (URL-encoded)',
    'keys get alias/aws/kinesisvideo',
  ),
  route({
    kind: 'json',
    method: 'PATCH',
    path: '/keys/{id}',
    summary: 'changes a key: what is given of state, aliases, principals, usage and fails',
    input: keyChange,
    query: ['account', 'region'],
    answer: key,
    example: { ...example, state: 'Disabled' },
    library: ["keys.change(id, { state: 'Disabled' })"],
    command: ['keys set door --state PendingDeletion', 'keys disable door', 'keys enable door'],
    handle: ({ keys }, { id, ...change }) => keys.change(id, change),
  }),
  act(
    'DELETE',
    '/keys/{id}',
    'remove',
    'deletes a key; made again with the same id, it is the same key',
    'keys delete door',
  ),
  act(
    'POST',
    '/keys/{id}/rotate',
    'rotate',
    'rotates a key: what older versions have sealed can still be opened',
    'keys rotate door',
  ),
  route({
    kind: 'json',
    method: 'GET',
    path: '/keys/{id}/calls',
    summary: 'what a key was used for, oldest first: the last 1,000 uses and attempts',
    input: keyCallsQuery,
    answer: told({
      calls: listOf(
        told({
          id: integer(),
          time: date(),
          operation: string(),
          principal: string(),
          stream: string(),
          context: map(string(), string()),
          outcome: string({ means: 'ok, or what it was refused with' }),
        }),
      ),
      next: nullable(integer({ means: 'to be given as `after`' })),
    }),
    example: {
      calls: [
        {
          id: 1,
          time: '2030-01-01T00:00:00.000Z',
          operation: 'GenerateDataKey',
          principal: 'arn:aws:iam::000000000000:user/AKIDEXAMPLE',
          stream: 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/1893456000000',
          context: {
            'aws:kinesisvideo:arn': 'arn:aws:kinesisvideo:us-east-1:000000000000:stream/door/1893456000000',
          },
          outcome: 'ok',
        },
      ],
      next: null,
    },
    library: ['keys.calls(id, { after, limit })'],
    command: ['keys calls door'],
    handle: ({ keys }, { id, ...query }) => keys.calls(id, query),
  }),
];
