import { ServiceError, serviceError } from '../../protocol/errors.ts';
import { type Clock, labelled } from '../../runtime/clock.ts';
import type { Room } from '../../runtime/room.ts';
import type { Channel } from '../channels/channel.ts';
import type { EventData, Events } from '../events/events.ts';
import type { LimitOf, Limits } from '../limits/limits.ts';
import type { Throttled } from '../limits/throttle.ts';
import { Detours, type Fate } from './detours.ts';
import { Held } from './held.ts';
import { type Kept, type Letter, Mailboxes } from './mailboxes.ts';
import { goAwayFrom, Member, type Peer } from './member.ts';
import { ID_PATTERN, RECONNECT_ICE_SERVER, readFrame, renderMessage, type Sent } from './message.ts';
import { type Seen, Sightings } from './sightings.ts';

export interface MeetingParts {
  readonly clock: Clock;
  readonly room: Room;
  readonly limits: Limits;
  readonly events?: Events | undefined;
  /** What becomes of a connection whose place a newer one takes. */
  readonly displaced: 'close' | 'deaf';
  /** What faults have in store for a message; undefined for one that goes its way. */
  readonly fate?: ((letter: Letter, channel: Channel) => Fate | undefined) | undefined;
}

/** Characters of a payload that AWS takes. */
export const PAYLOAD_ON_AWS = 10_000;

/** What became of a frame; undefined in place of it if it said nothing. */
export interface Handled {
  readonly action: string;
  readonly outcome: 'delivered' | 'kept' | 'answered' | 'unheard' | 'refused' | 'dropped' | 'held up';
  readonly error?: string;
  /** Other than 400. */
  readonly status?: number;
  readonly problem?: string;
  /** The rate that it was too much for. */
  readonly throttled?: Throttled;
  /** See Fate. */
  readonly met?: Fate['met'];
  /** Characters. */
  readonly payload: number;
}

export interface SavedMeeting {
  readonly mail: readonly Kept[];
  readonly seen: readonly Seen[];
}

/** Where the master and the viewers of one channel meet. Knows no sockets. */
export class Meeting {
  readonly channel: Channel;
  readonly #parts: MeetingParts;
  readonly #limit: LimitOf;
  readonly #mail: Mailboxes;
  readonly #held: Held;
  readonly #detours: Detours;
  readonly #sightings = new Sightings();
  /** Everybody who has been let in, connected or about to be; those whose place has been taken as well. */
  readonly #members = new Set<Member>();
  /** How many of them have each client id. */
  readonly #places = new Map<string, number>();
  #master: Member | undefined;
  #over = false;
  readonly #viewers = new Map<string, Member>();

  constructor(channel: Channel, parts: MeetingParts) {
    this.channel = channel;
    this.#parts = parts;
    this.#limit = (name) => parts.limits.of(name, channel);
    const clock = labelled(parts.clock, { what: 'message' });
    this.#mail = new Mailboxes(clock, parts.room.hold(), this.#limit);
    this.#held = new Held(clock, this.#limit);
    this.#detours = new Detours(clock);
  }

  /** Nobody is here, and nothing waits for anybody. */
  get empty(): boolean {
    return this.#members.size === 0 && this.#mail.empty && this.#held.empty && this.#detours.empty;
  }

