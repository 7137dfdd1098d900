import type { ContextMaker } from '../../domain/access/context.ts';
import { toldOf } from '../../domain/access/holder.ts';
import { byArn, byName, type Named, type Sort } from '../../domain/access/named.ts';
import { toIso } from '../../runtime/time.ts';
import type { ActsOn, Operation } from '../operation.ts';
import type { Passage } from './passage.ts';
import { channelArnOf, type Names } from './targets.ts';

// What a call asks for, in IAM's words. Nothing has been checked of it yet: denied comes before malformed and not found.

/** Of a value that a caller sent, as much as is looked at: no tag, name or ARN that the service takes is longer. */
const LONGEST_VALUE = 1024;
/** So many tags are looked at: no call may have more. */
const MOST_TAGS = 200;

const SORTS: Readonly<Record<ActsOn, Sort>> = {
  account: 'none',
  newStream: 'newStream',
  newChannel: 'newChannel',
  stream: 'stream',
  activeStream: 'stream',
  channel: 'channel',
  activeChannel: 'channel',
  resource: 'either',
  // The session's token is all that is asked for.
  hlsSession: 'none',
  dashSession: 'none',
};

/** What the action of an operation is about. */
const sortOf = ({ actsOn }: Pick<Operation, 'actsOn'>): Sort => SORTS[actsOn as ActsOn];

const actionNamed = (name: string): string => `kinesisvideo:${name}`;

/** Every action of the service that one of these operations asks for, and what it is about. */
export const actionTable = (registry: readonly Operation[]): ReadonlyMap<string, Sort> =>
  new Map(registry.map((operation) => [actionNamed(operation.name), sortOf(operation)]));

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value.slice(0, LONGEST_VALUE) : undefined;

/** What a call is about, as policies see it, and as the caller wrote it. */
export interface AskedResource extends Named {
  readonly shown: string | undefined;
}

export function resourceOf(passage: Passage): AskedResource {
  const raw = passage.raw as Names;
  const sort = sortOf(passage.operation);
  const [name, arn] = {
    stream: [raw.StreamName, raw.StreamARN],
    newStream: [raw.StreamName, undefined],
    channel: [raw.ChannelName, channelArnOf(raw)],
    newChannel: [raw.ChannelName, undefined],
    either: [undefined, raw.ResourceARN],
    none: [undefined, undefined],
  }[sort].map(text);
  const { streams, channels } = passage.services;
  const homes = { streams, channels };
  const named = arn === undefined ? byName(homes, passage, sort, name ?? '*') : byArn(homes, passage, arn);
  return { arn: named.arn, tags: named.tags, shown: arn ?? name };
}

/** The tags that a call brings: an object, or a list of keys and values, as operations have it. */
function tagsOf(raw: Readonly<Record<string, unknown>>): [key: string, value: string][] {
  const { Tags: given } = raw;
  if (typeof given !== 'object' || given === null) return [];
  const pairs = Array.isArray(given)
    ? given.slice(0, MOST_TAGS).map((one: unknown) => {
        const { Key, Value } = (one ?? {}) as { readonly Key?: unknown; readonly Value?: unknown };
        return [text(Key), text(Value)] as const;
      })
    : Object.entries(given)
        .slice(0, MOST_TAGS)
        .map(([key, value]) => [text(key), text(value)] as const);
  return pairs.filter((pair): pair is [string, string] => pair[0] !== undefined && pair[1] !== undefined);
}

/** The actions that a call needs: its own, and that of tagging if it makes something with tags. */
export function actionsOf({ operation, raw }: Passage): string[] {
  const own = actionNamed(operation.name);
  const { tagsNeed } = operation;
  const tagged = tagsNeed !== undefined && tagsOf(raw as Readonly<Record<string, unknown>>).length > 0;
  return tagged ? [own, actionNamed(tagsNeed)] : [own];
}

/** What a call says that conditions may ask for. */
export function toldBy(passage: Passage, { tags: own }: Named): ContextMaker {
  const { now, region, baseUrl } = passage;
  const { headers, address } = passage.call;
  const raw = passage.raw as Readonly<Record<string, unknown>>;
  const tags = tagsOf(raw);
  const keys: unknown[] = Array.isArray(raw.TagKeyList) ? raw.TagKeyList.slice(0, MOST_TAGS) : tags.map(([key]) => key);
  return toldOf({ now: toIso(now), region }, Math.floor(now / 1000))
    .add('aws:SourceIp', address)
    .add('aws:SecureTransport', baseUrl.startsWith('https:'))
    .add('aws:UserAgent', text(headers['user-agent']))
    .add('aws:Referer', text(headers.referer))
    .add(
      'aws:TagKeys',
      keys.map(text).filter((key) => key !== undefined),
    )
    .addTags('aws:RequestTag/', tags)
    .addTags('aws:ResourceTag/', own);
}
