import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { everyOperation } from '../../support/everyOperation.ts';
import { controlPlane } from './harness.ts';

interface ModelShape {
  type: string;
  members?: Record<string, ModelShape>;
  member?: ModelShape;
  enum?: string[];
  pattern?: string;
}
const model: Record<string, { output: Record<string, ModelShape> }> = JSON.parse(
  readFileSync(new URL('../../../fixtures/models/control.json', import.meta.url), 'utf8'),
).operations;

/** Sent by AWS, null, though no public model has them. */
const BEYOND = ['IngestionConfiguration', 'FullMeshConfiguration'];

/** Everything in an answer that the model does not have, or has otherwise; and each of its members that is missing. */
function differences(shape: ModelShape, value: unknown, path: string): string[] {
  if (value === null) return [];
  switch (shape.type) {
    case 'structure': {
      const given = value as Record<string, unknown>;
      const members = shape.members ?? {};
      const extra = Object.keys(given).filter((name) => !(name in members) && !BEYOND.includes(name));
      return [
        ...extra.map((name) => `${path}.${name} is not in the model`),
        ...Object.entries(members).flatMap(([name, member]) =>
          name in given ? differences(member, given[name], `${path}.${name}`) : [`${path}.${name} is missing`],
        ),
      ];
    }
    case 'list':
      return (value as unknown[]).flatMap((item, i) => differences(shape.member as ModelShape, item, `${path}[${i}]`));
    case 'map':
      return typeof value === 'object' ? [] : [`${path} is no map`];
    case 'string': {
      const { enum: values, pattern = '.*' } = shape;
      if (typeof value !== 'string') return [`${path} is no string`];
      if (values !== undefined && !values.includes(value)) return [`${path} is ${value}`];
      return new RegExp(`^(?:${pattern})$`, 'u').test(value) ? [] : [`${path} is ${value}`];
    }
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${path} is no boolean`];
    default:
      return typeof value === 'number' ? [] : [`${path} is no number`];
  }
}

const answers = new Map<string, unknown>();

beforeAll(async () => {
  const plane = controlPlane();
  await everyOperation(async (name, input) => {
    const answer = await plane.call(name, input);
    answers.set(name, answer);
    return answer;
  });
});

describe('the answer of an operation', () => {
  it.each(Object.keys(model))('of %s has the members of the model, each of its type', (name) => {
    expect(answers.has(name)).toBe(true);
    const members = model[name]?.output ?? {};
    expect(differences({ type: 'structure', members }, answers.get(name), name)).toEqual([]);
  });

  it('has a token wherever there is more', () => {
    expect(answers.get('ListStreams')).toMatchObject({ NextToken: expect.stringMatching(/^[\w+/]+=*$/) });
    expect(answers.get('ListSignalingChannels')).toMatchObject({ NextToken: expect.stringMatching(/^[\w+/]+=*$/) });
  });
});
