import type { Channel } from '../../domain/channels/channel.ts';
import { parseArn } from '../../domain/resources/scope.ts';
import type { Session } from '../../domain/sessions/session.ts';
import type { Stream } from '../../domain/streams/stream.ts';
import { differences } from '../../protocol/differences.ts';
import { dataEndpointLabel } from '../../protocol/endpoints.ts';
import { serviceError } from '../../protocol/errors.ts';
import type { ActsOn, Targets } from '../operation.ts';
import type { Passage } from './passage.ts';

/** Members by which requests name what they act on. */
export interface Names {
  readonly StreamName?: string;
  readonly StreamARN?: string;
  readonly ChannelName?: string;
  readonly ChannelARN?: string;
  readonly channelArn?: string;
  readonly 'X-Amz-ChannelARN'?: string;
  readonly ResourceARN?: string;
  readonly SessionToken?: string;
}

type Finders = { readonly [On in ActsOn]: (passage: Passage, names: Names) => Targets[On] };

const nothing = (): undefined => undefined;

const finders: Finders = {
  account: nothing,
  newStream: nothing,
  newChannel: nothing,
  stream: (passage, names) => passage.services.streams.resolve(passage, names),
  activeStream(passage, names) {
    const stream = passage.services.streams.resolveActive(passage, names);
    checkEndpoint(passage, stream);
    return stream;
  },
  channel: (passage, names) => passage.services.channels.resolve(passage, names),
  activeChannel(passage, names) {
    const channel = passage.services.channels.resolve(passage, { ChannelARN: channelArnOf(names) });
    const { status } = channel.record;
    if (status === 'CREATING' || status === 'DELETING') throw serviceError('channelNotFound');
    checkChannelEndpoint(passage, channel);
    return channel;
  },
  resource(passage, { ResourceARN: arn = '' }) {
    const { streams, channels } = passage.services;
    const kind = parseArn(arn)?.kind;
    if (kind === 'stream') return streams.resolve(passage, { StreamARN: arn });
    if (kind === 'channel') return channels.resolve(passage, { ChannelARN: arn });
    throw serviceError('resourceNotFound', 'The requested resource is not found or not active.');
  },
  hlsSession: (passage, { SessionToken: token }) => sessionOf(passage, token, 'HLS'),
  dashSession: (passage, { SessionToken: token }) => sessionOf(passage, token, 'DASH'),
};

/** Each plane writes it in its own way. */
export const channelArnOf = (names: Names): string | undefined =>
  names.ChannelARN ?? names.channelArn ?? names['X-Amz-ChannelARN'];

/** Finds what a call acts on, or throws that it is not there. */
export function findTarget(passage: Passage): void {
  passage.acted = finders[passage.operation.actsOn as ActsOn](passage, passage.input as Names);
}

/** Tells callers who forgot GetDataEndpoint, which AWS answers in a puzzling way. */
function checkEndpoint(passage: Passage, stream: Stream): void {
  const { plane } = passage.operation;
  if (plane === 'control') return;
  const { endpoint } = passage.call.target;
  if (endpoint === undefined) {
    if (!stream.endpointsAskedFor.has(plane)) {
      passage.differs('noDataEndpoint', () => serviceError('unknownOperation', differences.noDataEndpoint));
    }
  } else if (endpoint !== dataEndpointLabel(plane, stream.record.arn)) {
    passage.differs('otherDataEndpoint', () => serviceError('invalidEndpoint'));
  }
}

/** The same for channels. A client may know the endpoints from a run before: those in C keep them in a file. */
function checkChannelEndpoint(passage: Passage, channel: Channel): void {
  const { endpoint } = passage.call.target;
  if (endpoint === undefined) {
    if (passage.services.signaling.knowsEndpoints(channel)) return;
    passage.differs('noChannelEndpoint', () => serviceError('unknownOperation', differences.noChannelEndpoint));
  } else if (endpoint.slice(1) !== dataEndpointLabel('signaling', channel.record.arn).slice(1)) {
    passage.differs('otherDataEndpoint', () => serviceError('invalidEndpoint'));
  }
}

function sessionOf({ services }: Passage, token: string | undefined, protocol: 'HLS' | 'DASH'): Session {
  const session = services.sessions.get(token, protocol);
  if (session.stream.fragments.deleted) throw serviceError('streamNotFound');
  return session;
}

const LONGEST_NAME = 256;

/** What a call names, whether or not it is there, for the journal and for whoever decides on access. */
export function nameResource(passage: Passage): void {
  const raw = passage.raw as Record<string, unknown>;
  const { StreamName, ChannelName, StreamARN, ResourceARN, SessionToken } = raw;
  if (passage.operation.kind === 'resource') {
    if (typeof SessionToken === 'string') passage.entry.resource = passage.services.sessions.streamOf(SessionToken);
    return;
  }
  const arn = StreamARN ?? channelArnOf(raw as Names) ?? ResourceARN;
  const name = StreamName ?? ChannelName ?? (typeof arn === 'string' ? arn.split('/')[1] : undefined);
  if (typeof name === 'string') passage.entry.resource = name.slice(0, LONGEST_NAME);
  if (ChannelName !== undefined || (typeof arn === 'string' && arn.includes(':channel/')))
    passage.entry.names = 'channel';
}
