import type { Operation, SocketOperation } from '../operation.ts';
import type { Target } from './target.ts';

/** The operation that answers requests of a method at a path, the endpoint's label not counted. */
export type Lookup = (method: string | undefined, path: string) => Operation | undefined;

/** By exact and case-sensitive comparison: POST for operations, GET and HEAD for what a session's addresses lead to. */
export function lookupOf(operations: readonly Operation[]): Lookup {
  const byPath = (some: readonly Operation[]) => new Map(some.map((one) => [one.path as string, one]));
  const posted = byPath(operations.filter(({ kind }) => kind !== 'resource' && kind !== 'socket'));
  const resources = byPath(operations.filter(({ kind }) => kind === 'resource'));
  return (method, path) => {
    if (method === 'POST') return posted.get(path);
    return method === 'GET' || method === 'HEAD' ? resources.get(path) : undefined;
  };
}

/** The operation that answers a WebSocket at an address. */
export type SocketLookup = (target: Pick<Target, 'path' | 'query' | 'endpoint'>) => SocketOperation | undefined;

/** Of several at one path each knows whether it is meant. */
export function socketLookupOf(operations: readonly Operation[]): SocketLookup {
  const sockets = operations.filter((one) => one.kind === 'socket');
  return (target) => sockets.find((one) => one.path === target.path && one.means?.(target) !== false);
}
