import type { LimitRow } from './limitRow.ts';
import { type QuotaName, quotaTable } from './quotaTable.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const HOURS_OF_A_DAY = 24;

/** Sizes, shapes and times: these hold in every profile. */
const fixed = {
  'resource.tags': { value: 50, unit: 'count', what: 'tags of a stream or channel', source: 'quotas' },
  'retention.default': {
    value: 0,
    shards: HOURS_OF_A_DAY,
    unit: 'hours',
    always: true,
    what: 'retention of a stream that asks for none',
    source: 'model',
  },
  'retention.maximum': {
    value: 87_600,
    shards: 7 * HOURS_OF_A_DAY,
    unit: 'hours',
    what: 'retention',
    source: 'quotas',
  },

  'fragment.bytes': { value: 50_000_000, unit: 'bytes', what: 'size of a fragment', source: 'quotas' },
  'fragment.maxDuration': { value: 20_000, unit: 'ms', what: 'length of a fragment', source: 'quotas' },
  // The quota page has one of a second, and AWS takes shorter ones.
  'fragment.minDuration': {
    value: Number.POSITIVE_INFINITY,
    unit: 'ms',
    what: 'length that a fragment has at least',
    source: 'quotas',
  },
  'fragment.tracks': { value: 3, unit: 'count', what: 'tracks', source: 'quotas' },
  'fragment.tags': { value: 10, unit: 'count', what: 'metadata items of a fragment', source: 'quotas' },
  'fragment.tagNameBytes': { value: 128, unit: 'bytes', what: 'name of a metadata item', source: 'quotas' },
  'fragment.tagValueBytes': { value: 256, unit: 'bytes', what: 'value of a metadata item', source: 'quotas' },
  'fragment.ahead': { value: 24 * HOUR, unit: 'ms', what: 'producer timestamp ahead of the clock', source: 'chosen' },

  'PutMedia.idleAck': { value: 5000, unit: 'ms', what: 'silence before an IDLE acknowledgement', source: 'seen' },
  'PutMedia.idle': { value: 30_000, unit: 'ms', what: 'silence before the connection ends', source: 'guide' },
  'PutMedia.duration': { value: 45 * MINUTE, unit: 'ms', what: 'a connection', source: 'model' },
  'PutMedia.overlap': {
    value: 10_000,
    unit: 'ms',
    what: 'time that a connection may go on to send beside a newer one',
    source: 'chosen',
  },
  'GetMedia.idle': { value: 30_000, unit: 'ms', what: 'nothing new before the connection ends', source: 'chosen' },
  'GetMedia.duration': { value: 45 * MINUTE, unit: 'ms', what: 'a connection', source: 'chosen' },

  'stream.hotTime': {
    value: 5 * MINUTE,
    unit: 'ms',
    what: 'what readers find where nothing is retained',
    source: 'guide',
  },
  'stream.hotBytes': { value: 200_000_000, unit: 'bytes', what: 'the same', source: 'guide' },

  'ListStreams.page': {
    value: 10,
    unit: 'count',
    always: true,
    what: 'a page, unless another is asked for',
    source: 'seen',
  },
  'ListStreams.maxPage': { value: 1000, unit: 'count', always: true, what: 'a page', source: 'seen' },
  'ListSignalingChannels.page': {
    value: 500,
    unit: 'count',
    always: true,
    what: 'a page, unless another is asked for',
    source: 'chosen',
  },
  'ListSignalingChannels.maxPage': { value: 1000, unit: 'count', always: true, what: 'a page', source: 'chosen' },
  'ListEdgeAgentConfigurations.page': {
    value: 5,
    unit: 'count',
    always: true,
    what: 'a page, unless another is asked for',
    source: 'chosen',
  },
  'ListFragments.page': {
    value: 100,
    unit: 'count',
    always: true,
    what: 'a page, unless another is asked for',
    source: 'model',
  },

  'GetClip.fragments': { value: 200, unit: 'count', what: 'fragments of a clip', source: 'quotas' },
  'GetClip.bytes': { value: 100_000_000, unit: 'bytes', what: 'a clip', source: 'quotas' },
  'GetImages.perPage': { value: 25, unit: 'count', always: true, what: 'images of a page', source: 'model' },
  'GetImages.bytes': { value: 100_000_000, unit: 'bytes', what: 'a page', source: 'quotas' },
  'GetImages.imageBytes': { value: 6_291_456, unit: 'bytes', what: 'ImageContent', source: 'model' },
  'GetImages.minInterval': { value: 200, unit: 'ms', always: true, what: 'SamplingInterval', source: 'model' },
  'GetImages.interval': {
    value: 3000,
    unit: 'ms',
    always: true,
    what: 'SamplingInterval, unless another is asked for',
    source: 'model',
  },
  'GetImages.range': { value: 5 * MINUTE, unit: 'ms', what: 'the range of time', source: 'model' },
  'imageGeneration.minInterval': { value: 200, unit: 'ms', always: true, what: 'SamplingInterval', source: 'guide' },

  'session.range': { value: 24 * HOUR, unit: 'ms', what: 'the range of time of a session or clip', source: 'model' },
  'session.expires': {
    value: 300,
    unit: 's',
    always: true,
    what: 'life of a session, unless another is asked for',
    source: 'model',
  },
  'session.livePlaylist': {
    value: 5,
    unit: 'count',
    always: true,
    what: 'fragments of a list that goes on, unless asked otherwise',
    source: 'model',
  },
  'session.playlist': {
    value: 1000,
    unit: 'count',
    always: true,
    what: 'fragments of a recording’s list, unless asked otherwise',
    source: 'model',
  },
  'session.playlistFragments': {
    value: 5000,
    unit: 'count',
    what: 'fragments of a list, whatever is asked for',
    source: 'quotas',
  },
  'session.configurations': {
    value: 500,
    unit: 'count',
    what: 'changes of codec private data in a session',
    source: 'model',
  },
  'session.live': {
    value: 30_000,
    unit: 'ms',
    what: 'time since the last fragment of a stream that is live',
    source: 'chosen',
  },

  'edge.sync': { value: 15 * MINUTE, unit: 'ms', what: 'wait for an Edge Agent', source: 'model' },
  'channel.messageTtl': {
    value: 60,
    unit: 's',
    always: true,
    what: 'life of an undelivered message, unless another is asked for',
    source: 'model',
  },

  'signaling.viewers': { value: 10, unit: 'count', what: 'viewers connected to a channel', source: 'quotas' },
  'signaling.idle': { value: 10 * MINUTE, unit: 'ms', what: 'silence before a connection ends', source: 'quotas' },
  'signaling.duration': { value: HOUR, unit: 'ms', what: 'a connection', source: 'quotas' },
  'signaling.grace': { value: MINUTE, unit: 'ms', what: 'time between GO_AWAY and the end', source: 'quotas' },
  'signaling.candidates': {
    value: 100,
    unit: 'count',
    what: 'candidates of a sender that wait for a recipient',
    source: 'chosen',
  },
  'signaling.messages': { value: 1000, unit: 'count', what: 'messages that wait on a channel', source: 'chosen' },
  'signaling.underway': {
    value: 262_144,
    unit: 'bytes',
    what: 'messages of a sender that its recipients have not read',
    source: 'chosen',
  },
  'signaling.held': { value: 100, unit: 'count', what: 'offers of a channel held for an answer', source: 'chosen' },
} as const satisfies Readonly<Record<string, LimitRow>>;

export type LimitName = keyof typeof fixed | QuotaName;

/** Every number by which the service bounds what can be asked of it. The constraints of its API model stand in the shapes. */
export const limitTable: Readonly<Record<LimitName, LimitRow>> = { ...fixed, ...quotaTable };

/** The tables that can be chosen; each is what the rows say of it. */
export const PROFILES = ['off', 'aws', 'shards'] as const;
export type Profile = (typeof PROFILES)[number];

/** What a row's number is in a profile. */
export const inProfile = ({ value, ...row }: LimitRow, profile: Profile): number =>
  (profile === 'off' ? undefined : row[profile]) ?? value;
