import type { IncomingMessage } from 'node:http';
import { Broken, type DuplexCall } from './duplexCall.ts';
import { ConnectionError, KinesisVideoError } from './errors.ts';

/** As much of an error's body as is read. */
const LONGEST_ERROR = 65_536;

/** The head of a 200. Throws KinesisVideoError for any other answer, ConnectionError if there is none. */
export async function accepted(exchange: DuplexCall, endpoint: string | URL): Promise<IncomingMessage> {
  const response = await exchange.head.catch((error) => {
    if (!(error instanceof Broken)) throw error;
    throw new ConnectionError(`No answer from ${endpoint}: ${reason(error.cause)}`, error.cause);
  });
  if (response.statusCode === 200) return response;
  throw answeredError(response, await errorBody(exchange));
}

/** What can be had of it: that the connection breaks under an error does not make it another error. */
async function errorBody(exchange: DuplexCall): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of exchange.chunks()) {
      parts.push(chunk);
      length += chunk.byteLength;
      if (length >= LONGEST_ERROR) break;
    }
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
  }
  return Buffer.concat(parts);
}

const header = (response: IncomingMessage, name: string): string | undefined =>
  [response.headers[name] ?? []].flat()[0];

export const requestIdOf = (response: IncomingMessage): string | undefined => header(response, 'x-amzn-requestid');

/** A name with two addresses fails with an AggregateError, whose own message is empty. */
function reason(cause: unknown): string {
  const error = cause instanceof AggregateError ? cause.errors[0] : cause;
  return error instanceof Error ? error.message || String((error as NodeJS.ErrnoException).code) : String(error);
}

/** The error that an answer other than 200 stands for. `body` may have been cut short. */
function answeredError(response: IncomingMessage, body: Uint8Array): KinesisVideoError {
  const status = response.statusCode ?? 0;
  const text = new TextDecoder().decode(body).trim();
  const fields = parseObject(text);
  const name = header(response, 'x-amzn-errortype') ?? fields.__type ?? fields.code ?? fields.Code ?? `Http${status}`;
  const message =
    fields.Message ??
    fields.message ??
    adminMessage(fields) ??
    /<Message>([^<]*)/.exec(text)?.[1] ??
    (fields.__type === undefined ? text.slice(0, 500) : undefined);
  return new KinesisVideoError(
    // `Name:http://...` in the header, `com.amazon.coral.service#Name` in a body.
    String(name).replace(/:.*$/s, '').replace(/^.*#/s, ''),
    String(message || response.statusMessage || `The service answered with status ${status}`),
    status,
    requestIdOf(response),
  );
}

/** The emulator's own API says what was wrong and what to do. */
const adminMessage = ({ error, hint, path }: Record<string, unknown>): string | undefined =>
  typeof error === 'string' ? `${path === undefined ? '' : `${path}: `}${error} ${hint ?? ''}`.trimEnd() : undefined;

function parseObject(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
