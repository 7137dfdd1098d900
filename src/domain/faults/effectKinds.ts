import { ack } from './effects/ack.ts';
import { ackDelay } from './effects/ackDelay.ts';
import { ackDrop } from './effects/ackDrop.ts';
import { bandwidth } from './effects/bandwidth.ts';
import { endpoint } from './effects/endpoint.ts';
import { close, reset } from './effects/hangUp.ts';
import { latency } from './effects/latency.ts';
import { listDelay } from './effects/listDelay.ts';
import { drop, duplicate, reorder } from './effects/messages.ts';
import { error, refuse, status } from './effects/refusal.ts';
import { stall } from './effects/stall.ts';
import { truncate } from './effects/truncate.ts';
import type { EffectKind } from './scene.ts';
import type { FaultEffect } from './spec.ts';

/** All that can be done on purpose, in the order in which several are laid out for a call. */
export const EFFECT_KINDS: readonly EffectKind[] = [
  latency,
  endpoint,
  listDelay,
  ackDrop,
  ackDelay,
  // What comes first stands nearer to where the bytes come from.
  ack,
  truncate,
  close,
  reset,
  stall,
  bandwidth,
  error,
  status,
  refuse,
  drop,
  duplicate,
  reorder,
];

/** Those that a rule asks for. `status` beside `error` is its status. */
export const kindsOf = (effect: FaultEffect): readonly EffectKind[] =>
  EFFECT_KINDS.filter(({ name }) => effect[name] !== undefined && !(name === 'status' && effect.error !== undefined));
