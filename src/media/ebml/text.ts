const decoder = new TextDecoder();

/**
 * What a string element says, without the NULs that producers pad it with, up to so many bytes: nothing is decoded that
 * is longer than any use of it.
 */
export function readText(bytes: Uint8Array, longest: number): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return decoder.decode(bytes.subarray(0, Math.min(end, longest)));
}
