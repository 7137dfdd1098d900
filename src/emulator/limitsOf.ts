import { Limits } from '../domain/limits/limits.ts';
import { PAYLOAD_ON_AWS } from '../domain/signaling/meeting.ts';

/** The limits that options ask for; `--strict` holds payloads of signaling against what AWS takes. */
export const limitsOf = (options: {
  readonly streamLimit: number;
  readonly channelLimit: number;
  readonly strict: boolean;
}): Limits =>
  new Limits({
    ...(Number.isFinite(options.streamLimit) ? { 'account.streams': options.streamLimit } : {}),
    ...(Number.isFinite(options.channelLimit) ? { 'account.channels': options.channelLimit } : {}),
    ...(options.strict ? { 'signaling.payload': PAYLOAD_ON_AWS } : {}),
  });
