import type { Structure } from './shapes.ts';

/** The query of a URL as the input table has its members: a repeated one counts the first time, numbers are numbers. */
export function inputFromQuery(shape: Structure<unknown>, query: string): Record<string, unknown> {
  const given = new URLSearchParams(query);
  const input: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(shape.members)) {
    const text = given.get(name);
    if (text === null) continue;
    const isNumber = (member.type === 'integer' || member.type === 'long') && /^-?\d{1,15}$/.test(text);
    input[name] = isNumber ? Number(text) : text;
  }
  return input;
}
