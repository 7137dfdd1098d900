import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { AdminError, type AdminRoute, type Method, perform } from '../admin/adminRoute.ts';
import { type AdminRequest, gather, inBody } from '../admin/gather.ts';
import { ControlError, type ControlErrorKind, controlErrorOf } from '../emulator/controlError.ts';
import type { Face } from '../emulator/face.ts';
import { BodyReadError } from '../operations/operation.ts';
import { excerpt } from '../protocol/errors.ts';
import type { Log } from '../runtime/log.ts';
import type { AdminGuard } from './adminGuard.ts';
import type { Exchange } from './exchange.ts';
import { sendOwnJson, sendStreamHead, sendWhole } from './heads.ts';
import { withHeartbeat } from './heartbeat.ts';
import { readBytes, readJson } from './ownBody.ts';
import { sendPieces } from './pieces.ts';

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete' } as const;

const EVENTS = 'text/event-stream';

const STATUS: Readonly<Record<ControlErrorKind, number>> = {
  invalid: 400,
  missing: 404,
  taken: 409,
  busy: 503,
  late: 408,
};

export interface AppParts {
  readonly admin: readonly AdminRoute[];
  readonly face: Face;
  readonly log: Log;
  readonly guard: AdminGuard;
  /** What to wait for before a change is answered; undefined if for nothing. */
  readonly safe: () => Promise<void> | undefined;
}

/** Answers everything that is no operation of the service: the emulator's own API, and what nobody knows. */
export function createApp({ admin, face, log, guard, safe }: AppParts): (exchange: Exchange) => void {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  for (const path of inOrder(admin)) addPath(app, path, { admin, face, log, guard, safe });
  app.use('/_kvs', (request) => {
    throw noRoute(admin, request);
  });
  const fail = (exchange: Exchange, error: unknown): void => {
    if (error instanceof BodyReadError) return;
    const told = toldOf(error);
    if (told.status === 500)
      log.error('A request to the emulator itself failed.', { requestId: exchange.requestId, error });
    if (exchange.response.headersSent) {
      exchange.cut();
      return;
    }
    const { status, message, hint, path, headers } = told;
    sendOwnJson(exchange, status, { error: message, hint, path }, headers);
  };
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    fail(exchangeOf(response), error);
  });
  return (exchange) => {
    const { path, query } = exchange.target;
    exchange.request.url = query === '' ? path : `${path}?${query}`;
    exchanges.set(exchange.response, exchange);
    // What Express itself would say is HTML.
    app(exchange.request as Request, exchange.response as Response, (error?: unknown) => {
      fail(exchange, error ?? new AdminError(404, 'There is nothing there.', 'See GET /_kvs/health.'));
    });
  };
}

const exchanges = new WeakMap<object, Exchange>();
const exchangeOf = (response: Response): Exchange => exchanges.get(response) as Exchange;

/** Paths without a parameter come first: `/faults/sets` is no fault named sets. */
function inOrder(admin: readonly AdminRoute[]): string[] {
  const paths = [...new Set(admin.map(({ path }) => path))];
  const open = (path: string): number => (path.includes('{') ? 1 : 0);
  return paths.sort((a, b) => open(a) - open(b));
}

function addPath(app: Express, path: string, parts: AppParts): void {
  const routes = parts.admin.filter((route) => route.path === path);
  const place = app.route(`/_kvs${path.replaceAll(/\{(\w+)\}/g, ':$1')}`);
  for (const route of routes) {
    place[METHODS[route.method]](({ params }, response) => answer(parts, route, exchangeOf(response), params));
  }
  place.all((request) => {
    const methods = routes.map(({ method }): Method => method);
    const message = `${excerpt(pathOf(request))} takes no ${request.method}.`;
    throw new AdminError(405, message, `Use ${methods.join(' or ')}.`, { Allow: methods.join(', ') });
  });
}

async function answer(
  { face, log, guard, safe }: AppParts,
  route: AdminRoute,
  exchange: Exchange,
  parameters: AdminRequest['parameters'],
): Promise<void> {
  const query = new URLSearchParams(exchange.target.query);
  const body = route.bytes === undefined ? await readJson(exchange, route.longest) : undefined;
  const asked = { parameters, query, body };
  const headers: Record<string, string> = {};
  const call = {
    signal: exchange.signal,
    header: (name: string): string | undefined => exchange.request.headers[name]?.toString(),
    body: readBytes(exchange, route.bytes?.most ?? 0),
    admit(token: string): boolean {
      const admits = guard.isToken(token);
      if (admits) headers['Set-Cookie'] = guard.cookie(exchange);
      return admits;
    },
  };
  const given = gather(route, asked);
  let said: unknown;
  try {
    said = await perform(route, face, given, call);
    if (route.method !== 'GET') await safe();
  } catch (thrown) {
    const error = controlErrorOf(thrown);
    throw error instanceof ControlError ? inBody(route, asked, error) : error;
  }
  if (route.kind === 'json') return sendOwnJson(exchange, 200, said, headers);
  const { contentType } = route;
  if (route.kind === 'document') {
    const body = said as string | Uint8Array;
    return sendWhole(exchange, { status: 200, headers: { 'Content-Type': contentType }, body });
  }
  const pieces = (said as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  const failed = (error: unknown): void =>
    log.error('An answer of the emulator itself broke off.', { requestId: exchange.requestId, error });
  if (exchange.request.method === 'HEAD') {
    sendStreamHead(exchange, contentType);
    await pieces.return?.();
    return exchange.end();
  }
  const sent = contentType === EVENTS ? withHeartbeat(pieces) : pieces;
  return sendPieces(exchange, { contentType, pieces: sent }, failed);
}

interface Told {
  readonly status: number;
  readonly message: string;
  readonly hint: string;
  readonly path?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is told of an error, as every route tells it. */
function toldOf(error: unknown): Told {
  if (error instanceof AdminError) return error;
  if (error instanceof ControlError) {
    const { message, hint, path, kind } = error;
    return { status: STATUS[kind], message, hint, path };
  }
  if (error instanceof URIError) {
    return { status: 400, message: 'The path cannot be decoded.', hint: 'Write % as %25.' };
  }
  return { status: 500, message: 'The emulator failed.', hint: 'See its log.' };
}

const pathOf = ({ originalUrl }: Request): string => originalUrl.replace(/\?.*$/s, '');

function noRoute(admin: readonly AdminRoute[], request: Request): AdminError {
  const routes = admin.map(({ method, path }) => `${method} /_kvs${path}`).join(', ');
  const message = `There is no ${request.method} ${excerpt(pathOf(request))}.`;
  return new AdminError(404, message, `The routes are: ${routes}.`);
}
