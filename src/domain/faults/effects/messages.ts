import type { EffectKind } from '../scene.ts';

const unfit: EffectKind['unfit'] = ({ kind, name }) =>
  kind === 'message' ? undefined : `${name} is no message over a signaling connection.`;

/** The message is lost. */
export const drop: EffectKind = { name: 'drop', ends: true, unfit, fate: () => ({ drop: true }) };

/** It comes twice. */
export const duplicate: EffectKind = { name: 'duplicate', unfit, fate: () => ({ duplicate: true }) };

/** So many later ones for the same recipient go before it. */
export const reorder: EffectKind = { name: 'reorder', unfit, fate: ({ reorder: by }) => ({ reorder: by }) };
