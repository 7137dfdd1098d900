import type { Members, Shape, StructureShape } from '../protocol/shapes.ts';

/** An object that is answered: every member is there. */
export const told = <M extends Members>(members: M): StructureShape<Members, false> => ({
  type: 'structure',
  required: false,
  members: Object.fromEntries(Object.entries(members).map(([name, shape]) => [name, { ...shape, required: true }])),
});

export const listOf = (member: Shape): Shape => ({ type: 'list', required: false, member });
