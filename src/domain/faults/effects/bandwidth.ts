import { actAt } from '../place.ts';
import type { EffectKind, Pieces, Scene } from '../scene.ts';
import { unfitForBodies } from './bodies.ts';

/** Of a slow body so much time's worth, or so many bytes, go at once. */
const SLICE_MS = 50;
const SLICE_BYTES = 16_384;

/** A body is slow, from the rule's place on. */
export const bandwidth: EffectKind = {
  name: 'bandwidth',
  where: ['fragment', 'afterBytes', 'direction'],
  unfit: unfitForBodies,
  apply(scene, { bandwidth: rate = 1 }) {
    scene.stage(scene.direction, (pieces) => {
      let slow = false;
      const marked = actAt(scene, pieces, async () => {
        scene.fired();
        slow = true;
        return 'go on';
      });
      return paced(scene, marked, rate, () => slow);
    });
  },
};

async function* paced(scene: Scene, pieces: Pieces, rate: number, slow: () => boolean): AsyncGenerator<Uint8Array> {
  const most = Math.max(1, Math.min(SLICE_BYTES, Math.floor((rate * SLICE_MS) / 1000)));
  let due = 0;
  for await (const piece of pieces) {
    if (!slow()) {
      yield piece;
      continue;
    }
    for (let at = 0; at < piece.length; at += most) {
      const slice = piece.subarray(at, at + most);
      // A link that was idle does not catch up.
      due = Math.max(due, scene.elapsed()) + (slice.length * 1000) / rate;
      await scene.wait(due - scene.elapsed());
      yield slice;
    }
  }
}
