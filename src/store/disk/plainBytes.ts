// Records are plain data but for bytes, for which JSON has no form. What has none is not copied: nobody writes to records.

interface BytesAsText {
  readonly $bytes: string;
}

const isBytesAsText = (value: object): value is BytesAsText => typeof (value as BytesAsText).$bytes === 'string';

/** The same with bytes as text, for JSON. */
export const withoutBytes = <T>(value: T): T => mapped(value, toText) as T;

/** What that was made of. */
export const withBytes = <T>(value: T): T => mapped(value, toBytes) as T;

function toText(value: object): unknown {
  if (!(value instanceof Uint8Array)) return undefined;
  return { $bytes: Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64') };
}

function toBytes(value: object): unknown {
  // Not of the pool that all small Buffers are cut from: what else is in that nobody knows.
  return isBytesAsText(value) ? new Uint8Array(Buffer.from(value.$bytes, 'base64')) : undefined;
}

function mapped(value: unknown, map: (value: object) => unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const other = map(value);
  if (other !== undefined) return other;
  let copy: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const own = mapped(member, map);
    if (own === member) continue;
    copy ??= Array.isArray(value) ? ([...value] as never) : { ...value };
    (copy as Record<string, unknown>)[name] = own;
  }
  return copy ?? value;
}
