import { ACTIONS } from '../signaling/message.ts';

/** Parts of the service that a rule may name instead of operations. */
export const FAULT_PLANES = ['control', 'media', 'archived', 'playback', 'signaling'] as const;
export type FaultPlane = (typeof FAULT_PLANES)[number];

/** Something that can be made to fail: an operation, or a message over a signaling connection. */
export interface Faultable {
  readonly name: string;
  readonly plane: FaultPlane;
  readonly kind: 'json' | 'bytes' | 'duplex' | 'resource' | 'socket' | 'message';
  /** What its calls name; undefined for those that name nothing. */
  readonly names: 'stream' | 'channel' | 'either' | undefined;
}

/** What masters and viewers send each other. Not meant by a plane or `*`, which mean calls, but for effects of messages alone. */
export const MESSAGES: readonly Faultable[] = ACTIONS.map((name) => ({
  name,
  plane: 'signaling',
  kind: 'message',
  names: 'channel',
}));

/** Where bodies go on, fragment by fragment. */
export const hasFragments = ({ name, kind }: Faultable): boolean =>
  kind === 'duplex' || name === 'GetMedia' || name === 'GetMediaForFragmentList';

/** Which way is meant where a rule does not say it: the one that media take, else the answer. */
export const usualDirection = ({ kind }: Faultable): 'up' | 'down' =>
  kind === 'duplex' || kind === 'socket' ? 'up' : 'down';
