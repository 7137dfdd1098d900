import type { Outcome } from '../../operations/enter.ts';
import { BodyReadError } from '../../operations/operation.ts';
import type { Through } from '../../operations/road/meddling.ts';
import type { Passage } from '../../operations/road/passage.ts';
import { refusalAnswer, unknownAnswer, type WholeAnswer } from '../../protocol/wholeAnswers.ts';
import { httpDate } from '../../runtime/wall.ts';
import { clientRequestOf, pacer } from './clientRequest.ts';
import type { Visit } from './visit.ts';

/** So many lines wait for a client that does not read them yet; a socket would hold as much. */
const LINES_AHEAD = 1024;

/** Makes a Response of what a call is answered with. */
export function answer(visit: Visit, outcome: Outcome): Response {
  const all = (answered: WholeAnswer): Response =>
    'through' in outcome && outcome.through !== undefined
      ? meddledWith(visit, answered, outcome.through)
      : wholly(visit, answered);
  switch (outcome.kind) {
    case 'json':
      return all({ status: 200, headers: { 'Content-Type': 'application/json' }, body: outcome.body });
    case 'resource':
      return all({ status: 200, headers: { 'Content-Type': outcome.contentType }, body: outcome.body });
    case 'refusal':
      return all(refusalAnswer(outcome.error, visit.operation?.plane));
    case 'unknown':
      return wholly(visit, unknownAnswer(visit.method, visit.request.headers.get('content-type') ?? undefined));
    case 'bytes':
      return streamed(visit, chunked(outcome.contentType), bytesOf(visit, outcome.pieces), 0);
    case 'duplex':
      return streamed(visit, chunked(outcome.contentType), linesOf(visit, outcome.lines, outcome.noted), LINES_AHEAD);
    case 'gone':
    // Only a WebSocket leads to one, and that is no request to msw.
    case 'socket':
      visit.end();
      return Response.error();
    default:
      return outcome satisfies never;
  }
}

const headOf = (visit: Visit, headers: WholeAnswer['headers']): Record<string, string> => ({
  'x-amzn-RequestId': visit.requestId,
  ...headers,
  Date: httpDate(),
});

const bytesIn = (body: WholeAnswer['body']): Uint8Array<ArrayBuffer> =>
  typeof body === 'string' ? new TextEncoder().encode(body) : new Uint8Array(body);

/** The same of what is there as a whole. */
export function wholly(visit: Visit, { status, headers, body }: WholeAnswer): Response {
  const bytes = bytesIn(body);
  visit.answered(status);
  const isHead = visit.method === 'HEAD';
  if (!isHead) visit.bytesOut = bytes.length;
  visit.end();
  const all = { ...headers, 'Content-Length': String(bytes.length) };
  return new Response(isHead ? null : bytes, { status, headers: headOf(visit, all) });
}

/** The same where something is done to it on its way: it comes in pieces, and may break off. */
function meddledWith(visit: Visit, { status, headers, body }: WholeAnswer, { atMost, pass }: Through): Response {
  const bytes = bytesIn(body);
  const length = Math.min(bytes.length, atMost ?? bytes.length);
  const pieces = bytesOf(visit, pass(bytes)[Symbol.asyncIterator]());
  const all = { ...headers, 'Content-Length': String(length) };
  return streamed(visit, { status, headers: all }, pieces, 0);
}

/** One piece after the other; `end` is asked for when nobody wants any more. */
interface Source {
  next(): Promise<Uint8Array | undefined>;
  leave(): void;
}

function bytesOf(visit: Visit, pieces: AsyncIterator<Uint8Array>): Source {
  return {
    async next() {
      const { done, value } = await pieces.next();
      // What is handed out is the caller's, and the store's is not.
      return done === true ? undefined : new Uint8Array(value);
    },
    leave: () =>
      void pieces.return?.()?.catch((error: unknown) => {
        visit.passage?.log.error('Closing a stream failed.', { error });
      }),
  };
}

function linesOf(visit: Visit, lines: AsyncIterable<string>, noted = false): Source {
  const iterator = lines[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const { passage } = visit;
  const next = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await iterator.next();
    if (done === true) return undefined;
    if (!noted) passage?.noteAck(value);
    return encoder.encode(value);
  };
  return {
    next,
    // What came is still taken in, to the end that the body has now.
    leave: () => void drain(next).catch(() => undefined),
  };
}

async function drain(next: () => Promise<unknown>): Promise<void> {
  while ((await next()) !== undefined);
}

/** Without the second of them msw would have a connection that is kept open never come to the end of the answer. */
const chunked = (contentType: string): Omit<WholeAnswer, 'body'> => ({
  status: 200,
  headers: { 'Content-Type': contentType, 'Transfer-Encoding': 'chunked' },
});

/** A body that goes on: nothing of it is made before it is wanted, but for so many pieces. */
function streamed(visit: Visit, head: Omit<WholeAnswer, 'body'>, source: Source, ahead: number): Response {
  const client = clientRequestOf(visit.request);
  const pace = client === undefined ? () => undefined : pacer(client);
  let over = false;
  const leave = (): void => {
    if (over) return;
    over = true;
    source.leave();
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Has msw send the head, which it would keep until there is some of the body.
        controller.enqueue(new Uint8Array(0));
        visit.onOver = () => {
          leave();
          if (visit.signal.aborted) fail(controller, visit, new TypeError('The connection was closed.'));
          else close(controller, visit);
        };
        // Who has gone in the meantime is not told of any more.
        if (visit.signal.aborted) visit.onOver();
      },
      async pull(controller) {
        try {
          await pace();
          const piece = over ? undefined : await source.next();
          if (over) return;
          if (piece === undefined) {
            over = true;
            visit.body.fail('the service ended the session');
            return close(controller, visit);
          }
          visit.bytesOut += piece.length;
          controller.enqueue(piece);
        } catch (error) {
          over = true;
          logBreak(visit.passage, error);
          fail(controller, visit, error);
        }
      },
      cancel: () => visit.leave(),
    },
    { highWaterMark: ahead },
  );
  // msw makes a copy for listeners, which would hold all of the body and keep its source from hearing of a cancel.
  stream.tee = () => [stream.pipeThrough(new TransformStream()), new Blob([]).stream()];
  visit.answered(head.status);
  return new Response(stream, { status: head.status, headers: headOf(visit, head.headers) });
}

function close(controller: ReadableStreamDefaultController, visit: Visit): void {
  visit.end();
  // One that was cancelled is closed.
  if (controller.desiredSize !== null && !visit.signal.aborted) controller.close();
}

function fail(controller: ReadableStreamDefaultController, visit: Visit, error: unknown): void {
  visit.end();
  controller.error(error);
}

function logBreak(passage: Passage | undefined, error: unknown): void {
  if (passage === undefined) return;
  const name = passage.operation.name;
  if (error instanceof BodyReadError) passage.log.debug(`${name} ended early.`, { reason: error.message });
  else passage.log.error(`${name} failed in mid-stream; its connection is cut.`, { error });
}
