import type { JournalEntry } from '../../domain/journal/journal.ts';
import type { Limited } from '../../domain/limits/limits.ts';
import { Shards } from '../../domain/limits/shards.ts';
import { type Paid, type Price, type Throttled, toldThrottled } from '../../domain/limits/throttle.ts';
import { type ServiceError, serviceError } from '../../protocol/errors.ts';
import type { Points, Services } from '../operation.ts';

/** A call, as far as limits are about it. */
interface Payer {
  readonly requestId: string;
  readonly entry: JournalEntry;
  readonly services: Pick<Services, 'throttle' | 'events'>;
  /** What limits have taken of it so far. */
  paid: Paid[] | undefined;
}

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

export function pay(payer: Payer, prices: readonly Price[], error: () => ServiceError): void {
  payer.paid ??= [];
  const throttled = payer.services.throttle.pay(prices, payer.paid);
  if (throttled !== undefined) refuse(payer, throttled, error());
}

/** A call that is refused costs nothing, whatever it has paid before. */
export function refuse(payer: Payer, throttled: Throttled, error: ServiceError): never {
  for (const { bucket, cost } of payer.paid ?? []) bucket.giveBack(cost);
  payer.paid = undefined;
  noteThrottled(payer, throttled);
  throw error;
}

/** Says in the journal and to whoever listens which limit it was. */
export function noteThrottled({ entry, requestId, services }: Omit<Payer, 'paid'>, throttled: Throttled): void {
  entry.throttled = throttled;
  const { account, region, names, resource } = entry;
  services.events.tell('throttled', { account, region, [names]: resource }, () => ({ ...throttled, requestId }));
}

/** The same for the log, whose lines have a level of their own. */
export function throttledFacts({ throttled }: JournalEntry): object | undefined {
  if (throttled === undefined) return undefined;
  const { level: left, passesAt, ...rest } = toldThrottled(throttled);
  return { ...rest, left, passesAt: passesAt ?? undefined };
}
