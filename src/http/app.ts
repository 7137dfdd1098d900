import express, { type NextFunction, type Request, type Response } from 'express';
import { AdminError, type AdminOperation, type AdminServices, PlainText } from '../admin/adminOperation.ts';
import { ControlError } from '../emulator/controlError.ts';
import { BodyReadError } from '../operations/operation.ts';
import { excerpt } from '../protocol/errors.ts';
import { excessOf } from '../protocol/restJson.ts';
import type { Log } from '../runtime/log.ts';
import type { Exchange } from './exchange.ts';
import { sendOwnJson, sendWhole } from './heads.ts';
import { LONGEST_JSON_BODY } from './httpCall.ts';
import { collectBody } from './requestBody.ts';

const NO_ROOM = 'Reset it, or give it more with --max-memory.';

const METHODS = { GET: 'get', POST: 'post', DELETE: 'delete' } as const;

export interface AppParts {
  readonly admin: readonly AdminOperation[];
  readonly adminServices: AdminServices;
  readonly log: Log;
}

/** Answers everything that is no operation of the service: the emulator's own API, and what nobody knows. */
export function createApp({ admin, adminServices, log }: AppParts): (exchange: Exchange) => void {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  for (const operation of admin) {
    app[METHODS[operation.method]](operation.path, async (_request, response) => {
      const exchange = exchangeOf(response);
      const body = parseJson(await readBody(exchange));
      const query = new URLSearchParams(exchange.target.query);
      const answer = await operation.handle(adminServices, { query, body });
      if (!(answer instanceof PlainText)) return sendOwnJson(exchange, 200, answer);
      sendWhole(exchange, { status: 200, headers: { 'Content-Type': answer.contentType }, body: answer.text });
    });
  }
  app.use('/_kvs', (request) => {
    throw noRoute(admin, request);
  });
  const fail = (exchange: Exchange, error: unknown): void => {
    if (error instanceof BodyReadError) return;
    if (!(error instanceof AdminError || error instanceof ControlError)) {
      log.error('A request to the emulator itself failed.', { requestId: exchange.requestId, error });
    }
    if (exchange.response.headersSent) {
      exchange.cut();
      return;
    }
    const { status, message, hint, path } = toldOf(error);
    sendOwnJson(exchange, status, { error: message, hint, path });
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

async function readBody(exchange: Exchange): Promise<Uint8Array> {
  if (exchange.expectsContinue) exchange.response.writeContinue();
  const bytes = await collectBody(exchange, LONGEST_JSON_BODY);
  if (bytes === 'tooLong') {
    throw new AdminError(413, 'The body is too long.', `Send at most ${LONGEST_JSON_BODY} bytes.`);
  }
  if (bytes === 'tooLate') throw new AdminError(408, 'The body did not come.', 'Send as many bytes as are announced.');
  if (bytes === 'noRoom') throw new AdminError(503, 'The memory of the emulator is full.', NO_ROOM);
  return bytes;
}

function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  const excess = excessOf(bytes);
  if (excess !== undefined) throw new AdminError(400, `The body ${excess}.`, 'Send one JSON object.');
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch (error) {
    throw new AdminError(400, `The body is not JSON: ${excerpt((error as Error).message)}`, 'Send one JSON object.');
  }
}

/** What is told of an error, as every route tells it. */
function toldOf(error: unknown): { status: number; message: string; hint: string; path?: string | undefined } {
  if (error instanceof AdminError) return error;
  if (error instanceof ControlError) return { status: 400, message: error.message, hint: error.hint, path: error.path };
  return { status: 500, message: 'The emulator failed.', hint: 'See its log.' };
}

function noRoute(admin: readonly AdminOperation[], request: Request): AdminError {
  const path = request.originalUrl.replace(/\?.*$/s, '');
  const asked = excerpt(path);
  const methods = admin.filter((operation) => operation.path === path).map((operation) => operation.method);
  if (methods.length > 0) {
    return new AdminError(405, `${asked} takes no ${request.method}.`, `Use ${methods.join(' or ')}.`);
  }
  const routes = admin.map((operation) => `${operation.method} ${operation.path}`).join(', ');
  return new AdminError(404, `There is no ${request.method} ${asked}.`, `The routes are: ${routes}.`);
}
