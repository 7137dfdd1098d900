import { lateAcks } from '../../fragments/lateAcks.ts';
import { ackFilter } from '../ackFilter.ts';
import type { EffectKind, Lines, Scene } from '../scene.ts';
import type { FaultEffect } from '../spec.ts';

/** Acknowledgements are sent later, by the emulator's clock: those of some kinds, or all. The answer ends behind the last. */
export const ackDelay: EffectKind = {
  name: 'ackDelay',
  more: ['acks'],
  where: ['fragment'],
  unfit: ({ kind, name }) => (kind === 'duplex' ? undefined : `${name} acknowledges nothing. PutMedia does.`),
  apply: (scene, effect) => scene.ackStage((lines) => delayed(scene, effect, lines)),
};

function delayed(scene: Scene, { acks, ackDelay: ms = 0 }: FaultEffect, lines: Lines): Lines {
  const { clock, gone, resource: stream } = scene;
  const isMeant = ackFilter(acks, scene.rule.match.fragment);
  return lateAcks(lines, { clock, ms, gone, stream, isMeant, onHeld: () => scene.fired() });
}
