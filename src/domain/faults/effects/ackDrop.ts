import { ackFilter } from '../ackFilter.ts';
import type { EffectKind, Lines, Scene } from '../scene.ts';
import type { FaultEffect } from '../spec.ts';

/** Acknowledgements are never sent: those of some kinds, or all. */
export const ackDrop: EffectKind = {
  name: 'ackDrop',
  more: ['acks'],
  where: ['fragment'],
  unfit: ({ kind, name }) => (kind === 'duplex' ? undefined : `${name} acknowledges nothing. PutMedia does.`),
  apply: (scene, effect) => scene.ackStage((lines) => without(scene, effect, lines)),
};

async function* without(scene: Scene, { acks }: FaultEffect, lines: Lines): AsyncGenerator<string> {
  const isMeant = ackFilter(acks, scene.rule.match.fragment);
  for await (const line of lines) {
    if (isMeant(line)) scene.fired();
    else yield line;
  }
}
