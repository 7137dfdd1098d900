import type { Outcome } from '../operations/enter.ts';
import { BodyReadError } from '../operations/operation.ts';
import type { Passage } from '../operations/road/passage.ts';
import type { ServiceError } from '../protocol/errors.ts';
import { refusalAnswer, unknownAnswer } from '../protocol/wholeAnswers.ts';
import { gapBetweenPieces } from './ackPacing.ts';
import type { Exchange } from './exchange.ts';
import { Gathered } from './gathered.ts';
import { sendBare, sendJson, sendStreamHead, sendWhole } from './heads.ts';
import { sendPieces } from './pieces.ts';

type Of<K extends Outcome['kind']> = Extract<Outcome, { kind: K }>;

/** Writes down what a call is answered with. */
export function answer(exchange: Exchange, passage: Passage, outcome: Outcome): Promise<void> | undefined {
  if ('through' in outcome) exchange.through = outcome.through;
  switch (outcome.kind) {
    case 'json':
      sendJson(exchange, outcome.body);
      return undefined;
    case 'bytes':
      return answerBytes(exchange, passage, outcome);
    case 'duplex':
      return answerDuplex(exchange, passage, outcome);
    case 'resource':
      sendWhole(exchange, { status: 200, headers: { 'Content-Type': outcome.contentType }, body: outcome.body });
      return undefined;
    case 'refusal':
      refuse(exchange, passage, outcome.error);
      return undefined;
    case 'unknown':
      sendWhole(exchange, unknownAnswer(exchange.request.method, exchange.request.headers['content-type']));
      return undefined;
    case 'gone':
      return undefined;
    case 'socket':
      throw new TypeError('A WebSocket is opened by a request for an upgrade only.');
    default:
      return outcome satisfies never;
  }
}

function refuse(exchange: Exchange, { operation, services }: Passage, error: ServiceError): void {
  if (operation?.kind === 'socket' && operation.refusal !== undefined) {
    sendBare(exchange, operation.refusal(error, services.ids));
    return;
  }
  sendWhole(exchange, refusalAnswer(error, operation?.plane));
}

async function answerBytes(exchange: Exchange, passage: Passage, outcome: Of<'bytes'>): Promise<void> {
  const onLeft = (error: unknown): void => passage.log.error('Closing a stream failed.', { error });
  try {
    await sendPieces(exchange, outcome, onLeft);
  } catch (error) {
    breakOff(exchange, passage, error);
  }
}

async function answerDuplex(
  exchange: Exchange,
  passage: Passage,
  { contentType, lines, noted }: Of<'duplex'>,
): Promise<void> {
  const { request, response } = exchange;
  if (exchange.expectsContinue) await exchange.sendContinue();
  // Otherwise node would close the whole connection with the answer, and a reset could overtake the last line. Leans on
  // node: it looks at this when the answer ends, since 0.3. Test: wire/duplex, 'in its framing still gets the last lines'.
  const keepAlive = response.shouldKeepAlive && request.httpVersionMinor === 1;
  response.shouldKeepAlive = true;
  sendStreamHead(exchange, contentType);
  exchange.onStreaming();
  await exchange.flushed();
  const gap = gapBetweenPieces(request);
  if (gap !== undefined) exchange.space(gap);
  const gathered = new Gathered(exchange);
  try {
    for await (const line of lines) {
      if (noted !== true) passage.noteAck(line);
      const waits = gap === undefined ? gathered.add(line) : exchange.write([line]);
      if (waits !== undefined) await waits;
    }
  } catch (error) {
    void gathered.flush();
    return breakOff(exchange, passage, error);
  }
  void gathered.flush();
  await exchange.end();
  if (exchange.body?.finished !== true || !keepAlive || exchange.stopping) exchange.closeLingering();
}

/** The head is out and says 200: all that is left is an end that nobody can take for a good one. */
function breakOff(exchange: Exchange, { log, operation }: Passage, error: unknown): void {
  if (error instanceof BodyReadError) log.debug(`${operation.name} ended early.`, { reason: error.message });
  else log.error(`${operation.name} failed in mid-stream; its connection is cut.`, { error });
  exchange.cut();
}
