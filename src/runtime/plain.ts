// JSON of plain data that has more in it than JSON knows: bytes, maps, and numbers without an end.

/** Stands for what JSON does not know: what it is, and its value. An object that has such a member itself is marked too. */
const MARK = '$';

export const toText = (value: unknown): string => JSON.stringify(encode(value)) ?? 'null';

/** Throws if it is no such text. */
export const fromText = (text: string): unknown => decode(JSON.parse(text));

const marked = (kind: string, value: unknown): object => ({ [MARK]: kind, value });
const entriesOf = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, member]) => member !== undefined);

function encode(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : marked('number', String(value));
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) {
    return marked('bytes', Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64'));
  }
  if (Array.isArray(value)) return value.map(encode);
  if (value instanceof Map) return marked('map', [...value].map(encode));
  const members = entriesOf(value).map(([name, member]) => [name, encode(member)] as const);
  return Object.hasOwn(value, MARK) ? marked('object', members) : Object.fromEntries(members);
}

function decode(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(decode);
  if (!Object.hasOwn(value, MARK)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, decode(member)]));
  }
  const { [MARK]: kind, value: inside } = value as { readonly [MARK]: unknown; readonly value?: unknown };
  if (kind === 'number') return Number(inside);
  if (kind === 'bytes') return new Uint8Array(Buffer.from(String(inside), 'base64'));
  const pairs = decode(inside) as [string, unknown][];
  if (kind === 'map') return new Map(pairs);
  if (kind === 'object') return Object.fromEntries(pairs);
  throw new TypeError(`There is no "${String(kind).slice(0, 64)}" in such a text.`);
}
