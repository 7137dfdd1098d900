import { ControlError } from '../emulator/controlError.ts';
import { excerpt } from '../protocol/errors.ts';
import type { Shape } from '../protocol/shapes.ts';
import { type AdminRoute, hasBody, pathNames, queryNames } from './adminRoute.ts';

/** What a request brings. */
export interface AdminRequest {
  /** Of the path, decoded. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON of the body; undefined if there is none. */
  readonly body: unknown;
}

/** All that a request brings, as one object for the control. */
export function gather(route: AdminRoute, { parameters, query, body }: AdminRequest): Record<string, unknown> {
  const { input } = route;
  const given = new Map<string, unknown>();
  const take = (name: string, value: unknown, path?: string): void => {
    if (given.has(name)) throw new ControlError(`The ${excerpt(name)} is said twice.`, input.hint, path);
    given.set(name, value);
  };
  for (const name of pathNames(route)) take(name, parameters[name]);
  for (const [name, text] of query) {
    const shape = shapeOf(route, name);
    if (shape !== undefined && !queryNames(route).includes(name)) {
      const where = hasBody(route) ? 'body' : 'path';
      throw new ControlError(`"${name}" is no parameter of the query.`, `Say it in the ${where}.`);
    }
    take(name, shape === undefined ? text : fromText(shape, text));
  }
  if (route.body !== undefined) {
    if (body !== undefined) take(route.body, body);
  } else {
    for (const [name, value] of Object.entries(membersOf(route, body))) take(name, value, `/${escaped(name)}`);
  }
  return Object.fromEntries(given);
}

/** The same refusal, with a path that leads into the body if it is about something there, and with none otherwise. */
export function inBody(route: AdminRoute, { query }: AdminRequest, error: ControlError): ControlError {
  const { path = '', message, hint, kind } = error;
  const [, first = ''] = path.split('/');
  const elsewhere = [...pathNames(route), ...query.keys()].some((name) => escaped(name) === first);
  if (elsewhere) return new ControlError(message, hint, undefined, kind);
  if (route.body !== first) return error;
  return new ControlError(message, hint, path.slice(first.length + 1) || undefined, kind);
}

const escaped = (name: string): string => name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');

const shapeOf = ({ input }: AdminRoute, name: string): Shape | undefined =>
  Object.hasOwn(input.members, name) ? input.members[name] : undefined;

function membersOf({ input }: AdminRoute, body: unknown): object {
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new ControlError('The body is not a JSON object.', input.hint);
}

/** A text of the query as the value it stands for. What stands for none is left for the control to refuse. */
function fromText(shape: Shape, text: string): unknown {
  switch (shape.type) {
    case 'integer':
    case 'long':
    case 'fraction':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
    case 'date':
      return /^-?\d+$/.test(text) ? Number(text) : text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'list':
      return text.split(',').map((item) => fromText(shape.member, item));
    case 'union': {
      const read = shape.among.map((one: Shape) => fromText(one, text));
      return read.find((value: unknown) => value !== text) ?? text;
    }
    default:
      return text;
  }
}
