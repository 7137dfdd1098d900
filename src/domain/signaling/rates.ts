import type { Action } from './message.ts';

/** So many at once, and as many again each second. */
export class MessageRates {
  readonly #levels = new Map<Action, { left: number; at: number }>();

  take(action: Action, limit: number, now: number): boolean {
    if (limit === Number.POSITIVE_INFINITY) return true;
    const level = this.#levels.get(action) ?? { left: limit, at: now };
    this.#levels.set(action, level);
    level.left = Math.min(limit, level.left + (Math.max(0, now - level.at) / 1000) * limit);
    level.at = now;
    if (level.left < 1) return false;
    level.left -= 1;
    return true;
  }
}
