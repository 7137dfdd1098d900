type Transfer = (this: ArrayBufferLike, length: number) => ArrayBuffer;

/** Below this, a piece of memory costs less than to be rid of it. Bytes. */
const SMALL = 1024;

let transfer: Transfer | undefined;

/**
 * Frees the memory of bytes that nobody needs any more, at once: V8 would leave it lying outside of its heap until it next
 * looks for garbage, and what comes after would be given new memory, which the system has to empty first. Only for all of
 * what was allocated; of a view of more, nothing is freed. Whoever still looks at the bytes finds none.
 */
export function letGo({ buffer, length }: Uint8Array): void {
  if (length < SMALL || buffer.byteLength !== length || !(buffer instanceof ArrayBuffer)) return;
  transfer ??= transferOf();
  transfer.call(buffer, 0);
}

/**
 * `ArrayBuffer.prototype.transferToFixedLength` is in Node from version 21 on. The V8 of Node 20 has it behind a flag, which
 * holds for what is made while it is set: a context, which takes a millisecond. Held by test/runtime/letGo.
 */
function transferOf(): Transfer {
  const { transferToFixedLength: here } = ArrayBuffer.prototype as { transferToFixedLength?: Transfer };
  if (here !== undefined) return here;
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--harmony-rab-gsab-transfer');
  try {
    return process
      .getBuiltinModule('node:vm')
      .runInNewContext('ArrayBuffer.prototype.transferToFixedLength') as Transfer;
  } finally {
    setFlagsFromString('--no-harmony-rab-gsab-transfer');
  }
}
