import { letGo } from './letGo.ts';

const handed = Symbol('handed over');
type Handed = Uint8Array & { [handed]?: true };

/**
 * Says of bytes that they have their memory for themselves, and that it goes from hand to hand with them: whoever is the
 * last to need them may be done with them. A view of them does not say so, and who passes them on as they are keeps none.
 */
export function handOver<T extends Uint8Array>(bytes: T): T {
  (bytes as Handed)[handed] = true;
  return bytes;
}

/** Nobody looks at the bytes from now on: frees those that were handed over. Others are somebody else's, and stay. */
export function doneWith(bytes: Uint8Array): void {
  if ((bytes as Handed)[handed] === true) letGo(bytes);
}
