import type { Channels } from '../domain/channels/channels.ts';
import type { Scope } from '../domain/resources/scope.ts';
import type { Which } from '../domain/signaling/meeting.ts';
import type { Member } from '../domain/signaling/member.ts';
import type { Signaling } from '../domain/signaling/signaling.ts';
import { toIso } from '../runtime/time.ts';
import { ControlError } from './controlError.ts';

/** Somebody who is connected. */
export interface ConnectionView {
  /** Of a viewer. */
  readonly clientId?: string;
  readonly since: string;
  /** That it has sent. */
  readonly messages: number;
}

/** A channel from within: who is connected, what waits for whom, and which messages went by last. */
export interface ChannelView extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  readonly storage: string | null;
  readonly master: ConnectionView | null;
  readonly viewers: readonly ConnectionView[];
  /** `master`, or the viewer's client id. */
  readonly mailboxes: readonly {
    readonly recipient: string;
    readonly sender: string;
    readonly type: string;
    readonly expires: string;
    readonly payload?: string;
  }[];
  readonly last: readonly {
    readonly time: string;
    readonly sender: string;
    readonly recipient: string;
    readonly type: string;
    readonly outcome: string;
  }[];
}

/** What can be seen of channels, and done to those who are connected to them. */
export class ChannelControl {
  readonly #channels: Channels;
  readonly #signaling: Signaling;

  constructor(channels: Channels, signaling: Signaling) {
    this.#channels = channels;
    this.#signaling = signaling;
  }

  /** What waits is shown without what is in it, unless that is asked for. */
  get(scope: Scope, name: string, { payloads = false }: { payloads?: boolean } = {}): ChannelView {
    const channel = this.#find(scope, name);
    const { arn, status, scope: where } = channel.record;
    const { master, viewers = [], mail = [], last = [] } = this.#signaling.peek(channel)?.describe() ?? {};
    return {
      ...{ name, account: where.account, region: where.region, arn, status },
      storage: channel.record.storageStreamArn,
      master: master === undefined ? null : viewOf(master),
      viewers: viewers.map((viewer) => viewOf(viewer)),
      mailboxes: mail.map(({ from, to, action, expiresAt, payload }) => ({
        ...{ recipient: to ?? MASTER, sender: from ?? MASTER, type: action, expires: toIso(expiresAt) },
        ...(payloads ? { payload } : {}),
      })),
      last: last.map(({ time, type, from, to, outcome }) => ({
        ...{ time: toIso(time), sender: from ?? MASTER, recipient: to ?? MASTER, type, outcome },
      })),
    };
  }

  /** Ends connections: all, or that of a client id; `master` is the master's. Returns how many. */
  disconnect(scope: Scope, name: string, clientId?: string): number {
    return this.#signaling.peek(this.#find(scope, name))?.disconnect(whichOf(clientId)) ?? 0;
  }

  /** Sends GO_AWAY, and ends them a minute later. Returns how many. */
  goAway(scope: Scope, name: string, clientId?: string): number {
    return this.#signaling.peek(this.#find(scope, name))?.goAway(whichOf(clientId)) ?? 0;
  }

  /** Sends RECONNECT_ICE_SERVER. Returns to how many. */
  reconnectIce(scope: Scope, name: string, clientId?: string): number {
    return this.#signaling.peek(this.#find(scope, name))?.reconnectIce(whichOf(clientId)) ?? 0;
  }

  #find(scope: Scope, name: string) {
    const channel = this.#channels.traces(scope, name).here;
    if (channel !== undefined) return channel;
    const where = `the account ${scope.account} in ${scope.region}`;
    throw new ControlError(
      `There is no channel ${JSON.stringify(name.slice(0, 64))} of ${where}.`,
      'See ListSignalingChannels.',
      undefined,
      'missing',
    );
  }
}

/** A viewer with that client id is called so, too. */
const MASTER = 'master';

const viewOf = ({ clientId, since, messages }: Member): ConnectionView => ({
  ...(clientId === undefined ? {} : { clientId }),
  since: toIso(since),
  messages,
});

function whichOf(clientId: string | undefined): Which {
  if (clientId === undefined) return 'all';
  return clientId === MASTER ? 'master' : { clientId };
}
