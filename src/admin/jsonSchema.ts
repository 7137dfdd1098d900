import type { Choice, Members, Shape, StringShape } from '../protocol/shapes.ts';

/** A shape as JSON Schema has it: what is taken may be of more forms than what is told. */
export function schemaOf(shape: Shape, way: 'taken' | 'told'): object {
  return shape.means === undefined ? plain(shape, way) : { ...plain(shape, way), description: shape.means };
}

export const objectSchema = (members: Members, way: 'taken' | 'told'): object => {
  const required = Object.keys(members).filter((name) => members[name]?.required);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(members).map(([name, shape]) => [name, schemaOf(shape, way)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
};

function plain(shape: Shape, way: 'taken' | 'told'): object {
  switch (shape.type) {
    case 'string':
      return {
        type: 'string',
        ...only({ minLength: shape.min, maxLength: shape.max, enum: shape.enum }),
        ...(shape.pattern === undefined ? {} : { pattern: `^(?:${shape.pattern})$` }),
      };
    case 'integer':
    case 'long':
      return { type: 'integer', ...only({ minimum: shape.min, maximum: shape.max }) };
    case 'fraction':
      return { type: 'number', ...only({ minimum: shape.min, maximum: shape.max }) };
    case 'boolean':
      return { type: 'boolean' };
    case 'null':
      return { type: 'null' };
    case 'any':
      return {};
    case 'duration':
      if (shape.needsUnit === true) return { type: 'string', examples: ['24h', '7d', 'PT25H'] };
      return { type: ['number', 'string'], examples: [90, '90m', 'PT25H'] };
    case 'size':
      return way === 'told' ? { type: 'integer' } : { type: ['integer', 'string'], examples: ['512m', '4GiB'] };
    case 'date':
      return way === 'told'
        ? { type: 'string', format: 'date-time' }
        : { type: ['string', 'integer'], examples: ['2030-01-01T00:00:00Z', 1_893_456_000_000] };
    case 'list':
      return {
        type: 'array',
        items: schemaOf(shape.member, way),
        ...only({ minItems: shape.min, maxItems: shape.max }),
      };
    case 'map':
      return { type: 'object', ...named(shape.key), additionalProperties: schemaOf(shape.value, way) };
    case 'structure':
      return { ...objectSchema(shape.members, way), ...chosen(shape.choices) };
    case 'union':
      return { anyOf: shape.among.map((one: Shape) => schemaOf(one, way)) };
    case 'timestamp':
      return { type: 'number' };
    default:
      return shape satisfies never;
  }
}

const named = (key: StringShape): object =>
  key.pattern === undefined ? {} : { propertyNames: { pattern: `^(?:${key.pattern})$` } };

function chosen(choices: readonly Choice[] = []): object {
  const rules = choices.map(({ among, needed }) => {
    const each = among.map((name) => ({ required: [name] }));
    return { oneOf: needed ? each : [...each, { not: { anyOf: each } }] };
  });
  return rules.length === 0 ? {} : { allOf: rules };
}

const only = (rules: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
