import { actAt } from '../place.ts';
import type { EffectKind } from '../scene.ts';
import { unfitForBodies } from './bodies.ts';

/** A body ends too early, as if that were all: its framing is right, and so is the length that is told. */
export const truncate: EffectKind = {
  name: 'truncate',
  where: ['fragment', 'afterBytes', 'direction'],
  needsPlace: true,
  ends: true,
  unfit: unfitForBodies,
  apply(scene) {
    const { kind } = scene.operation;
    if (kind === 'json' || kind === 'resource') scene.shorten(scene.rule.match.afterBytes ?? 0);
    scene.stage(scene.direction, (pieces) =>
      actAt(scene, pieces, async () => {
        scene.fired();
        return 'end';
      }),
    );
  },
};
