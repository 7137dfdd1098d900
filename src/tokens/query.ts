import type { Members, Shape, Structure } from '../protocol/shapes.ts';

// The query protocol: `Tags.member.1.Key=team`, everything as text.

const MOST_MEMBERS = 1000;

/** The members of a table as far as the parameters have them, numbers as numbers. */
export function inputFromParameters(shape: Structure<unknown>, parameters: URLSearchParams): Record<string, unknown> {
  const lists = new Map<string, Map<number, unknown>>();
  const input: Record<string, unknown> = {};
  for (const [name, text] of parameters) {
    const [member = '', word, index = '', inner] = name.split('.', 4);
    const known = Object.hasOwn(shape.members, member) ? shape.members[member] : undefined;
    if (known === undefined) continue;
    if (known.type !== 'list') {
      if (word === undefined) input[member] = readValue(known, text);
      continue;
    }
    const items = lists.get(member) ?? new Map<number, unknown>();
    lists.set(member, items);
    const at = Number(index);
    if (word !== 'member' || !(at >= 1) || items.size >= MOST_MEMBERS) continue;
    if (inner === undefined) items.set(at, text);
    else items.set(at, { ...(items.get(at) as object | undefined), ...memberOf(known.member, inner, text) });
  }
  for (const [member, items] of lists) {
    input[member] = [...items].sort(([a], [b]) => a - b).map(([, item]) => item);
  }
  return input;
}

function memberOf(shape: Shape, name: string, text: string): Record<string, unknown> {
  const members: Members = shape.type === 'structure' ? shape.members : {};
  const known = Object.hasOwn(members, name) ? members[name] : undefined;
  return known === undefined ? {} : { [name]: readValue(known, text) };
}

const readValue = ({ type }: Shape, text: string): unknown =>
  type === 'integer' && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
