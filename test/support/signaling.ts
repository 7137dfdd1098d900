// Peers without connections, for the rules of signaling.
import { Channels } from '../../src/domain/channels/channels.ts';
import { Limits } from '../../src/domain/limits/limits.ts';
import type { LimitName } from '../../src/domain/limits/limitTable.ts';
import { Meeting, type MeetingParts } from '../../src/domain/signaling/meeting.ts';
import type { Member } from '../../src/domain/signaling/member.ts';
import { ControllableClock } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import { createRandom } from '../../src/runtime/random.ts';
import { Room } from '../../src/runtime/room.ts';
import { MemoryRecordStore } from '../../src/store/memory/records.ts';

const START = 1_705_489_836_421;

export interface MeetingOptions {
  readonly limits?: Partial<Record<LimitName, number>>;
  readonly displaced?: 'close' | 'deaf';
  readonly ttl?: number;
  readonly memory?: number;
  readonly fate?: MeetingParts['fate'];
}

export function startMeeting(options: MeetingOptions = {}) {
  const { limits = {}, displaced = 'close', ttl = 60, memory = 1 << 30, fate } = options;
  const clock = new ControllableClock({ startTime: START, frozen: true });
  const room = new Room({ capacity: memory });
  const channels = new Channels({
    clock,
    ids: createIds(createRandom(1)),
    records: new MemoryRecordStore(),
    streams: { find: () => undefined },
  });
  const scope = { account: '000000000000', region: 'us-east-1' };
  const channel = channels.create(scope, { name: 'front', messageTtlSeconds: ttl });
  const parts = { clock, room, limits: new Limits(limits), displaced, fate };
  const meeting = new Meeting(channel, parts);

  /** Connects somebody, the master for no id. */
  function join(clientId?: string, { reads = true } = {}) {
    const member: Member = meeting.admit(clientId);
    const got: string[] = [];
    const ends: string[] = [];
    const unread: (() => void)[] = [];
    const displacedOne = meeting.connect(member, {
      send(text, sent) {
        got.push(text);
        if (reads) sent();
        else unread.push(sent);
        return true;
      },
      close: (code, reason) => void ends.push(`${code} ${reason}`),
    });
    return {
      member,
      /** Frames that it was sent. */
      got,
      /** Why it was closed. */
      ends,
      displacedOne,
      /** What it was sent, each as `TYPE sender payload`; the master has no name. */
      heard: () =>
        got.map((text) => {
          const { messageType, senderClientId = '-', messagePayload } = JSON.parse(text);
          return `${messageType} ${senderClientId} ${messagePayload}`;
        }),
      send: (frame: object | string) =>
        meeting.receive(member, typeof frame === 'string' ? frame : JSON.stringify(frame)),
      read: () => {
        for (const sent of unread.splice(0)) sent();
      },
      leave: () => meeting.leave(member),
    };
  }
  return { clock, room, channels, channel, meeting, join };
}

export const offer = (messagePayload: string, rest: object = {}) => ({ action: 'SDP_OFFER', messagePayload, ...rest });
export const answerTo = (recipientClientId: string, messagePayload: string, rest: object = {}) => ({
  action: 'SDP_ANSWER',
  recipientClientId,
  messagePayload,
  ...rest,
});
export const candidate = (messagePayload: string, rest: object = {}) => ({
  action: 'ICE_CANDIDATE',
  messagePayload,
  ...rest,
});
