import type { Reading } from '../ports.ts';

/** What bytes are taken from that are all there. */
type Source = Pick<Reading, 'take' | 'comes'>;

/** The next bytes, undefined behind the last; a promise only where they lie where it takes its time to read them. */
export function nextOf(source: Source): Uint8Array | undefined | Promise<Uint8Array | undefined> {
  const bytes = source.take();
  if (bytes !== undefined) return bytes;
  return source.comes?.()?.then(() => nextOf(source));
}
