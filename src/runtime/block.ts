/** From here on a block is memory of its own. Below, the machine hands it out by pages that others lie in as well. Bytes. */
const OWN = 65_536;

/** As ES2024 has it; Node does since version 20. */
type Resizable = new (length: number, options: { readonly maxByteLength: number }) => ArrayBuffer;

/**
 * Memory for bytes that come and go by the megabyte, all zeros. What is given back of it goes to the machine at once, while
 * an ordinary array's would stay with malloc, in case as much is wanted again: in its place the process would have to get
 * more for its heap. V8 maps an ArrayBuffer that could be resized by itself; nobody resizes this one. Held by
 * test/runtime/block.
 */
export function newBlock(size: number): Uint8Array {
  if (size < OWN) return new Uint8Array(size);
  return new Uint8Array(new (ArrayBuffer as unknown as Resizable)(size, { maxByteLength: size }), 0, size);
}
