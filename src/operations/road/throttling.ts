import type { JournalEntry } from '../../domain/journal/journal.ts';
import { type Paid, type Price, type Throttled, toldThrottled } from '../../domain/limits/throttle.ts';
import type { ServiceError } from '../../protocol/errors.ts';
import type { Services } from '../operation.ts';

/** A call, as far as limits are about it. */
export interface Payer {
  readonly requestId: string;
  readonly entry: JournalEntry;
  readonly services: Pick<Services, 'throttle' | 'events'>;
  /** What limits have taken of it so far. */
  paid: Paid[] | undefined;
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
