import { ackErrorOf } from '../../fragments/acks.ts';
import { IngestError } from '../../fragments/ingestError.ts';
import { actAt } from '../place.ts';
import type { EffectKind } from '../scene.ts';

/** PutMedia ends with an ERROR acknowledgement, in the first fragment unless another place is told. */
export const ack: EffectKind = {
  name: 'ack',
  where: ['fragment', 'afterBytes'],
  ends: true,
  unfit: ({ kind, name }) => (kind === 'duplex' ? undefined : `${name} acknowledges nothing. PutMedia does.`),
  apply(scene, { ack: wanted = 5000 }) {
    const { id, match } = scene.rule;
    const end = async (): Promise<never> => {
      scene.fired();
      throw new IngestError(ackErrorOf(wanted) ?? 'INTERNAL_ERROR', `the fault ${id} says so`);
    };
    const fragment = match.fragment ?? (match.afterBytes === undefined ? 1 : undefined);
    scene.stage('up', (pieces) => actAt(scene, pieces, end, fragment));
  },
};
