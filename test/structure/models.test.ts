import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { registry } from '../../src/operations/registry.ts';
import { catalogue } from '../../src/protocol/errors.ts';
import type { Members, Shape } from '../../src/protocol/shapes.ts';

interface ModelOperation {
  path: string;
  input: Record<string, ModelShape>;
  errors: Record<string, number>;
}
interface ModelShape {
  type: string;
  required?: boolean;
  members?: Record<string, ModelShape>;
  member?: ModelShape;
  key?: ModelShape;
  value?: ModelShape;
}

const SERVICES = ['control', 'media', 'archived', 'signaling', 'webrtcStorage'] as const;

const models = Object.fromEntries(
  SERVICES.map((service) => {
    const text = readFileSync(new URL(`../../fixtures/models/${service}.json`, import.meta.url), 'utf8');
    return [service, JSON.parse(text).operations as Record<string, ModelOperation>];
  }),
);
const modelled = Object.entries(models).flatMap(([service, operations]) =>
  Object.entries(operations).map(([name, model]) => ({ service, name, model })),
);

/** Two of the models allow only the partition aws in an ARN; one table serves all operations. */
const ONE_PARTITION = ['media', 'signaling'];
const WIDER_ARN = 'arn:[a-z\\d-]+:kinesisvideo:';
const inOnePartition = (pattern: string) => pattern.replace(WIDER_ARN, 'arn:aws:kinesisvideo:');

/** A table of ours as the fixtures write it: what is not required, or bounds nothing, does not appear. */
function factsOf(shape: Shape): ModelShape {
  const { required, ...facts } = shape as Shape & Record<string, unknown>;
  const nested: Partial<ModelShape> = {};
  if (shape.type === 'structure') nested.members = membersOf(shape.members);
  if (shape.type === 'list') nested.member = factsOf(shape.member);
  if (shape.type === 'map') {
    nested.key = factsOf(shape.key);
    nested.value = factsOf(shape.value);
  }
  return { ...facts, ...(required ? { required } : {}), ...nested } as ModelShape;
}
const membersOf = (members: Members): Record<string, ModelShape> =>
  Object.fromEntries(Object.entries(members).map(([name, shape]) => [name, factsOf(shape)]));

const built = modelled.filter(({ name }) => registry.some((operation) => operation.name === name));

describe('the registry', () => {
  it('has every operation of the models', () => {
    const missing = modelled.map(({ name }) => name).filter((name) => !built.some((one) => one.name === name));
    expect(missing).toEqual([]);
  });

  it('has no operation that is in no model, besides PutMedia and those of WebSockets, which no model has', () => {
    const names = registry.map(({ name }) => name).filter((name) => !built.some((one) => one.name === name));
    expect(names).toEqual(['PutMedia', 'ConnectAsViewer', 'ConnectAsMaster']);
  });

  it('has no name and no path twice', () => {
    expect(new Set(registry.map(({ name }) => name)).size).toBe(registry.length);
    // Of the two ways to a WebSocket the query decides.
    expect(new Set(registry.map(({ path }) => path)).size).toBe(registry.length - 1);
  });
});

describe.each(built)('the table of $name', ({ service, name, model }) => {
  const operation = registry.find((one) => one.name === name);
  if (operation === undefined) throw new Error(`No operation ${name}`);

  it('belongs to the plane and path of the model', () => {
    expect({ plane: operation.plane, path: operation.path }).toEqual({ plane: service, path: model.path });
  });

  it('has the members of the model with their types, bounds, patterns and values, and no others', () => {
    const ours = membersOf(operation.input.members);
    const text = (facts: unknown): string =>
      JSON.stringify(facts, (key, value) =>
        key === 'pattern' && ONE_PARTITION.includes(service) ? inOnePartition(value) : value,
      );
    expect(JSON.parse(text(ours))).toEqual(model.input);
  });
});

describe('the catalogue of errors', () => {
  const listed = new Map(modelled.flatMap(({ model }) => Object.entries(model.errors)));
  const ours = new Map(Object.values(catalogue).map(({ code, status }) => [code, status]));

  /** Listed, but documented as not implemented. */
  const NEVER_RAISED = ['DeviceStreamLimitExceededException', 'InvalidDeviceException'];
  it('has every error of the models that the service raises', () => {
    const missing = [...listed.keys()].filter((code) => !ours.has(code));
    expect(missing.sort()).toEqual(NEVER_RAISED);
  });

  it('has the statuses of the models, but for what IAM denies: that is 403 whatever the models say', () => {
    for (const { name, model } of modelled) {
      for (const [code, status] of Object.entries(model.errors)) {
        const statuses = Object.values(catalogue)
          .filter((entry) => entry.code === code)
          .map((entry) => entry.status);
        if (statuses.length === 0) continue;
        if (code === 'AccessDeniedException') expect(new Set(statuses)).toEqual(new Set([403]));
        else expect(statuses, `${code} of ${name}`).toContain(status);
      }
    }
  });
});
