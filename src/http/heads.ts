import type { WholeAnswer } from '../protocol/wholeAnswers.ts';
import { httpDate } from '../runtime/wall.ts';
import type { Exchange } from './exchange.ts';
import { pourOut } from './pourOut.ts';

// Heads are written as flat lists of names and values: node then keeps order and case and looks nothing up.

const EXPOSED = 'x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date';

/** Browsers send Origin and read nothing without these; nobody else gets a header that AWS would not send. */
function withCors({ allowOrigin }: Exchange, head: string[]): string[] {
  if (allowOrigin === undefined) return head;
  head.push('Access-Control-Allow-Origin', allowOrigin, 'Access-Control-Expose-Headers', EXPOSED);
  if (allowOrigin !== '*') head.push('Vary', 'Origin');
  return head;
}

/**
 * Node announces what HTTP/1.1 takes for granted; the service does not. Leans on node: a header that was removed is not
 * added by it either, since 0.7. Test: wire/bytes, 'sends its head before there is any of it'.
 */
function withoutConnection({ request, response }: Exchange): void {
  if (request.httpVersionMinor === 1 && response.shouldKeepAlive) response.removeHeader('connection');
}

export function sendJson(exchange: Exchange, whole: string): void {
  withoutConnection(exchange);
  const body = shortened(exchange, whole);
  const length = Buffer.byteLength(body);
  exchange.response.writeHead(
    200,
    withCors(exchange, [
      'Date',
      httpDate(),
      'Content-Type',
      'application/json',
      'Content-Length',
      String(length),
      'x-amzn-RequestId',
      exchange.requestId,
    ]),
  );
  // As text: node then puts head and body into one write.
  sendBody(exchange, body, length);
}

/** A body that is to have fewer bytes than there are. */
function shortened({ through }: Exchange, body: string | Uint8Array): string | Uint8Array {
  return through?.atMost === undefined ? body : Buffer.from(body as string).subarray(0, through.atMost);
}

function sendBody(exchange: Exchange, body: string | Uint8Array, length: number): void {
  const { through, response } = exchange;
  if (through !== undefined) {
    response.flushHeaders();
    const pieces = through.pass(Buffer.from(body as string))[Symbol.asyncIterator]();
    pourOut(exchange, pieces, () => exchange.cut()).catch(() => exchange.cut());
    return;
  }
  exchange.bytesSent = length;
  response.end(body);
  exchange.watchReader();
}

/** Text up to this goes out in one write with the head; more, a playlist of many fragments, is not to be encoded twice. */
const SHORT_TEXT = 16_384;

const encoded = (body: string | Uint8Array): string | Uint8Array =>
  typeof body === 'string' && body.length > SHORT_TEXT ? Buffer.from(body) : body;

/** Any other whole answer: resources, errors, and what unknown paths get. */
export function sendWhole(exchange: Exchange, answer: WholeAnswer): void {
  withoutConnection(exchange);
  const head = ['x-amzn-RequestId', exchange.requestId];
  for (const [name, value] of Object.entries(answer.headers)) head.push(name, value);
  const body = shortened(exchange, encoded(answer.body));
  const length = Buffer.byteLength(body);
  head.push('Content-Length', String(length), 'Date', httpDate());
  exchange.response.writeHead(answer.status, withCors(exchange, head));
  if (exchange.request.method === 'HEAD') {
    exchange.response.end();
    return;
  }
  sendBody(exchange, body, length);
}

/** An answer whose head says no more than it is given to say. */
export function sendBare(exchange: Exchange, { status, headers, body }: WholeAnswer & { readonly body: string }): void {
  const { 'Content-Type': type = 'text/plain', ...others } = headers;
  const length = Buffer.byteLength(body);
  const connection = exchange.response.shouldKeepAlive ? 'keep-alive' : 'close';
  const head = ['Date', httpDate(), 'Content-Type', type, 'Content-Length', String(length), 'Connection', connection];
  for (const [name, value] of Object.entries(others)) head.push(name, value);
  exchange.bytesSent = length;
  exchange.response.writeHead(status, withCors(exchange, head));
  exchange.response.end(body);
}

/** An answer of the emulator's own API. */
export function sendOwnJson(
  exchange: Exchange,
  status: number,
  answer: unknown,
  more: Readonly<Record<string, string>> = {},
): void {
  const headers = { 'Content-Type': 'application/json', ...more };
  sendWhole(exchange, { status, headers, body: `${JSON.stringify(answer)}\n` });
}

/** The head of a body of unknown length goes out by itself, before any of the body is there. */
export function sendStreamHead(exchange: Exchange, contentType: string): void {
  const { request, response } = exchange;
  const head = ['x-amzn-RequestId', exchange.requestId, 'Content-Type', contentType];
  // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
  if (request.httpVersionMinor === 1) head.push('Transfer-Encoding', 'chunked');
  head.push('Date', httpDate());
  response.removeHeader('connection');
  response.writeHead(200, withCors(exchange, head));
  response.flushHeaders();
}

/** Chromium asks so before a page of a public address may call one of the local network. */
const LOCAL_NETWORK = ['Private-Network', 'Local-Network'] as const;

export function sendPreflight(exchange: Exchange): void {
  const { request, allowOrigin } = exchange;
  const head = ['x-amzn-RequestId', exchange.requestId];
  if (allowOrigin !== undefined) head.push('Access-Control-Allow-Origin', allowOrigin);
  const headers = request.headers['access-control-request-headers'];
  if (headers !== undefined) head.push('Access-Control-Allow-Headers', headers);
  const method = request.headers['access-control-request-method'];
  if (method !== undefined) head.push('Access-Control-Allow-Methods', method);
  head.push('Access-Control-Expose-Headers', EXPOSED, 'Access-Control-Max-Age', '172800');
  for (const network of LOCAL_NETWORK) {
    const asked = request.headers[`access-control-request-${network.toLowerCase()}`] === 'true';
    if (asked) head.push(`Access-Control-Allow-${network}`, 'true');
  }
  if (allowOrigin !== undefined && allowOrigin !== '*') head.push('Vary', 'Origin');
  head.push('Content-Length', '0', 'Date', httpDate());
  withoutConnection(exchange);
  exchange.response.writeHead(200, head);
  exchange.response.end();
}

/** What goes out when a request cannot even be read, written to the socket as it is. */
export function unreadable(status: string, requestId: string, message: string): string {
  const body = JSON.stringify({ message });
  return [
    `HTTP/1.1 ${status}`,
    `x-amzn-RequestId: ${requestId}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Date: ${httpDate()}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
