import { WebSocketHandler } from 'msw';
import type { Inside } from '../../inside.ts';
import type { SocketConnection } from '../../operations/operation.ts';
import { registry } from '../../operations/registry.ts';
import { socketLookupOf } from '../../operations/road/lookup.ts';
import { LONGEST_MESSAGE } from '../../protocol/gateway.ts';
import { type ServiceHost, serviceHost } from './hosts.ts';
import { Visit } from './visit.ts';

const lookup = socketLookupOf(registry);

/** Close codes (RFC 6455, 7.4.1). */
const GOING_AWAY = 1001;
const ABNORMAL = 1006;
const TOO_BIG = 1009;
const SWITCHING = 101;

/** What msw tells of a connection, as far as it is needed and the same in all its versions. */
type Connection = Parameters<WebSocketHandler['run']>[0];
type Client = Connection['client'];

/**
 * Whether this msw asks each handler if a connection is its own. Before 2.13 any handler of WebSockets kept all of them from
 * getting to where they were meant for, so there is none then.
 */
export const takesSockets = 'log' in WebSocketHandler.prototype;

/** Those that somebody serves: msw asks all handlers, and of several emulators the first is meant, as with requests. */
const served = new WeakSet<object>();

const secure = (url: URL): URL => new URL(url.href.replace(/^ws/, 'http'));

/** WebSockets of signaling channels. What happens on them is the road's and the meeting's; here is only what carries it. */
export class SignalingHandler extends WebSocketHandler {
  readonly #inside: Inside;

  constructor(inside: Inside) {
    super(/^wss?:/);
    this.#inside = inside;
  }

  /** The client's connection is open when this has resolved, unless it was closed. */
  override async run(connection: Connection) {
    const url = secure(connection.client.url);
    const host = serviceHost(url);
    if (host === undefined || host.forTokens || served.has(connection.client)) return null;
    served.add(connection.client);
    await serve(connection.client, url, host, this.#inside);
    return { ...connection, params: {} };
  }

  /** The journal has more to say than a line in the console. */
  override log(): () => void {
    return () => undefined;
  }
}

async function serve(client: Client, url: URL, host: ServiceHost, inside: Inside): Promise<void> {
  if (inside.stopped.aborted) return refuse(client);
  await inside.ready;
  const visit = new Visit(new Request(url), host, inside, (_, target) => lookup(target));
  client.addEventListener('close', visit.leave);
  const passage = inside.road.begin(visit, visit.operation);
  visit.passage = passage;
  const outcome = await inside.road.enter(passage);
  if (outcome.kind !== 'socket' || visit.signal.aborted) {
    if (outcome.kind === 'refusal') visit.answered(outcome.error.status);
    visit.end();
    return refuse(client);
  }
  visit.answered(SWITCHING);
  client.addEventListener('close', () => visit.end());
  visit.onOver = () => client.close(GOING_AWAY, 'Going away');
  outcome.open(connectionOf(client, visit));
}

/** A client is not told more of a handshake that failed, and neither is a page. */
function refuse(client: Client): void {
  client.socket.dispatchEvent(new Event('error'));
  client.close(ABNORMAL);
}

/** The emulator's end of it, as operations see it. The other end takes whatever comes, at once. */
function connectionOf(client: Client, visit: Visit): SocketConnection {
  return {
    send(text, sent) {
      visit.bytesOut += Buffer.byteLength(text);
      client.send(text);
      sent?.();
      return true;
    },
    close: (code, reason) => client.close(code, reason),
    onMessage: (run) =>
      client.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string') return;
        const bytes = Buffer.byteLength(data);
        visit.body.received += bytes;
        if (bytes > LONGEST_MESSAGE) client.close(TOO_BIG);
        else run(data);
      }),
    // No client of this kind can send one.
    onPing: () => undefined,
    onClose: (run) => client.addEventListener('close', ({ code, reason }) => run(code, reason)),
  };
}
