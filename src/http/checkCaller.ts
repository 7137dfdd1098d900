import type { Context, Operation } from '../operations/operation.ts';
import { differences } from '../protocol/differences.ts';
import { serviceError } from '../protocol/errors.ts';
import { toAmzDate } from '../protocol/sigv4/sign.ts';
import { parseBasicIso } from '../runtime/time.ts';
import { wallNow } from '../runtime/wall.ts';
import type { Exchange } from './exchange.ts';

/** AWS takes signatures so far off its clock. Milliseconds. */
const WINDOW_MS = 5 * 60_000;

/** Tells what about the request itself, whatever it asks for, AWS would not take. */
export function checkCaller(exchange: Exchange, operation: Operation, context: Context): void {
  const { target, sender } = exchange;
  const { caller } = sender;
  if (target.doubledSlash) {
    context.differs('doubledSlash', () => serviceError('unknownOperation', differences.doubledSlash));
  }
  if (operation.plane === 'control' && target.endpoint !== undefined) {
    context.differs('controlOnDataEndpoint', () => serviceError('unknownOperation', differences.controlOnDataEndpoint));
  }
  // A session's token is all that its resources ask for.
  if (operation.kind === 'resource') return;
  if (caller === undefined) {
    context.differs('unsigned', () => serviceError('missingAuthenticationToken'));
    return;
  }
  if (caller.service !== 'kinesisvideo') {
    context.differs('otherService', () => serviceError('wrongSigningService'));
  }
  const date = signedAt(exchange);
  const now = wallNow();
  if (date === undefined || Math.abs(date - now) <= WINDOW_MS) return;
  const limit = date < now ? now - WINDOW_MS : now + WINDOW_MS;
  const name = date < now ? 'signatureExpired' : 'signatureNotYetCurrent';
  context.differs('signatureOffTime', () => serviceError(name, toAmzDate(date), toAmzDate(limit), toAmzDate(now)));
}

/** The time of the signature, in ms since the epoch. */
function signedAt({ request, target }: Exchange): number | undefined {
  const header = request.headers['x-amz-date'];
  const text = typeof header === 'string' ? header : new URLSearchParams(target.query).get('X-Amz-Date');
  return text === null ? undefined : parseBasicIso(text);
}
