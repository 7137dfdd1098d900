import type { Channel } from '../domain/channels/channel.ts';
import type { Channels } from '../domain/channels/channels.ts';
import { isIn, type Scope } from '../domain/resources/scope.ts';
import type { Which } from '../domain/signaling/meeting.ts';
import type { Member } from '../domain/signaling/member.ts';
import type { Signaling } from '../domain/signaling/signaling.ts';
import type { Given } from '../protocol/ownShapes.ts';
import { boolean, required, string } from '../protocol/shapes.ts';
import { toIso } from '../runtime/time.ts';
import { ControlError } from './controlError.ts';
import { type ControlTable, readControl } from './controlInput.ts';
import { listQuery, pageOf, recordArn } from './lists.ts';
import { account, region } from './whereShapes.ts';

const HINT = 'Name a channel, and with "account" and "region" whose it is if it is not of the emulator’s own.';
const name = required(string({ min: 1, max: 256, means: 'the name of a channel' }));

export const channelsQuery = {
  subject: 'The list of channels',
  ...listQuery,
} as const satisfies ControlTable;

export const channelQuery = {
  subject: 'A channel',
  hint: HINT,
  members: { name, account, region, payloads: { ...boolean(), means: 'shows what is in messages that wait' } },
} as const satisfies ControlTable;

export const connectionsRequest = {
  subject: 'What is done to connections',
  hint: 'Give {"clientId": "…"} for one viewer, {"clientId": "master"} for the master, nothing for all.',
  members: {
    name,
    account,
    region,
    clientId: string({ min: 1, max: 256, means: 'a viewer’s, or `master`; all if not said' }),
  },
} as const satisfies ControlTable;

export type ChannelsQuery = Given<typeof channelsQuery.members>;
export type ChannelQuery = Omit<Given<typeof channelQuery.members>, 'name'>;
export type ConnectionsRequest = Omit<Given<typeof connectionsRequest.members>, 'name'>;

/** Somebody who is connected. */
export interface ConnectionView {
  /** Null for the master. */
  readonly clientId: string | null;
  readonly since: string;
  /** That it has sent. */
  readonly messages: number;
}

/** A channel from within: who is connected, what waits for whom, and which messages went by last. */
export interface ChannelView extends Scope {
  readonly name: string;
  readonly arn: string;
  readonly status: string;
  /** The ARN of the stream that its media go to. */
  readonly storage: string | null;
  readonly master: ConnectionView | null;
  readonly viewers: readonly ConnectionView[];
  /** `recipient` and `sender` are a viewer’s client id, or `master`. `payload` is null unless it is asked for. */
  readonly mailboxes: readonly {
    readonly recipient: string;
    readonly sender: string;
    readonly type: string;
    readonly expires: string;
    readonly payload: string | null;
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
export interface EmulatorChannels {
  /** By ARN. `next` is to be given as `after` for what follows. */
  list(which?: ChannelsQuery): { readonly channels: readonly ChannelView[]; readonly next: string | null };
  get(name: string, options?: ChannelQuery): ChannelView;
  /** Ends connections. Resolves to how many, as do the others. */
  disconnect(name: string, which?: ConnectionsRequest): { readonly connections: number };
  /** Sends GO_AWAY, and ends them a minute later. */
  goAway(name: string, which?: ConnectionsRequest): { readonly connections: number };
  /** Sends RECONNECT_ICE_SERVER. */
  reconnectIce(name: string, which?: ConnectionsRequest): { readonly connections: number };
}

/** @param own whose a channel is if it is not said */
export function channelControl(channels: Channels, signaling: Signaling, own: Scope): EmulatorChannels {
  function find({
    name: wanted,
    account: of = own.account,
    region: at = own.region,
  }: Given<typeof channelQuery.members>) {
    const { here } = channels.traces({ account: of, region: at }, wanted);
    if (here !== undefined) return here;
    const message = `There is no channel ${JSON.stringify(wanted.slice(0, 64))} of the account ${of} in ${at}.`;
    throw new ControlError(message, 'See `kvs-emulator channels`, or ListSignalingChannels.', undefined, 'missing');
  }
  const acting =
    (act: 'disconnect' | 'goAway' | 'reconnectIce') =>
    (wanted: string, which: ConnectionsRequest = {}) => {
      const { clientId, ...request } = readControl(connectionsRequest, { name: wanted, ...which });
      return { connections: signaling.peek(find(request))?.[act](whichOf(clientId)) ?? 0 };
    };
  return {
    list(which = {}) {
      const { after, limit, ...where } = readControl(channelsQuery, which);
      const all = [...channels.all()].filter(({ record }) => isIn(where, record.scope));
      const { page, next } = pageOf(all, recordArn, { after, limit });
      return { channels: page.map((one) => viewOf(one, signaling, false)), next };
    },
    get(wanted, options = {}) {
      const { payloads = false, ...request } = readControl(channelQuery, { name: wanted, ...options });
      return viewOf(find(request), signaling, payloads);
    },
    disconnect: acting('disconnect'),
    goAway: acting('goAway'),
    reconnectIce: acting('reconnectIce'),
  };
}

/** A viewer with that client id is called so, too. */
const MASTER = 'master';

function viewOf(channel: Channel, signaling: Signaling, payloads: boolean): ChannelView {
  const { name: own, arn, status, scope, storageStreamArn: storage } = channel.record;
  const { master, viewers = [], mail = [], last = [] } = signaling.peek(channel)?.describe() ?? {};
  return {
    ...{ name: own, account: scope.account, region: scope.region, arn, status, storage },
    master: master === undefined ? null : connectionOf(master),
    viewers: viewers.map((viewer) => connectionOf(viewer)),
    mailboxes: mail.map(({ from, to, action, expiresAt, payload }) => ({
      ...{ recipient: to ?? MASTER, sender: from ?? MASTER, type: action, expires: toIso(expiresAt) },
      payload: payloads ? payload : null,
    })),
    last: last.map(({ time, type, from, to, outcome }) => ({
      ...{ time: toIso(time), sender: from ?? MASTER, recipient: to ?? MASTER, type, outcome },
    })),
  };
}

const connectionOf = ({ clientId, since, messages }: Member): ConnectionView => ({
  clientId: clientId ?? null,
  since: toIso(since),
  messages,
});

function whichOf(clientId: string | undefined): Which {
  if (clientId === undefined) return 'all';
  return clientId === MASTER ? 'master' : { clientId };
}
