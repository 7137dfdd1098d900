import type { Shape } from './shapes.ts';

/** A value for an answer: with null, as AWS writes it, for each member of its table that it does not have. */
export function filled(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (shape.type !== 'structure') return value;
  const given = value as Record<string, unknown>;
  const members = Object.entries<Shape>(shape.members);
  return Object.fromEntries(members.map(([name, member]) => [name, filled(member, given[name])]));
}
