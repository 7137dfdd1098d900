import type { EffectKind } from '../scene.ts';

/**
 * Fragments are listed so much later than they are kept, by the emulator's clock: for everybody those that a PutMedia
 * brings, or for one ListFragments all of the stream.
 */
export const listDelay: EffectKind = {
  name: 'listDelay',
  where: ['fragment'],
  unfit: ({ name }) =>
    name === 'PutMedia' || name === 'ListFragments'
      ? undefined
      : `${name} neither brings fragments nor lists them. PutMedia and ListFragments do.`,
  apply(scene, { listDelay: ms = 0 }) {
    const { fragment } = scene.rule.match;
    scene.listDelay((nth) => {
      if (fragment !== undefined && fragment !== nth) return 0;
      scene.fired();
      return ms;
    });
  },
};
