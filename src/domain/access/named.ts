import { makeArn, type ResourceKind, type Scope } from '../resources/scope.ts';
import type { Tags } from '../resources/tags.ts';

/** What an action is about: streams, channels, either of them, new ones, or nothing that has a name. */
export type Sort = ResourceKind | 'newStream' | 'newChannel' | 'either' | 'none';

interface Home {
  traces(scope: Scope, name: string): { readonly here: { readonly record: Named } | undefined };
  /** The ARN that one made now would have. */
  upcoming(scope: Scope, name: string): string;
}

/** Where to look for what is named. */
export interface Homes {
  readonly streams: Home;
  readonly channels: Home;
}

/** A resource as policies see it. */
export interface Named {
  readonly arn: string;
  readonly tags: Tags;
}

const NOTHING: Named = { arn: '*', tags: [] };

/**
 * The resource that a name means. One that is about to be made is made now. One that is not there has a star for the
 * time when it was made: a policy about its name is about it, one about a certain time is not.
 */
export function byName(homes: Homes, scope: Scope, sort: Sort, name: string): Named {
  if (sort === 'none') return NOTHING;
  if (sort === 'newStream') return { arn: homes.streams.upcoming(scope, name), tags: [] };
  if (sort === 'newChannel') return { arn: homes.channels.upcoming(scope, name), tags: [] };
  const stream = sort === 'channel' ? undefined : homes.streams.traces(scope, name).here;
  const found = stream ?? (sort === 'stream' ? undefined : homes.channels.traces(scope, name).here);
  return found?.record ?? { arn: makeArn(scope, sort === 'channel' ? 'channel' : 'stream', name, '*'), tags: [] };
}

/** The resource that an ARN means, there or not. */
export function byArn(homes: Homes, scope: Scope, arn: string): Named {
  const [kind, name = ''] = (arn.split(':', 6)[5] ?? '').split('/', 2);
  const found = kind === 'channel' ? homes.channels.traces(scope, name) : homes.streams.traces(scope, name);
  return found.here?.record.arn === arn ? found.here.record : { arn, tags: [] };
}
