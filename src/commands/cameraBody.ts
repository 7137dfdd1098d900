import type { TestCamera } from '../media/testPicture/testCamera.ts';
import { eventLoopTurn, monotonicNow, wallSleep } from '../runtime/wall.ts';

/** Later than that, pictures are left out: a camera does not keep what nobody fetches. Milliseconds. */
const LATEST = 5000;
/** Of a recording, so many pictures are made before others have their turn. */
const AT_ONCE = 100;

export interface Pace {
  /** When the camera began, on monotonicNow. */
  readonly began: number;
  /** Milliseconds after that at which it ends. */
  readonly until: number;
  readonly signal: AbortSignal;
  /** It could not keep up, and leaves out what lies between. */
  readonly onLate: (ms: number) => void;
}

/** What a camera sends, each picture when it is taken. */
export async function* live(
  camera: TestCamera,
  { began, until, signal, onLate }: Pace,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield camera.header;
  for (;;) {
    const late = monotonicNow() - began - camera.due;
    if (camera.atStart && late > LATEST) {
      onLate(late);
      camera.skip(monotonicNow() - began);
    }
    if (camera.due >= until) return;
    await wallSleep(began + camera.due - monotonicNow(), signal);
    if (signal.aborted) return;
    yield camera.next().bytes;
  }
}

/** What it has recorded in so many milliseconds, in no time. */
export async function* recorded(
  camera: TestCamera,
  length: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield camera.header;
  while (camera.due < length) {
    const pieces: Uint8Array[] = [];
    for (let i = 0; i < AT_ONCE && camera.due < length; i++) pieces.push(camera.next().bytes);
    yield Buffer.concat(pieces);
    await eventLoopTurn();
    signal.throwIfAborted();
  }
}
