import type { ClientRequest, IncomingMessage } from 'node:http';
import { eventLoopTurn } from '../../runtime/wall.ts';

// What msw 2 keeps from a handler of a request of node:http: that its client has gone, and how much of the answer waits to be
// read. msw 3 tells both in the ways of fetch, and so does either of a request of fetch.

/** Read ahead of the client by so much at most. */
const AHEAD = 1024 * 1024;

/** The request that msw made this one of. Leans on msw: kept in it by a symbol of that name, since 2.8. Test: kits/msw. */
export function clientRequestOf(request: Request): ClientRequest | undefined {
  const symbol = Object.getOwnPropertySymbols(request).find(({ description }) => description === 'kRawRequest');
  const raw = symbol && (request as unknown as Record<symbol, unknown>)[symbol];
  return typeof raw === 'object' && raw !== null && 'flushHeaders' in raw ? (raw as ClientRequest) : undefined;
}

/**
 * Holds back who answers while the client has not read what it was given. Leans on msw: pushes all there is into a socket of
 * its own, which node's answer is read from, and into a copy for listeners, since 2.0. The copy is kept from growing: of a
 * body that goes on, listeners see the beginning.
 */
export function pacer(request: ClientRequest): () => Promise<void> | undefined {
  let answer: IncomingMessage | undefined;
  let wake = (): void => undefined;
  const find = (): IncomingMessage | undefined => {
    const found = (request as unknown as { res: IncomingMessage | null }).res;
    if (found === null) return undefined;
    const read = found._read.bind(found);
    found._read = (size) => {
      read(size);
      // Now it is still full of what is about to be taken out.
      void eventLoopTurn().then(() => wake());
    };
    endCopy(request);
    return found;
  };
  request.once('close', () => wake());
  return () => {
    answer ??= find();
    const waits = (): boolean => answer !== undefined && !answer.destroyed && unread(answer) > AHEAD;
    if (!waits()) return undefined;
    return new Promise((resolve) => {
      wake = () => {
        if (!waits()) resolve();
      };
    });
  };
}

/** In the answer, and in the socket that it is read from. */
const unread = ({ readableLength, socket }: IncomingMessage): number =>
  readableLength + ((socket as IncomingMessage['socket'] | null)?.readableLength ?? 0);

function endCopy({ socket }: ClientRequest): void {
  const copy = (socket as unknown as { responseStream?: { push(chunk: unknown): boolean } } | null)?.responseStream;
  if (copy === undefined) return;
  const push = copy.push.bind(copy);
  copy.push = (chunk) => chunk !== null || push(chunk);
}
