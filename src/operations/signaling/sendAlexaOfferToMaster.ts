import type { Went } from '../../domain/signaling/meeting.ts';
import { clientId, resourceArn } from '../../protocol/commonShapes.ts';
import { required, string, structure } from '../../protocol/shapes.ts';
import { jsonOperation } from '../operation.ts';

export const sendAlexaOfferToMaster = jsonOperation({
  name: 'SendAlexaOfferToMaster',
  plane: 'signaling',
  path: '/v1/send-alexa-offer-to-master',
  actsOn: 'activeChannel',
  kind: 'json',
  input: structure({
    ChannelARN: required(resourceArn),
    SenderClientId: required(clientId),
    MessagePayload: required(string({ min: 1, max: 10_000, pattern: '[a-zA-Z0-9+/=]+' })),
  }),
  /** Held until the master has answered, or the message has expired. */
  async handle(context, input, channel) {
    const { SenderClientId: from, MessagePayload: payload } = input;
    const meeting = context.signaling.of(channel);
    const note = (went: Went): void => context.noteMessage('SDP_OFFER', went);
    return { Answer: await meeting.offer(from, payload, context.signal, note) };
  },
});
