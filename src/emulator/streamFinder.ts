import type { Scope } from '../domain/resources/scope.ts';
import type { Stream } from '../domain/streams/stream.ts';
import type { Streams } from '../domain/streams/streams.ts';
import { ControlError } from './controlError.ts';
import type { StreamWhere } from './streamShapes.ts';

export type Named = { readonly name: string } & StreamWhere;

/** How a stream is found that somebody names. */
export function streamFinder(streams: Streams, own: Scope) {
  const scopeOf = ({ account = own.account, region = own.region }: StreamWhere): Scope => ({ account, region });
  const peek = (named: Named): Stream | undefined => streams.traces(scopeOf(named), named.name).here;
  return {
    scopeOf,
    peek,
    find(named: Named): Stream {
      const here = peek(named);
      if (here !== undefined) return here;
      const { account, region } = scopeOf(named);
      const message = `There is no stream ${JSON.stringify(named.name.slice(0, 64))} of the account ${account} in ${region}.`;
      throw new ControlError(message, 'See GET /_kvs/streams.', undefined, 'missing');
    },
  };
}
