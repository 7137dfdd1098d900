import { differences } from '../../protocol/differences.ts';
import { serviceError } from '../../protocol/errors.ts';
import { oddity } from '../../protocol/sigv4/presigned.ts';
import { offTime, outlived, wrongService } from '../../protocol/sigv4/verify.ts';
import { wallNow } from '../../runtime/wall.ts';
import type { Call } from './call.ts';
import type { Passage } from './passage.ts';

/** Tells what about the address of a request, whatever it asks for, AWS would not take. */
export function checkAddress(passage: Passage): void {
  const { call, operation } = passage;
  if (operation.kind === 'resource') return;
  const { target } = call;
  if (target.doubledSlash) {
    passage.differs('doubledSlash', () => serviceError('unknownOperation', differences.doubledSlash));
  }
  if (operation.plane === 'control' && target.endpoint !== undefined) {
    passage.differs('controlOnDataEndpoint', () => serviceError('unknownOperation', differences.controlOnDataEndpoint));
  }
}

/** Tells what about its signature AWS would not take, where nobody verifies it. */
export function noticeSignature(passage: Passage): void {
  const { call, operation } = passage;
  // A session's token is all that its resources ask for.
  if (operation.kind === 'resource') return;
  const { caller } = call.sender;
  if (caller === undefined) {
    passage.differs('unsigned', () => serviceError('missingAuthenticationToken'));
    return;
  }
  if (caller.service !== 'kinesisvideo') {
    passage.differs('otherService', () => serviceError('wrongScope', wrongService('kinesisvideo')));
  }
  if (operation.kind === 'socket') noticePresigned(passage);
  const date = signedAt(call);
  const refusal = date === undefined ? undefined : offTime(date, wallNow());
  if (refusal !== undefined) passage.differs('signatureOffTime', () => refusal);
}

/** WebSockets have all of their signature in the URL, and some clients write that by hand. */
function noticePresigned(passage: Passage): void {
  const { query } = passage.call.target;
  const odd = oddity(query);
  if (odd !== undefined) {
    const text = `AWS refuses the presigned URL with 403: ${odd}.`;
    if (passage.strict) throw serviceError('incompleteSignature', text);
    passage.warn('presignedUrl', text);
  }
  const refusal = outlived(query, wallNow());
  if (refusal !== undefined) passage.differs('signatureOffTime', () => refusal);
}

/** The date of the signature. */
function signedAt({ headers, target }: Call): string | undefined {
  const header = headers['x-amz-date'];
  return typeof header === 'string' ? header : (new URLSearchParams(target.query).get('X-Amz-Date') ?? undefined);
}
