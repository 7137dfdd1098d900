import { noteAck } from '../domain/journal/journal.ts';
import type {
  BytesOperation,
  Context,
  DuplexOperation,
  JsonOperation,
  ResourceOperation,
} from '../operations/operation.ts';
import { BodyReadError } from '../operations/operation.ts';
import { excerpt, ServiceError, serviceError } from '../protocol/errors.ts';
import { inputFromQuery } from '../protocol/query.ts';
import { parseBody, renderError, renderOutput } from '../protocol/restJson.ts';
import { decodeInput } from '../protocol/validate.ts';
import { sliceOver, turn } from '../runtime/slices.ts';
import { gapBetweenPieces } from './ackPacing.ts';
import type { Exchange } from './exchange.ts';
import { sendJson, sendStreamHead, sendWhole } from './heads.ts';
import { collectBody, RequestBody } from './requestBody.ts';

/** A JSON request is never longer; ListFragments with every filter there is takes a few kilobytes. */
export const LONGEST_JSON_BODY = 1024 * 1024;
const LONGEST_NAME = 256;

export async function answerJson(operation: JsonOperation, exchange: Exchange, context: Context): Promise<void> {
  let body: string;
  try {
    const input = await readInput(operation, exchange, context);
    body = renderOutput(await operation.handle(context, input));
  } catch (error) {
    return refuse(exchange, context, operation.name, error);
  }
  sendJson(exchange, body);
}

export async function answerBytes(operation: BytesOperation, exchange: Exchange, context: Context): Promise<void> {
  let pieces: AsyncIterator<Uint8Array>;
  try {
    const input = await readInput(operation, exchange, context);
    const iterable = await operation.handle(context, input);
    pieces = iterable[Symbol.asyncIterator]();
  } catch (error) {
    return refuse(exchange, context, operation.name, error);
  }
  sendStreamHead(exchange, operation.contentType);
  exchange.onStreaming();
  let over = false;
  const leave = (): void => {
    over = true;
    exchange.release();
    pieces.return?.()?.catch((error: unknown) => context.log.error('Closing a stream failed.', { error }));
  };
  exchange.onGone(leave);
  exchange.onStop(leave);
  exchange.watchHalfClosed();
  try {
    while (!over) {
      exchange.idle(true);
      const { done, value } = await pieces.next();
      exchange.idle(false);
      if (done === true || exchange.gone) break;
      exchange.bytesSent += value.length;
      if (!exchange.response.write(value)) await exchange.drained();
      // A reader that is as fast as we are leaves nothing to be waited for.
      if (sliceOver()) await turn();
    }
  } catch (error) {
    return breakOff(exchange, context, operation.name, error);
  }
  await exchange.end();
}

export async function answerDuplex(operation: DuplexOperation, exchange: Exchange, context: Context): Promise<void> {
  const { request, response } = exchange;
  const body = new RequestBody(exchange);
  exchange.body = body;
  exchange.onStop(() => body.fail('the emulator is stopping'));
  let lines: AsyncIterable<string>;
  try {
    const input = decodeInput(operation.input, inputFromHeaders(operation.headers, request.headers));
    noteResource(exchange, input);
    lines = await operation.handle(context, input, body);
  } catch (error) {
    return refuse(exchange, context, operation.name, error);
  }
  if (exchange.expectsContinue) await exchange.sendContinue();
  // Otherwise node would close the whole connection with the answer, and a reset could overtake the last line. Leans on
  // node: it looks at this when the answer ends, since 0.3. Test: wire/duplex, 'in its framing still gets the last lines'.
  const keepAlive = response.shouldKeepAlive && request.httpVersionMinor === 1;
  response.shouldKeepAlive = true;
  sendStreamHead(exchange, operation.contentType);
  exchange.onStreaming();
  await exchange.flushed();
  exchange.space(gapBetweenPieces(request));
  try {
    for await (const line of lines) {
      if (exchange.entry !== undefined) noteAck(exchange.entry, line);
      await exchange.write(line);
    }
  } catch (error) {
    return breakOff(exchange, context, operation.name, error);
  }
  await exchange.end();
  if (!body.finished || !keepAlive || exchange.stopping) exchange.closeLingering();
}

