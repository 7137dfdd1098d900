import type { EffectKind } from '../scene.ts';
import type { FaultEffect } from '../spec.ts';

const lasting = ({ latency: ms = 0, jitter = 0 }: FaultEffect, chance: () => number): number =>
  Math.max(0, Math.round(jitter === 0 ? ms : ms + (2 * chance() - 1) * jitter));

/**
 * The answer comes later; with direction up the call itself does, so that nothing has been done by then. A message is held
 * by the service, by the emulator's clock.
 */
export const latency: EffectKind = {
  name: 'latency',
  more: ['jitter'],
  where: ['direction'],
  unfit: () => undefined,
  apply(scene, effect) {
    const wait = async (): Promise<void> => {
      scene.fired();
      await scene.wait(lasting(effect, scene.chance));
    };
    if (scene.direction === 'up') scene.before(wait);
    else scene.beforeAnswer(wait);
  },
  fate: (effect, chance) => ({ delayMs: lasting(effect, chance) }),
};
