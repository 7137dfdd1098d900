const SEI = 0x06;
const USER_DATA_UNREGISTERED = 5;
/** Says whose data they are: a UUID of nobody's, and no byte that a start code could be of. */
const FILL = 0xaa;
const IDENTIFIER = 16;

/** The smallest unit there can be. */
export const SMALLEST_FILLER = IDENTIFIER + 4;

/** A NAL unit of about so many bytes that means nothing: data of nobody, which decoders pass over. */
export function filler(length: number): Uint8Array {
  const payload = Math.max(length - 4 - Math.floor(length / 255), IDENTIFIER);
  const sizes = Math.floor(payload / 255);
  const out = new Uint8Array(2 + sizes + 1 + payload + 1).fill(FILL);
  out[0] = SEI;
  out[1] = USER_DATA_UNREGISTERED;
  out.fill(255, 2, 2 + sizes);
  out[2 + sizes] = payload % 255;
  // rbsp_trailing_bits
  out[out.length - 1] = 0x80;
  return out;
}