export async function answerResource(
  operation: ResourceOperation,
  exchange: Exchange,
  context: Context,
): Promise<void> {
  try {
    const input = decodeInput(operation.input, inputFromQuery(operation.input, exchange.target.query));
    noteSession(exchange, context, input);
    const { contentType, body } = await operation.handle(context, input);
    sendWhole(exchange, { status: 200, headers: { 'Content-Type': contentType }, body });
  } catch (error) {
    return refuse(exchange, context, operation.name, error);
  }
}

async function readInput<I>(
  operation: JsonOperation<I> | BytesOperation<I>,
  exchange: Exchange,
  context: Context,
): Promise<I> {
  if (exchange.expectsContinue) exchange.response.writeContinue();
  const bytes = await collectBody(exchange, LONGEST_JSON_BODY);
  if (bytes === 'tooLong') throw serviceError('requestTooLarge', LONGEST_JSON_BODY);
  if (bytes === 'tooLate') throw serviceError('requestTimeout');
  if (bytes === 'noRoom') throw serviceError('serviceUnavailable');
  const body = parseBody(bytes);
  noteResource(exchange, body);
  return decodeInput(operation.input, body, (member) =>
    context.differs('unknownMember', () =>
      serviceError('serialization', `There is no member ${excerpt(member)}. Check its spelling.`),
    ),
  );
}

/** The stream or channel a request names, for the journal: what it is called, or the name inside its ARN. */
function noteResource(exchange: Exchange, input: unknown): void {
  const { entry } = exchange;
  if (entry === undefined) return;
  const { StreamName, ChannelName, StreamARN, ChannelARN, ResourceARN } = input as Record<string, unknown>;
  const arn = StreamARN ?? ChannelARN ?? ResourceARN;
  const name = StreamName ?? ChannelName ?? (typeof arn === 'string' ? arn.split('/')[1] : undefined);
  if (typeof name === 'string') entry.resource = name.slice(0, LONGEST_NAME);
  if (ChannelName !== undefined || (typeof arn === 'string' && arn.includes(':channel/'))) exchange.names = 'channel';
}

/** The stream that a session plays. */
function noteSession({ entry }: Exchange, { sessions }: Context, input: unknown): void {
  const { SessionToken: token } = input as Record<string, unknown>;
  if (entry !== undefined && typeof token === 'string') entry.resource = sessions.streamOf(token);
}

function inputFromHeaders(names: Readonly<Record<string, string>>, headers: NodeJS.Dict<string | string[]>): unknown {
  const raw: Record<string, unknown> = {};
  for (const [member, header] of Object.entries(names)) raw[member] = headers[header];
  return raw;
}

/** Answers with an error instead of the operation's answer, of which nothing has been sent yet. */
export function refuse(exchange: Exchange, context: Context, operation: string, error: unknown): void {
  if (error instanceof BodyReadError) {
    context.log.debug(`${operation} was not received whole.`, { reason: error.message });
    return;
  }
  if (!(error instanceof ServiceError)) context.log.error(`${operation} failed.`, { error });
  const told = error instanceof ServiceError ? error : serviceError('internalFailure');
  if (exchange.entry !== undefined) exchange.entry.error = told.code;
  exchange.refused = told;
  sendWhole(exchange, renderError(told));
}

/** The head is out and says 200: all that is left is an end that nobody can take for a good one. */
function breakOff(exchange: Exchange, context: Context, operation: string, error: unknown): void {
  if (error instanceof BodyReadError) context.log.debug(`${operation} ended early.`, { reason: error.message });
  else context.log.error(`${operation} failed in mid-stream; its connection is cut.`, { error });
  exchange.cut();
}
