import type { GrowingBuffer } from '../bytes/growingBuffer.ts';

/** What may come next. */
export type Place = 'start' | 'segment' | 'header' | 'between' | 'cluster' | 'group';

/** The beginning of an element: what its id and size fields say. */
export interface Opening {
  id: number;
  size: number;
  position: number;
  contentAt: number;
}

/** Content that is collected while it is passed over, as far as it is wanted. */
export interface Wanted {
  id: number;
  size: number;
  most: number;
  /** Of a Block: where its flags end, and how it is laced. */
  lace: { at: number; lacing: number } | undefined;
  bytes: GrowingBuffer;
}
