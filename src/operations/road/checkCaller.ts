import { differences } from '../../protocol/differences.ts';
import { serviceError } from '../../protocol/errors.ts';
import { oddity, presignedUntil } from '../../protocol/sigv4/presigned.ts';
import { toAmzDate } from '../../protocol/sigv4/sign.ts';
import { parseBasicIso } from '../../runtime/time.ts';
import { wallNow } from '../../runtime/wall.ts';
import type { Call } from './call.ts';
import type { Passage } from './passage.ts';

/** AWS takes signatures so far off its clock. Milliseconds. */
const WINDOW_MS = 5 * 60_000;

/** Tells what about the request itself, whatever it asks for, AWS would not take. */
export function checkCaller(passage: Passage): void {
  const { call, operation } = passage;
  // A session's token is all that its resources ask for.
  if (operation.kind === 'resource') return;
  const { target, sender } = call;
  const { caller } = sender;
  if (target.doubledSlash) {
    passage.differs('doubledSlash', () => serviceError('unknownOperation', differences.doubledSlash));
  }
  if (operation.plane === 'control' && target.endpoint !== undefined) {
    passage.differs('controlOnDataEndpoint', () => serviceError('unknownOperation', differences.controlOnDataEndpoint));
  }
  if (caller === undefined) {
    passage.differs('unsigned', () => serviceError('missingAuthenticationToken'));
    return;
  }
  if (caller.service !== 'kinesisvideo') {
    passage.differs('otherService', () => serviceError('wrongSigningService'));
  }
  if (operation.kind === 'socket') checkPresigned(passage);
  const date = signedAt(call);
  const now = wallNow();
  if (date === undefined || Math.abs(date - now) <= WINDOW_MS) return;
  const limit = date < now ? now - WINDOW_MS : now + WINDOW_MS;
  const name = date < now ? 'signatureExpired' : 'signatureNotYetCurrent';
  passage.differs('signatureOffTime', () => serviceError(name, toAmzDate(date), toAmzDate(limit), toAmzDate(now)));
}

/** WebSockets have all of their signature in the URL, and some clients write that by hand. */
function checkPresigned(passage: Passage): void {
  const { query } = passage.call.target;
  const odd = oddity(query);
  if (odd !== undefined) {
    const text = `AWS refuses the presigned URL with 403: ${odd}.`;
    if (passage.strict) throw serviceError('incompleteSignature', text);
    passage.warn('presignedUrl', text);
  }
  const until = presignedUntil(query);
  const now = wallNow();
  if (until === undefined || until >= now) return;
  const [limit, shown] = [toAmzDate(until), toAmzDate(now)];
  passage.differs('signatureOffTime', () => serviceError('signatureExpired', limit, shown, shown));
}

/** The time of the signature, in ms since the epoch. */
function signedAt({ headers, target }: Call): number | undefined {
  const header = headers['x-amz-date'];
  const text = typeof header === 'string' ? header : new URLSearchParams(target.query).get('X-Amz-Date');
  return text === null ? undefined : parseBasicIso(text);
}
