import { anything } from '../protocol/ownShapes.ts';
import { type AdminRoute, hasBody, nothing, pathNames, queryNames, route } from './adminRoute.ts';
import { objectSchema, schemaOf } from './jsonSchema.ts';

const WHERE = '/_kvs';

/** The document that says what all routes take and answer, made from them. */
export const openApiRoute = (routes: () => readonly AdminRoute[]): AdminRoute =>
  route({
    kind: 'json',
    method: 'GET',
    path: '/openapi.json',
    summary: 'this API as an OpenAPI 3.1 document',
    input: nothing('This'),
    answer: anything(),
    example: { openapi: '3.1.0', info: { title: 'kvs-emulator', version: '0.1.0' }, paths: {} },
    library: { none: 'the types of the library say the same' },
    command: { none: 'for tools, which take its address' },
    handle: (face) => openApi(routes(), face.health().version),
  });

/** An OpenAPI 3.1 document. */
export function openApi(routes: readonly AdminRoute[], version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of routes) {
    const path = WHERE + one.path;
    paths[path] ??= {};
    paths[path][one.method.toLowerCase()] = operationOf(one);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'kvs-emulator',
      version,
      description:
        'What can be done to a running emulator of Amazon Kinesis Video Streams besides calling the service.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: { Error: ERROR }, responses: { Refused: REFUSED } },
  };
}

const ERROR = {
  type: 'object',
  properties: {
    error: { type: 'string', description: 'what was wrong' },
    hint: { type: 'string', description: 'what to do' },
    path: { type: 'string', format: 'json-pointer', description: 'where in the body' },
  },
  required: ['error', 'hint'],
  additionalProperties: false,
};

const REFUSED = {
  description: 'nothing has been done',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

function operationOf(one: AdminRoute): object {
  const parameters = [
    ...pathNames(one).map((name) => ({ ...parameter(one, name, 'path'), required: true })),
    ...queryNames(one).map((name) => parameter(one, name, 'query')),
  ];
  const body = bodyOf(one);
  return {
    operationId: idOf(one),
    summary: one.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { content: body } }),
    responses: {
      200: { description: 'done', content: contentOf(one) },
      default: { $ref: '#/components/responses/Refused' },
    },
  };
}

/** `getRequests`, `deleteFaultsId` */
const idOf = ({ method, path }: AdminRoute): string =>
  method.toLowerCase() + path.replaceAll(/[^A-Za-z]+([A-Za-z]?)/g, (_, letter: string) => letter.toUpperCase());

function parameter({ input }: AdminRoute, name: string, where: 'path' | 'query'): object {
  return { name, in: where, schema: schemaOf(input.members[name] ?? anything(), 'taken') };
}

function bodyOf(one: AdminRoute): object | undefined {
  if (one.bytes !== undefined) return { [one.bytes.contentType]: {} };
  if (!hasBody(one)) return undefined;
  const { members } = one.input;
  if (one.body !== undefined) return json(schemaOf(members[one.body] ?? anything(), 'taken'));
  const elsewhere = pathNames(one);
  const inside = Object.fromEntries(Object.entries(members).filter(([name]) => !elsewhere.includes(name)));
  return Object.keys(inside).length === 0 ? undefined : json(objectSchema(inside as typeof members, 'taken'));
}

function contentOf(one: AdminRoute): object {
  if (one.kind === 'json') return json(schemaOf(one.answer, 'told'), { example: one.example });
  return { [one.contentType]: { schema: { type: 'string' }, example: one.example } };
}

const json = (schema: object, more: object = {}): object => ({ 'application/json': { schema, ...more } });
