import { credentialTable } from '../emulator/credentialTable.ts';
import { anything, date, nullable } from '../protocol/ownShapes.ts';
import { map, string } from '../protocol/shapes.ts';
import { nothing, route } from './adminRoute.ts';
import { listOf, told } from './answerShapes.ts';

const credentials = told({
  accessKeys: listOf(
    told({
      accessKeyId: string(),
      secretAccessKey: string({ means: 'masked' }),
      sessionToken: nullable(string({ means: 'masked' })),
      expiresAt: nullable(date()),
      principal: string(),
      policies: listOf(anything()),
      boundary: nullable(anything()),
      sessionPolicy: nullable(anything()),
      tags: map(string(), string()),
      context: map(string(), anything()),
    }),
  ),
  roles: listOf(
    told({
      arn: string(),
      trusts: listOf(string()),
      policies: listOf(anything()),
      boundary: nullable(anything()),
      maxSession: string(),
    }),
  ),
  iotRoleAliases: listOf(told({ alias: string(), role: string(), things: listOf(string()), duration: string() })),
});

const example = {
  accessKeys: [
    {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: '****',
      sessionToken: null,
      expiresAt: null,
      principal: 'arn:aws:iam::000000000000:user/device-1',
      policies: [
        { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'kinesisvideo:PutMedia', Resource: '*' }] },
      ],
      boundary: null,
      sessionPolicy: null,
      tags: { team: 'a' },
      context: { 'credentials-iot:ThingName': 'cam-1' },
    },
  ],
  roles: [
    {
      arn: 'arn:aws:iam::000000000000:role/viewer',
      trusts: ['*'],
      policies: [],
      boundary: null,
      maxSession: '3600s',
    },
  ],
  iotRoleAliases: [
    { alias: 'camera', role: 'arn:aws:iam::000000000000:role/viewer', things: ['*'], duration: '3600s' },
  ],
};

const answer = { kind: 'json', path: '/credentials', answer: credentials, example } as const;

export const credentialRoutes = [
  route({
    ...answer,
    method: 'GET',
    summary: 'who may sign requests; secrets are masked',
    input: nothing('This'),
    library: ['credentials.get()'],
    command: ['credentials'],
    handle: (face) => face.credentials.get(),
  }),
  route({
    ...answer,
    method: 'PUT',
    summary: 'access keys, roles and role aliases in place of those there are; a masked secret stays what it was',
    input: credentialTable,
    library: ['credentials.set({ accessKeys, roles, iotRoleAliases })'],
    command: ['credentials set credentials.json'],
    handle: (face, given) => face.credentials.set(given),
  }),
  route({
    ...answer,
    method: 'PATCH',
    summary: 'adds those that are new, and changes what is said of others',
    input: credentialTable,
    library: ["credentials.change({ accessKeys: [{ accessKeyId, expiresAt: '2030-01-01T00:00:00Z' }] })"],
    command: ['credentials change credentials.json'],
    handle: (face, given) => face.credentials.change(given),
  }),
];
