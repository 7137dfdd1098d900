import type { Channel } from '../channels/channel.ts';
import { isIn, type Where } from '../resources/scope.ts';
import { Meeting, type MeetingParts, type SavedMeeting } from './meeting.ts';

export type SavedSignaling = readonly (SavedMeeting & { readonly arn: string; readonly endpoints: boolean })[];

/** Those that nobody needs are looked for when there are so many more. */
const LOOK_EVERY = 100;

/** The meetings of all channels, each made when somebody first comes. */
export class Signaling {
  readonly #parts: MeetingParts;
  readonly #meetings = new Map<Channel, Meeting>();
  readonly #endpointsAskedFor = new WeakSet<Channel>();
  #lookAt = LOOK_EVERY;

  constructor(parts: MeetingParts) {
    this.#parts = parts;
  }

  /** That of a channel, made if need be. */
  of(channel: Channel): Meeting {
    const known = this.#meetings.get(channel);
    if (known !== undefined) return known;
    if (this.#meetings.size >= this.#lookAt) this.#forgetEmpty();
    const meeting = new Meeting(channel, this.#parts);
    this.#meetings.set(channel, meeting);
    return meeting;
  }

  /** That of a channel, if anybody ever came. */
  peek(channel: Channel): Meeting | undefined {
    return this.#meetings.get(channel);
  }

  /** Somebody has been told the channel's addresses. */
  noteEndpoints(channel: Channel): void {
    this.#endpointsAskedFor.add(channel);
  }

  knowsEndpoints(channel: Channel): boolean {
    return this.#endpointsAskedFor.has(channel);
  }

  /** The channel is deleted: everybody goes. */
  end(channel: Channel): void {
    this.#meetings.get(channel)?.end();
    this.#meetings.delete(channel);
  }

  /** Ends those of an account, of a region, of both, or all. */
  reset(which: Where = {}): void {
    for (const channel of this.#meetings.keys()) if (isIn(which, channel.record.scope)) this.end(channel);
  }

  /** What waits at channels, and whose addresses are known. Whoever is connected is no part of it. */
  save(channels: Iterable<Channel>): SavedSignaling {
    return [...channels]
      .map((channel) => ({
        arn: channel.record.arn,
        endpoints: this.knowsEndpoints(channel),
        ...(this.peek(channel)?.save() ?? { mail: [], seen: [] }),
      }))
      .filter(({ endpoints, mail, seen }) => endpoints || mail.length + seen.length > 0)
      .sort((a, b) => (a.arn < b.arn ? -1 : 1));
  }

  load(saved: SavedSignaling, channels: Iterable<Channel>): void {
    const known = new Map([...channels].map((channel) => [channel.record.arn, channel]));
    for (const { arn, endpoints, mail, seen } of saved) {
      const channel = known.get(arn);
      if (channel === undefined) continue;
      if (endpoints) this.noteEndpoints(channel);
      if (mail.length + seen.length === 0) continue;
      if (!this.of(channel).load({ mail, seen })) throw new Error(`There is no room for the mail of ${arn}.`);
    }
  }

  #forgetEmpty(): void {
    for (const [channel, meeting] of this.#meetings) if (meeting.empty) this.#meetings.delete(channel);
    this.#lookAt = this.#meetings.size + LOOK_EVERY;
  }
}
