import type { Shape } from '../protocol/shapes.ts';

const oneOf = (values: readonly string[]): string =>
  values.map((value) => JSON.stringify(value)).join(values.length === 2 ? ' or ' : ', ');

/** What to give for a shape that has no words of its own. */
export function wants(shape: Shape, value: unknown): string {
  switch (shape.type) {
    case 'string':
      return shape.enum === undefined ? `Give a string${ofForm(shape.pattern)}.` : `Give ${oneOf(shape.enum)}.`;
    case 'integer':
    case 'long':
      return `Give a whole number${bounds(shape)}.`;
    case 'fraction':
      return `Give a number${bounds(shape)}.`;
    case 'boolean':
      return 'Give true or false.';
    case 'duration':
      return 'Give seconds as a number, or a duration like "90m", "25h", "7d", "1h30m", "PT25H".';
    case 'date':
      return typeof value === 'number' && value > 0 && value < 1e11
        ? 'A number is milliseconds since the epoch; this looks like seconds.'
        : 'Give an ISO 8601 date from 1970 to 9999, like "2030-01-01T00:00:00Z".';
    case 'size':
      return 'Give a number of bytes, or a size like "512m" or "4GiB".';
    case 'list':
      return `Give a list${shape.max === undefined ? '' : ` of at most ${shape.max}`}.`;
    case 'map':
    case 'structure':
      return 'Give an object.';
    case 'union':
      return shape.among.map((one: Shape) => wants(one, value)).join(' Or: ');
    default:
      return 'Give null.';
  }
}

const ofForm = (pattern: string | undefined): string => (pattern === undefined ? '' : ` like ${pattern}`);

function bounds({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min === undefined) return max === undefined ? '' : ` up to ${max}`;
  return max === undefined ? ` from ${min}` : ` from ${min} to ${max}`;
}
