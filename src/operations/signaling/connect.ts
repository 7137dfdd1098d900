import type { Channel } from '../../domain/channels/channel.ts';
import { type Handled, PAYLOAD_ON_AWS } from '../../domain/signaling/meeting.ts';
import { ID_PATTERN } from '../../domain/signaling/message.ts';
import { resourceArn } from '../../protocol/commonShapes.ts';
import { serviceError } from '../../protocol/errors.ts';
import { renderAtGateway } from '../../protocol/gateway.ts';
import { string, structure } from '../../protocol/shapes.ts';
import type { Context, SocketConnection } from '../operation.ts';

const ARN = new RegExp(`^${resourceArn.pattern}$`, 'u');
const LONGEST_ARN = 1024;
/** Such ids are the service's own. */
const RESERVED = /^AWS_/i;

/** What both ways to connect have in common: signed URLs in whatever order, held against the rules by `check`. */
export const connecting = {
  plane: 'signaling',
  path: '/',
  actsOn: 'activeChannel',
  kind: 'socket',
  input: structure({ 'X-Amz-ChannelARN': string(), 'X-Amz-ClientId': string() }),
  refusal: renderAtGateway,
} as const;

export function checkArn(arn = ''): void {
  if (arn.length > LONGEST_ARN || !ARN.test(arn)) throw serviceError('invalidChannelArn');
}

export function checkClientId(clientId = ''): void {
  if (!ID_PATTERN.test(clientId) || RESERVED.test(clientId)) throw serviceError('invalidClientId');
}

/** Lets a master, or the viewer of an id, in, and says what is done with the connection. */
export function connect(context: Context, channel: Channel, clientId?: string): (connection: SocketConnection) => void {
  const meeting = context.signaling.of(channel);
  const member = meeting.admit(clientId);
  context.atEnd(() => meeting.leave(member));
  return (connection) => {
    if (meeting.connect(member, connection)) context.warn('displacedPeer', displacedText(clientId));
    connection.onPing(() => member.touch());
    connection.onMessage((text) => {
      const handled = meeting.receive(member, text);
      if (handled !== undefined) note(context, handled, clientId);
    });
  };
}

function note(context: Context, handled: Handled, clientId: string | undefined): void {
  const { action, outcome, error, problem, payload } = handled;
  context.noteMessage(action, handled);
  if (problem !== undefined) context.warn('refusedMessage', `A message was refused. ${problem}`);
  if (payload > PAYLOAD_ON_AWS) context.warn('longPayload', LONG);
  if (outcome === 'unheard') context.warn('storageSession', STORAGE);
  if (!context.log.shows('debug')) return;
  context.log.debug(`${action} from ${clientId ?? 'the master'}: ${outcome}`, { payload, error });
}

const LONG = `AWS takes payloads of ${PAYLOAD_ON_AWS} characters of base64 at most.`;

const STORAGE =
  'The channel has media storage enabled: what its master and viewers send goes to the storage session, not to each ' +
  'other. There are no storage sessions here yet.';

const displacedText = (clientId: string | undefined): string => {
  const who = clientId === undefined ? 'Another master' : `Another viewer with the client id ${clientId}`;
  return `${who} was connected and has lost its place to this one. Two that reconnect by themselves do that for ever.`;
};
