import type { Limited } from '../../domain/limits/limits.ts';
import { Shards } from '../../domain/limits/shards.ts';
import type { Price } from '../../domain/limits/throttle.ts';
import { serviceError } from '../../protocol/errors.ts';
import type { Points } from '../operation.ts';
import { type Payer, pay } from './throttling.ts';

// What operations pay for what they read.

/** Takes points of both pools, or refuses. */
export function spend(payer: Payer, stream: Limited, { metadata = 0, media = 0 }: Points): void {
  const { limits } = payer.services.throttle;
  const price = (name: 'points.metadata' | 'points.media', cost: number): Price[] =>
    cost === 0 ? [] : [{ owner: stream, name, limit: limits.of(name, stream), cost, manner: 'debt' }];
  const prices = [...price('points.metadata', metadata), ...price('points.media', media)];
  pay(payer, prices, () => serviceError('callsThrottled'));
}

/** What is given whole is paid for at the shards of its fragments, whether or not that much was left. */
export function readWhole(
  payer: Payer,
  stream: Limited,
  fragments: readonly { readonly number: string; readonly bytes: number }[],
): void {
  const { throttle } = payer.services;
  const shards = new Shards(throttle, stream);
  const prices = fragments.map(({ number, bytes }) => shards.price('shard.readBytes', number, bytes));
  pay(payer, prices, () => serviceError('callsThrottled'));
}
