import type { Clock } from '../../runtime/clock.ts';

/** How long the service has patience with one PutMedia session. */
export interface ProducerPatience {
  readonly idleAckMs: number;
  readonly silenceMs: number;
  readonly sessionMs: number;
}

interface Events {
  /** Nothing has come for a while; told again each time that while has passed. */
  onIdle(): void;
  /** Nothing has come for so long that the session is over. */
  onSilence(): void | Promise<void>;
  onTooLong(): void | Promise<void>;
  /** It is not its own silence: what it sends is held back. */
  isHeld?(): boolean;
}

/** Watches one producer on the emulator's clock. A touch costs no more than reading that clock. */
export function watchProducer(
  clock: Clock,
  { idleAckMs, silenceMs, sessionMs }: ProducerPatience,
  events: Events,
): { touch(): void; stop(): void } {
  let last = clock.now();
  let told = last;
  let cancel = clock.at(last + idleAckMs, check);
  const cancelSession = clock.at(last + sessionMs, () => events.onTooLong());

  function check(): void | Promise<void> {
    const now = clock.now();
    if (events.isHeld?.() === true) last = now;
    if (now - last >= silenceMs) return events.onSilence();
    told = Math.max(told, last);
    if (now - told >= idleAckMs) {
      told = now;
      events.onIdle();
    }
    cancel = clock.at(told + idleAckMs, check);
  }
  return {
    touch() {
      last = clock.now();
    },
    stop() {
      cancel();
      cancelSession();
    },
  };
}