  /**
   * Lets somebody in, who has a place from now on until it has left.
   * @throws ClientLimitExceededException if all places are taken
   */
  admit(clientId: string | undefined): Member {
    if (clientId !== undefined) {
      const taken = this.#places.get(clientId) ?? 0;
      if (taken === 0 && this.#places.size >= this.#limit('signaling.viewers')) throw serviceError('tooManyClients');
      this.#places.set(clientId, taken + 1);
    }
    const member = new Member(clientId, labelled(this.#parts.clock, { what: 'connection' }), this.#limit);
    this.#members.add(member);
    return member;
  }

  /** Its connection is open: whoever has its place loses it. True if there was somebody. */
  connect(member: Member, peer: Peer): boolean {
    if (this.#over) {
      goAwayFrom(peer);
      return false;
    }
    const { clientId } = member;
    member.open(peer);
    const before = clientId === undefined ? this.#master : this.#viewers.get(clientId);
    if (clientId === undefined) this.#master = member;
    else this.#viewers.set(clientId, member);
    if (this.#parts.displaced === 'close') before?.end();
    for (const letter of this.#mail.take(clientId))
      member.deliver(renderMessage(letter.action, letter.payload, letter.from));
    this.#tell('connected', clientId);
    return before !== undefined;
  }

  leave(member: Member): void {
    member.left();
    if (!this.#members.delete(member)) return;
    if (member.hasBeenOpen) this.#tell('gone', member.clientId);
    if (this.#master === member) this.#master = undefined;
    const { clientId } = member;
    if (clientId === undefined) return;
    if (this.#viewers.get(clientId) === member) this.#viewers.delete(clientId);
    const left = (this.#places.get(clientId) ?? 0) - 1;
    if (left > 0) this.#places.set(clientId, left);
    else this.#places.delete(clientId);
  }

  /** A frame has come from a member. */
  receive(member: Member, text: string): Handled | undefined {
    if (!member.isOpen) return undefined;
    member.touch();
    const frame = readFrame(text);
    if (frame === undefined) return undefined;
    const handled = 'problem' in frame ? invalid(frame.problem) : this.#handle(member, frame);
    if (handled.error !== undefined) member.refuse(frame.correlationId, handled.error, handled.status);
    return handled;
  }

  #handle(member: Member, sent: Sent): Handled {
    const { action, payload } = sent;
    const to = member.role === 'MASTER' ? sent.recipient : undefined;
    const letter = { from: member.clientId, to, action, payload };
    const handled = {
      action,
      payload: payload.length,
      ...(this.#refusal(member, sent) ?? this.#send(letter, member)),
    };
    this.#sightings.add({
      time: this.#parts.clock.now(),
      type: action,
      from: letter.from,
      to,
      outcome: handled.outcome,
    });
    this.#tell('message', letter.from, action);
    return handled;
  }

  #tell(event: EventData['channel']['event'], clientId: string | undefined, type?: string): void {
    const { scope, name } = this.channel.record;
    const whose = { account: scope.account, region: scope.region, channel: name };
    const role = clientId === undefined ? 'MASTER' : 'VIEWER';
    this.#parts.events?.tell('channel', whose, () => ({ event, role, clientId, type }));
  }

  #refusal(member: Member, { action, payload, recipient }: Sent): Refused | undefined {
    const [rate, longest] = [this.#limit(`${action}.rate`), this.#limit('signaling.payload')];
    member.messages += 1;
    const throttled = member.rates.take(action, rate, this.#parts.clock.now());
    if (throttled !== undefined) return { ...tooMuch(`More than ${rate} of ${action} came in a second.`), throttled };
    if (payload.length > longest) return wrong(`The payload has more than ${longest} characters.`);
    // A storage session is whom everybody talks to: nobody need be named.
    if (member.role === 'VIEWER' || this.channel.record.storageStreamArn !== null) return undefined;
    if (recipient === undefined) return wrong('The master must name a recipientClientId.');
    return ID_PATTERN.test(recipient) ? undefined : wrong('The recipientClientId is no client id.');
  }

  /** Sends a message on its way, by whatever detour its fate has for it. */
  #send(letter: Letter, from?: Member): Went {
    const fate = this.#parts.fate?.(letter, this.channel);
    if (fate === undefined) return this.#go(letter, {}, from);
    const went = this.#go(letter, fate, from);
    return fate.met === undefined ? went : { ...went, met: fate.met };
  }

  #go(letter: Letter, fate: Fate, from?: Member): Went {
    if (fate.refuse !== undefined) {
      const { errorType: error, status } = fate.refuse;
      return { outcome: 'refused', error, status };
    }
    if (fate.drop === true) return { outcome: 'dropped' };
    const go = (): Went => {
      if (fate.duplicate === true) this.#dispatch(letter, from);
      return this.#dispatch(letter, from);
    };
    if (this.#detours.holdUp(letter, fate, this.#ttlMs, go)) return { outcome: 'held up' };
    const went = go();
    this.#detours.passed(letter.to);
    return went;
  }

  get #ttlMs(): number {
    return this.channel.record.messageTtlSeconds * 1000;
  }

  #dispatch(letter: Letter, from?: Member): Went {
    const { to, action, payload } = letter;
    // With storage on, each side talks to the storage session alone.
    if (this.channel.record.storageStreamArn !== null) return { outcome: 'unheard' };
    if (action === 'SDP_ANSWER' && to !== undefined && this.#held.answer(to, payload)) return { outcome: 'answered' };
    const recipient = from?.role === 'MASTER' ? this.#viewers.get(to ?? '') : this.#master;
    if (recipient?.isOpen !== true) {
      const kept = this.#mail.put(letter, this.#ttlMs);
      return kept ? { outcome: 'kept' } : tooMuch('Too many messages wait for the recipient, or the memory is full.');
    }
    const delivered = recipient.deliver(renderMessage(action, payload, letter.from), from);
    return delivered ? { outcome: 'delivered' } : tooMuch('Too much of this sender waits for its recipients to read.');
  }

  /**
   * An offer from one who has no connection, which waits for its answer.
   * @throws ResourceNotFoundException when the time of the message is over, ClientLimitExceededException if too many wait
   */
  async offer(from: string, payload: string, gone: AbortSignal, note?: (went: Went) => void): Promise<string> {
    const letter: Letter = { from, to: undefined, action: 'SDP_OFFER', payload };
    const went: Went = this.#held.full ? tooMuch('Too many wait already.') : this.#send(letter);
    const { outcome, error, status } = went;
    this.#sightings.add({ time: this.#parts.clock.now(), type: 'SDP_OFFER', from, to: undefined, outcome });
    this.#tell('message', from, 'SDP_OFFER');
    note?.(went);
    if (error !== undefined && status !== undefined) {
      throw new ServiceError(
        { code: error, status, origin: 'signaling' },
        'A fault of the emulator has refused the offer.',
      );
    }
    if (outcome === 'refused') throw serviceError('clientLimitExceeded', 'SendAlexaOfferToMaster');
    try {
      return await this.#held.wait(from, this.#ttlMs, gone);
    } finally {
      this.#mail.withdraw(undefined, (one) => one.from === from && one.payload === payload);
    }
  }

  /** Ends those of a client id, the master's for none, or everybody's. Returns how many. */
  disconnect(which: Which): number {
    return this.#each(which, (member) => member.end());
  }

  /** Tells them to go, and ends them a minute later. Returns how many. */
  goAway(which: Which): number {
    return this.#each(which, (member) => member.goAway());
  }

  /** Tells them that their relays will end. Returns how many. */
  reconnectIce(which: Which): number {
    return this.#each(which, (member) => void member.deliver(RECONNECT_ICE_SERVER));
  }

  /** Who is connected, what waits for whom, and what was sent last. */
  describe(): { master: Member | undefined; viewers: readonly Member[]; mail: readonly Kept[]; last: readonly Seen[] } {
    const viewers = [...this.#viewers.values()];
    return { master: this.#master, viewers, mail: [...this.#mail.all()], last: this.#sightings.list() };
  }

  /** What waits for those who are not there, and what went by last. */
  save(): SavedMeeting {
    const mail = [...this.#mail.all()].map(({ from, to, action, payload, expiresAt }) => ({
      ...{ from, to, action, payload, expiresAt },
    }));
    return { mail, seen: this.#sightings.list() };
  }

  /** False if there is no room for it. */
  load({ mail, seen }: SavedMeeting): boolean {
    for (const one of seen) this.#sightings.add(one);
    return this.#mail.putBack(mail);
  }

  /** The channel is gone. */
  end(): void {
    this.#over = true;
    this.disconnect('all');
    this.#held.end();
    this.#mail.clear();
    this.#detours.clear();
  }

  #each(which: Which, act: (member: Member) => void): number {
    const chosen = [...this.#members].filter(
      (one) =>
        one.isOpen &&
        (which === 'all' || (which === 'master' ? one.role === 'MASTER' : one.clientId === which.clientId)),
    );
    for (const member of chosen) act(member);
    return chosen.length;
  }
}

/** Everybody, the master, or the viewer of an id. */
export type Which = 'all' | 'master' | { readonly clientId: string };

/** What became of a message. */
export type Went = Pick<Handled, 'outcome' | 'error' | 'status' | 'problem' | 'met' | 'throttled'>;
type Refused = Pick<Handled, 'outcome' | 'error' | 'problem' | 'throttled'>;
const wrong = (problem: string): Refused => ({ outcome: 'refused', error: 'InvalidArgumentException', problem });
const tooMuch = (problem: string): Refused => ({ outcome: 'refused', error: 'ClientLimitExceededException', problem });
const invalid = (problem: string): Handled => ({ action: 'unknown', payload: 0, ...wrong(problem) });
