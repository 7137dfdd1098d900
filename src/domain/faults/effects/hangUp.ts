import { actAt } from '../place.ts';
import type { EffectKind, Scene } from '../scene.ts';

const unfit: EffectKind['unfit'] = ({ kind, name }) =>
  kind === 'message' ? `${name} is a message: the connection that it comes over does not end with it.` : undefined;

/** Without a place the connection ends before the operation is handled, or before its answer. */
function apply(scene: Scene, how: 'close' | 'reset'): void {
  const end = async (): Promise<never> => {
    scene.fired();
    throw await scene.hangUp(how);
  };
  const { fragment, afterBytes } = scene.rule.match;
  if (fragment !== undefined || afterBytes !== undefined)
    scene.stage(scene.direction, (pieces) => actAt(scene, pieces, end));
  else if (scene.direction === 'up') scene.before(end);
  else scene.beforeAnswer(end);
}

/** The connection is closed (FIN) in the middle. */
export const close: EffectKind = {
  name: 'close',
  where: ['fragment', 'afterBytes', 'direction'],
  ends: true,
  unfit,
  apply: (scene) => apply(scene, 'close'),
};

/** The connection is reset (RST). */
export const reset: EffectKind = { ...close, name: 'reset', apply: (scene) => apply(scene, 'reset') };
