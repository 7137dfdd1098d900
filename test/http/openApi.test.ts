import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { adminRegistry } from '../../src/admin/registry.ts';
import { startEmulator } from '../support/emulator.ts';
import { fixture } from '../support/fixtures.ts';
import { putMedia } from '../support/putMedia.ts';
import { ask } from '../support/tour.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { name: string; in: string; schema: object }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, { content: Record<string, { schema: object; example?: unknown }> }>;
}
interface Document {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, object> };
}

const ajv = new Ajv2020({ strict: true, validateFormats: false, allowUnionTypes: true });
/** What is wrong with a value by a schema of the document. */
function faults(schema: object, value: unknown): unknown {
  const validate = ajv.compile(schema);
  validate(value);
  return validate.errors ?? [];
}
const answerOf = ({ responses }: Operation) => responses['200']?.content['application/json'];

async function start() {
  const emulator = await startEmulator({ clock: 'frozen', startTime: '2030-01-01T00:00:00Z' });
  const { body } = await request(emulator.url).get('/_kvs/openapi.json').expect(200).expect('Content-Type', /json/);
  return { emulator, document: body as Document };
}

describe('GET /_kvs/openapi.json', () => {
  it('is an OpenAPI 3.1 document', async () => {
    const { document } = await start();
    const validator = new Validator();
    expect(await validator.validate(document as never)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has every route, each with a name of its own', async () => {
    const { document } = await start();
    const there = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [`${method.toUpperCase()} ${path}`, operationId]),
    );
    expect(there.map(([route]) => route).sort()).toEqual(
      adminRegistry.map(({ method, path }) => `${method} /_kvs${path}`).sort(),
    );
    expect(new Set(there.map(([, id]) => id)).size).toBe(there.length);
  });

  it('gives an example of each answer that is one by its own schema', async () => {
    const { document } = await start();
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    for (const operation of operations) {
      const content = Object.values(operation.responses['200']?.content ?? {})[0];
      expect(content?.example, operation.operationId).toBeDefined();
      expect(faults(content?.schema ?? {}, content?.example), operation.operationId).toEqual([]);
    }
  });

  it('says what the routes answer', async () => {
    const { emulator, document } = await start();
    await ask(emulator, '/createStream', { StreamName: 'cam', DataRetentionInHours: 1 });
    await putMedia({ url: emulator.url, producerStart: '1893456000' }, fixture('h264-gop2s.mkv'));
    await ask(emulator, '/describeSignalingChannel', { ChannelName: 'nobody' });
    const asked = [
      ['get', '/_kvs/health', undefined],
      ['get', '/_kvs/clock', undefined],
      ['post', '/_kvs/clock', { advance: '90m' }],
      ['get', '/_kvs/requests', undefined],
      ['delete', '/_kvs/requests', undefined],
      ['post', '/_kvs/reset', { account: '111122223333' }],
    ] as const;
    for (const [method, path, body] of asked) {
      const operation = document.paths[path]?.[method] as Operation;
      const answer = await request(emulator.url)[method](path).send(body).expect(200);
      expect(faults(answerOf(operation)?.schema ?? {}, answer.body), `${method} ${path}`).toEqual([]);
      if (path === '/_kvs/requests' && method === 'get') expect(answer.body.requests).toHaveLength(3);
    }
    const refused = await request(emulator.url).post('/_kvs/clock').send({ advance: 'soon' }).expect(400);
    expect(faults(document.components.schemas.Error ?? {}, refused.body)).toEqual([]);
  });

  it.each([
    [{ advance: '25h' }, 200],
    [{ set: '2031-01-01T00:00:00Z', rate: 60 }, 200],
    [{ advance: true }, 400],
    [{ mode: 'fast' }, 400],
    [{ rate: 0 }, 400],
    [{ later: 1 }, 400],
  ])('says of %j what the emulator says: %i', async (body, status) => {
    const { emulator, document } = await start();
    const schema = document.paths['/_kvs/clock']?.post?.requestBody?.content['application/json']?.schema;
    await request(emulator.url).post('/_kvs/clock').send(body).expect(status);
    expect((faults(schema ?? {}, body) as unknown[]).length === 0).toBe(status === 200);
  });

  it('names parameters where they are taken', async () => {
    const { document } = await start();
    const named = (path: string, method: string) =>
      document.paths[path]?.[method]?.parameters?.map(({ name, in: where }) => `${where} ${name}`);
    expect(named('/_kvs/reset', 'post')).toEqual(['query account', 'query region', 'query clock', 'query data']);
    expect(named('/_kvs/requests', 'get')).toContain('query after');
    expect(named('/_kvs/clock', 'post')).toBeUndefined();
  });
});
