import type { Channels } from './domain/channels/channels.ts';
import type { Faults } from './domain/faults/faults.ts';
import type { Kms } from './domain/keys/kms.ts';
import type { StreamKeys } from './domain/keys/streamKeys.ts';
import type { Recordings } from './domain/recordings/recordings.ts';
import type { SavedSignaling, Signaling } from './domain/signaling/signaling.ts';
import type { Part, PartRow, Saves } from './emulator/part.ts';
import type { ImageJobs } from './operations/archived/imageJobs.ts';
import type { Services } from './operations/operation.ts';

const MAIL = 'messages that wait for who is not there';

/** Its messages are those of channels. */
const signalingPart = (signaling: Signaling, channels: Channels): Part & Saves => ({
  reset: (which) => signaling.reset(which),
  save: () => signaling.save(channels.all()),
  load: (saved: SavedSignaling) => signaling.load(saved, channels.all()),
});

type Named = Omit<Services, 'relay'> & {
  readonly chance: Part & Saves;
  readonly kms: Kms;
  readonly streamKeys: StreamKeys;
  readonly recordings: Recordings;
  readonly faults: Faults;
  readonly jobs: ImageJobs;
  readonly relay: Part | undefined;
};

/** What of the service holds state. */
export function partsOf(named: Named): PartRow[] {
  const { chance, kms, streamKeys, recordings, streams, channels, signaling, sessions, segments, events } = named;
  const { credentials, limits, throttle, faults, announcements, jobs, relay } = named;
  // In the order in which a snapshot is loaded.
  const parts: PartRow[] = [
    { name: 'chance', snapshot: 'saved', part: chance, holds: 'which ids and secrets come next' },
    { name: 'keys', snapshot: 'saved', part: kms, holds: 'keys of the built-in KMS, and how often each was used' },
    { name: 'data keys', snapshot: 'remade', part: streamKeys, holds: 'data keys of streams, in the clear' },
    { name: 'recordings', snapshot: 'saved', part: recordings, holds: 'recordings that streams show, and their keys' },
    {
      name: 'streams',
      snapshot: 'saved',
      part: streams,
      holds: 'streams, their fragments, and which numbers come next',
    },
    { name: 'channels', snapshot: 'saved', part: channels, holds: 'signaling channels' },
    { name: 'signaling', snapshot: 'saved', part: signalingPart(signaling, channels), holds: MAIL },
    { name: 'sessions', snapshot: 'ends', part: sessions, holds: 'playback sessions' },
    { name: 'segments', snapshot: 'remade', part: segments, holds: 'segments that were made for players' },
    { name: 'events', snapshot: 'remade', part: events, holds: 'the last events, for those who come back' },
    { name: 'credentials', snapshot: 'saved', part: credentials, holds: 'who may sign, and temporary keys' },
    { name: 'limits', snapshot: 'saved', part: limits, holds: 'profile, overrides, shards' },
    { name: 'buckets', snapshot: 'saved', part: throttle, holds: 'how much of each limit is left' },
    { name: 'faults', snapshot: 'saved', part: faults, holds: 'rules, and how often each has fired' },
    { name: 'notifications', snapshot: 'saved', part: announcements, holds: 'which ids of messages come next' },
    { name: 'images', snapshot: 'saved', part: jobs, holds: 'which keys of pictures come next' },
  ];
  if (relay !== undefined) parts.push({ name: 'relay', snapshot: 'ends', part: relay, holds: 'who may use the relay' });
  return parts;
}

/** What holds state besides, wherever the emulator runs. */
export const besideServices = ({
  journal,
  requestIds,
  warnings,
  live,
}: Readonly<Record<'journal' | 'requestIds' | 'warnings' | 'live', Part & Saves>>): PartRow[] => [
  { name: 'journal', snapshot: 'saved', part: journal, holds: 'the last requests; only if it is asked for' },
  { name: 'request ids', snapshot: 'saved', part: requestIds, holds: 'which ids of requests come next' },
  { name: 'warnings', snapshot: 'saved', part: warnings, holds: 'what has been warned of in the log' },
  { name: 'config', snapshot: 'saved', part: live, holds: 'options that were changed while it ran' },
];
