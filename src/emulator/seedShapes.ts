import { deviceName, mediaType, tagKey, tagValue } from '../protocol/commonShapes.ts';
import { imageGenerationConfiguration } from '../protocol/imageGenerationConfiguration.ts';
import { notificationConfiguration } from '../protocol/notificationConfiguration.ts';
import { anything, duration, type Given, nullable } from '../protocol/ownShapes.ts';
import {
  list,
  type MembersValue,
  map,
  object,
  oneOf,
  required,
  type Shape,
  type StructureShape,
  string,
} from '../protocol/shapes.ts';
import { clockChange } from './clockControl.ts';
import type { ControlTable } from './controlInput.ts';
import { credentialTable } from './credentialTable.ts';
import { faultTable } from './faultShapes.ts';
import { newKey } from './keyShapes.ts';
import { limitsChange } from './limitsControl.ts';
import { placeRequest } from './placeControl.ts';
import { retention } from './retentionShape.ts';
import { account, region } from './whereShapes.ts';

// What a seed is made of: a file of --seed, the body of POST /_kvs/seed, and the JSON Schema are all of this table.

const MOST = 10_000;
const MOST_MEDIA = 1000;
/** As PutMedia allows with one fragment. */
const MOST_MEDIA_TAGS = 10;
const NAME = '[a-zA-Z0-9_.-]+';

const named = (means: string) => required(string({ min: 1, max: 256, pattern: NAME, means, hint: NAMES }));
const NAMES = 'Give 1 to 256 letters, digits, dots, underscores or hyphens.';
const tags = { ...map(tagKey, tagValue, { max: 50 }), means: 'by their names' };
const said = <S extends Shape>(shape: S, means: string): S => ({ ...shape, means });

const { start, ago, loop, until } = placeRequest.members;

const media = {
  ...object({
    file: string({ min: 1, max: 4096, means: 'Matroska: a path beside the seed file, or a name of "files"' }),
    data: string({ means: 'the Matroska itself, base64' }),
    start,
    ago,
    loop,
    until,
    tags: {
      ...map(
        string({ min: 1, max: 128, pattern: '(?!AWS)[\\s\\S]*', hint: 'AWS names are the service’s.' }),
        string({ max: 256 }),
        {
          max: MOST_MEDIA_TAGS,
        },
      ),
      means: 'metadata of each fragment',
    },
  }),
  choices: [
    { among: ['file', 'data'], needed: true },
    { among: ['start', 'ago'], needed: true },
    { among: ['loop', 'until'], needed: false },
  ],
} as const;

const stream = object({
  name: named('of the stream'),
  retention: said(retention(0), 'how long it keeps its media: "24h"'),
  mediaType: said(nullable(mediaType), 'like "video/h264,audio/aac"'),
  deviceName: nullable(deviceName),
  kmsKeyId: said(nullable(string({ min: 1, max: 2048 })), 'id, ARN or alias of the key that its media are sealed with'),
  shards: limitsChange.members.streams.value.members.shards,
  storageTier: oneOf('HOT', 'WARM'),
  tags,
  media: said(list(media, { max: MOST_MEDIA }), 'what is recorded in it, oldest first'),
  imageGeneration: said(nullable(imageGenerationConfiguration), 'as UpdateImageGenerationConfiguration takes it'),
  notification: said(nullable(notificationConfiguration), 'as UpdateNotificationConfiguration takes it'),
});

const SECOND = 1000;
const channel = object({
  name: named('of the signaling channel'),
  messageTtl: duration({
    min: 5 * SECOND,
    max: 120 * SECOND,
    means: 'how long messages wait for who is not connected',
  }),
  tags,
  storage: said(nullable(string({ min: 1, max: 256 })), 'the stream that its media are stored in'),
});

const streams = list(stream, { max: MOST });
const channels = list(channel, { max: MOST });
const keys = list(newKey, { max: 1000 });

const { account: _, region: __, ...limits } = limitsChange.members;
const { set, mode, rate } = clockChange.members;

const accountName = string({ pattern: '\\d{12}', hint: 'Give an account of 12 digits.' });
const regionName = string({ pattern: '[a-z0-9-]{1,64}', hint: 'Give a region like "eu-west-1".' });

export const seedShape = said(
  object({
    $schema: string({ means: 'where this schema is' }),
    clock: said(object({ set, mode, rate }), 'the emulated time'),
    onConflict: said(
      oneOf('leave', 'fail'),
      'what becomes of a seed if something is there already: that is left, or all fails',
    ),
    streams: said(streams, 'of the default account and region'),
    channels: said(channels, 'of the default account and region'),
    keys: said(keys, 'of the built-in KMS'),
    credentials: said(object(credentialTable.members), 'who may sign requests'),
    faults: said(list(object(faultTable.members), { max: 1000 }), 'rules that make the service fail on purpose'),
    limits: said(object(limits), 'how much is let through'),
    accounts: said(
      map(accountName, map(regionName, object({ streams, channels, keys }))),
      'of other accounts and regions',
    ),
    files: said(map(string({ min: 1, max: 4096 }), string()), 'files that media name, base64'),
  }),
  'what is there at the start',
);

export const seedRequest = {
  subject: 'A seed',
  hint: 'Give an object like {"streams": [{"name": "door", "retention": "24h"}]}; GET /_kvs/seed/schema says all of it.',
  members: { seed: { ...anything(), means: seedShape.means ?? '' }, account, region },
} as const satisfies ControlTable;

export const seedTable = {
  subject: 'A seed',
  hint: seedRequest.hint,
  members: seedShape.members,
} as const satisfies ControlTable;

type ValueOf<S> = S extends StructureShape<infer M> ? MembersValue<M> : never;

/** What is to be there: streams and their recordings, channels, keys, who may sign, faults, limits, and the time. */
export type Seed = Given<typeof seedTable.members>;
export type ReadSeed = MembersValue<typeof seedTable.members>;
export type StreamSeed = ValueOf<typeof stream>;
export type ChannelSeed = ValueOf<typeof channel>;
export type MediaSeed = ValueOf<typeof media>;
