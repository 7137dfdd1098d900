import { actAt } from '../place.ts';
import type { EffectKind } from '../scene.ts';
import { unfitForBodies } from './bodies.ts';

/** A body pauses. */
export const stall: EffectKind = {
  name: 'stall',
  where: ['fragment', 'afterBytes', 'direction'],
  unfit: unfitForBodies,
  apply(scene, { stall: ms = 0 }) {
    scene.stage(scene.direction, (pieces) =>
      actAt(scene, pieces, async () => {
        scene.fired();
        await scene.wait(ms);
        return 'go on';
      }),
    );
  },
};
