import { type Clock, watchIdle } from '../../runtime/clock.ts';
import type { LimitOf } from '../limits/limits.ts';
import { GO_AWAY, renderFailure } from './message.ts';
import { MessageRates } from './rates.ts';

/** A connection, as the rules see it. */
export interface Peer {
  /**
   * Sends a text, and calls `sent` when nothing of it waits here any more, delivered or lost. False if there is no room
   * for it to wait.
   */
  send(text: string, sent: () => void): boolean;
  close(code: number, reason: string): void;
}

type Role = 'MASTER' | 'VIEWER';

/** How a connection ends that the service ends, whatever the reason. */
export const goAwayFrom = (peer: Peer): void => peer.close(1001, 'Going away');

/** One connection to a channel, from before its handshake is answered until it is gone. */
export class Member {
  /** Undefined for the master. */
  readonly clientId: string | undefined;
  /** When it connected, on the emulator's clock. */
  readonly since: number;
  readonly rates = new MessageRates();
  /** Messages that it has sent. */
  messages = 0;
  readonly #clock: Clock;
  readonly #limit: LimitOf;
  #peer: Peer | undefined;
  #idle: { touch(): void; stop(): void } | undefined;
  #cancelEnd: () => void = () => undefined;
  #underway = 0;

  constructor(clientId: string | undefined, clock: Clock, limit: LimitOf) {
    this.clientId = clientId;
    this.since = clock.now();
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Its handshake has been answered. */
  open(peer: Peer): void {
    this.#peer = peer;
    this.#idle = watchIdle(this.#clock, this.#limit('signaling.idle'), () => this.end());
    const untold = this.#limit('signaling.duration') - this.#limit('signaling.grace');
    this.#cancelEnd = this.#clock.at(this.#clock.now() + untold, () => this.goAway());
  }

  get role(): Role {
    return this.clientId === undefined ? 'MASTER' : 'VIEWER';
  }

  get isOpen(): boolean {
    return this.#peer !== undefined;
  }

  /** Whether it ever was. */
  get hasBeenOpen(): boolean {
    return this.#idle !== undefined;
  }

  /** Something has come from it. */
  touch(): void {
    this.#idle?.touch();
  }

  /** Hands it a text of another member, or of nobody; false if that one has too much underway, or there is no room. */
  deliver(text: string, from?: Member): boolean {
    const peer = this.#peer;
    if (peer === undefined) return false;
    if (from === undefined) return peer.send(text, () => undefined);
    // So that a flood fills no queue but the sender's own share.
    if (from.#underway + text.length > this.#limit('signaling.underway')) return false;
    from.#underway += text.length;
    const taken = peer.send(text, () => {
      from.#underway -= text.length;
    });
    if (!taken) from.#underway -= text.length;
    return taken;
  }

  /** Tells it that a message of its own has failed, if it can tell which. */
  refuse(correlationId: string | undefined, error: string, status?: number): void {
    if (correlationId !== undefined) this.deliver(renderFailure(correlationId, error, status), this);
  }

  /** Tells it to go, and ends it a minute later. */
  goAway(): void {
    if (this.#peer === undefined) return;
    this.deliver(GO_AWAY);
    this.#cancelEnd();
    this.#cancelEnd = this.#clock.at(this.#clock.now() + this.#limit('signaling.grace'), () => this.end());
  }

  /** Closes it. What still comes of it is not heard. */
  end(): void {
    if (this.#peer !== undefined) goAwayFrom(this.#peer);
    this.left();
  }

  /** Its connection is gone. */
  left(): void {
    this.#peer = undefined;
    this.#idle?.stop();
    this.#cancelEnd();
  }
}
