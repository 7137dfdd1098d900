import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { call } from '../client/call.ts';
import type { ClientOptions } from '../client/request.ts';
import { CommandError } from './command.ts';
import { emulatorNow } from './emulatorNow.ts';
import { dataEndpoint } from './ensureStream.ts';
import { watchPage } from './watchPage.ts';

export interface WatchServer {
  readonly url: string;
  close(): void;
}

/** As long as the service lets a session be. Seconds. */
const SESSION = 43_200;
/** Of the past, a session has this much at most; the service takes no more. */
const MOST_FRAGMENTS = 1000;

/** The address of a new HLS session: of what comes, or of what came from `ago` seconds on, replayed. */
export async function hlsSession(options: ClientOptions, stream: string, ago: number): Promise<string> {
  const endpoint = await dataEndpoint(options, stream, 'GET_HLS_STREAMING_SESSION_URL');
  const live = { PlaybackMode: 'LIVE' };
  const replay = async () => ({
    PlaybackMode: 'LIVE_REPLAY',
    MaxMediaPlaylistFragmentResults: MOST_FRAGMENTS,
    HLSFragmentSelector: {
      FragmentSelectorType: 'SERVER_TIMESTAMP',
      TimestampRange: { StartTimestamp: (await emulatorNow(options)) / 1000 - ago },
    },
  });
  const input = { StreamName: stream, Expires: SESSION, DiscontinuityMode: 'ON_DISCONTINUITY' };
  const { HLSStreamingSessionURL: url } = await call<{ HLSStreamingSessionURL: string }>(
    { ...options, endpoint },
    '/getHLSStreamingSessionURL',
    { ...input, ...(ago === 0 ? live : await replay()) },
  );
  return url;
}

/** Serves a page that plays streams, to this machine or to whoever `host` lets in. */
export async function serveWatchPage(
  options: ClientOptions,
  streams: readonly string[],
  { host, port }: { host: string; port: number },
): Promise<WatchServer> {
  const page = watchPage(streams);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const [path, query] = (request.url ?? '/').split('?', 2);
    const asked = new URLSearchParams(query);
    const send = (status: number, type: string, body: string): void => {
      const headers = { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store' };
      response.writeHead(status, headers).end(body);
    };
    if (!isOurs(request.headers.host)) return send(403, 'text/plain', 'Open this page by localhost or an address.\n');
    if (path === '/') return send(200, 'text/html', page);
    const stream = asked.get('stream') ?? '';
    if (path !== '/session' || !streams.includes(stream)) return send(404, 'text/plain', 'There is no such page.\n');
    try {
      const found = await hlsSession(options, stream, Number(asked.get('ago')) || 0);
      send(200, 'text/plain', reachedBy(found, request.headers.host));
    } catch (error) {
      send(502, 'text/plain', `${error instanceof Error ? error.message : error}\n`);
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        new CommandError(
          error.code === 'EADDRINUSE'
            ? `${host}:${port} is in use. Choose another port for the page, or 0 for any free one.`
            : `The page cannot be served: ${error.message}.`,
        ),
      ),
    );
    server.listen(port, host, resolve);
  });
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    url: `http://${shown}:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** No name that somebody else's page could have lead here. */
function isOurs(host = ''): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) > 0;
}

/** Who has come to the page by some address reaches the emulator beside it by the same. */
function reachedBy(session: string, host = ''): string {
  const url = new URL(session);
  if (url.hostname === '127.0.0.1' || url.hostname === 'localhost') url.hostname = new URL(`http://${host}`).hostname;
  return url.href;
}
