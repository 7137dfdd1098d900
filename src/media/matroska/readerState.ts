import type { GrowingBuffer } from '../bytes/growingBuffer.ts';

/** What may come next. */
export type ReaderPlace = 'start' | 'segment' | 'header' | 'between' | 'cluster' | 'group';

/** The beginning of an element: what its id and size fields say. */
export interface Opening {
  id: number;
  size: number;
  position: number;
  contentAt: number;
}

/** Content that is collected while it is passed over. */
export interface Wanted {
  id: number;
  size: number;
  bytes: GrowingBuffer;
}
