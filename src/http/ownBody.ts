import { AdminError } from '../admin/adminRoute.ts';
import { LONGEST_JSON_BODY } from '../operations/road/call.ts';
import { excerpt } from '../protocol/errors.ts';
import { excessOf } from '../protocol/restJson.ts';
import { wallTimeout } from '../runtime/wall.ts';
import type { Exchange } from './exchange.ts';
import { collectBody, RequestBody } from './requestBody.ts';

// Bodies of what is asked of the emulator itself.

const NO_ROOM = 'Reset it, or give it more with --max-memory.';

const tooLong = (most: number): AdminError =>
  new AdminError(413, 'The body is too long.', `Send at most ${most} bytes.`);
const tooLate = (): AdminError => new AdminError(408, 'The body did not come.', 'Send as many bytes as are announced.');

/** The parsed JSON of a body; undefined if there is none. */
export async function readJson(exchange: Exchange, most = LONGEST_JSON_BODY): Promise<unknown> {
  if (exchange.expectsContinue) exchange.response.writeContinue();
  const bytes = await collectBody(exchange, most);
  if (bytes === 'tooLong') throw tooLong(most);
  if (bytes === 'tooLate') throw tooLate();
  if (bytes === 'noRoom') throw new AdminError(503, 'The memory of the emulator is full.', NO_ROOM);
  return bytes.length === 0 ? undefined : parseJson(bytes);
}

function parseJson(bytes: Uint8Array): unknown {
  const excess = excessOf(bytes);
  if (excess !== undefined) throw new AdminError(400, `The body ${excess}.`, 'Send one JSON object.');
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch (error) {
    throw new AdminError(400, `The body is not JSON: ${excerpt((error as Error).message)}`, 'Send one JSON object.');
  }
}

/** A body that is no JSON, as it comes: so many bytes at most, and not forever. */
export async function* readBytes(exchange: Exchange, most: number): AsyncGenerator<Uint8Array> {
  if (Number(exchange.request.headers['content-length']) > most) throw tooLong(most);
  const body = new RequestBody(exchange);
  exchange.body = body;
  exchange.onStop(() => body.fail('the emulator is stopping'));
  if (exchange.expectsContinue) exchange.response.writeContinue();
  let late = false;
  for (;;) {
    const cancel = wallTimeout(() => {
      late = true;
      body.fail('nothing more came of it');
    }, exchange.patience.bodyMs);
    try {
      const { done, value } = await body.next();
      if (done === true) return;
      if (body.received > most) throw tooLong(most);
      yield value;
    } catch (error) {
      throw late ? tooLate() : error;
    } finally {
      cancel();
    }
  }
}
