import type { EffectKind } from '../scene.ts';

const GIVE = ['GetDataEndpoint', 'GetSignalingChannelEndpoint'];

/** The address that is handed out is one where nobody answers. */
export const endpoint: EffectKind = {
  name: 'endpoint',
  ends: true,
  unfit: ({ name }) => (GIVE.includes(name) ? undefined : `${name} hands out no endpoint. ${GIVE.join(' and ')} do.`),
  apply(scene) {
    scene.endpointGone();
    scene.fired();
  },
};
