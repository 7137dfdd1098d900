import { ORIGINS, type ServiceError, serviceError } from './errors.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Java's JSON readers stop at this depth. */
const DEEPEST = 1000;
/** Of all objects together. No request has need of a tenth of it, and to make objects of more would hold up others. */
const MOST_MEMBERS = 20_000;

/** The JSON object of a request; an empty body is `{}`. Throws SerializationException for anything else. */
export function parseBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  const excess = excessOf(bytes);
  if (excess !== undefined) throw serviceError('serialization', `The request body ${excess}.`);
  let body: unknown;
  try {
    body = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'JSON' : 'UTF-8';
    throw serviceError('serialization', `The request body is not valid ${reason}.`);
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw serviceError('serialization', 'The request body must be a JSON object.');
  }
  return body;
}

/** How JSON goes beyond what is worth parsing, if it does: more levels than can be gone down, more members than any needs. */
export function excessOf(bytes: Uint8Array): string | undefined {
  // It cannot nest deeper than it is long.
  if (bytes.length <= DEEPEST) return undefined;
  let depth = 0;
  let members = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x22) inString = !inString;
    else if (inString) {
      if (byte === 0x5c) i++;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > DEEPEST) return `nests deeper than ${DEEPEST} levels`;
    } else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === 0x3a && ++members > MOST_MEMBERS) return `holds more than ${MOST_MEMBERS} members`;
  }
  return undefined;
}

/** A time in an answer: milliseconds since the epoch that are printed as AWS prints seconds. */
export class Timestamp {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  /** Epoch seconds the way Java prints a double: `1.705489836421E9`. */
  toString(): string {
    const seconds = this.ms / 1000;
    const size = Math.abs(seconds);
    if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
      const [digits, exponent] = seconds.toExponential().split('e') as [string, string];
      return `${withPoint(digits)}E${Number(exponent)}`;
    }
    return withPoint(String(seconds));
  }
}

const withPoint = (digits: string): string => (digits.includes('.') ? digits : `${digits}.0`);

/**
 * The body of a successful answer: compact, the keys in alphabetical order at every level as AWS has them, `{}` for an
 * operation without output. Members that are undefined are left out; where AWS sends null the operation says null.
 */
export const renderOutput = (output: unknown): string => (output === undefined ? '{}' : render(output));

function render(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Timestamp) return value.toString();
  if (Array.isArray(value)) return `[${value.map(render).join(',')}]`;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  let text = '';
  for (const [key, member] of inOrder(entries)) {
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${render(member)}`;
  }
  return `{${text}}`;
}

/** Names of members need no escaping; not asking for it saves much of the time. */
const quoted = (key: string): string => (/^\w+$/.test(key) ? `"${key}"` : JSON.stringify(key));

type Entries = [string, unknown][];

/** Operations mostly write their members in order already. */
function inOrder(entries: Entries): Entries {
  for (let i = 1; i < entries.length; i++) {
    if ((entries[i - 1] as Entries[0])[0] > (entries[i] as Entries[0])[0]) {
      return entries.sort(([a], [b]) => (a < b ? -1 : 1));
    }
  }
  return entries;
}

/** An error as the service writes it: its name travels in a header only. `textKey` is that of a plane that has its own. */
export function renderError(
  error: ServiceError,
  textKey?: string,
): { status: number; headers: Record<string, string>; body: string } {
  const { namespace, key: usual } = ORIGINS[error.origin];
  const key = textKey ?? usual;
  return {
    status: error.status,
    headers: { 'x-amzn-ErrorType': `${error.code}:${namespace}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ [key]: error.unsaid ? null : error.message }),
  };
}
